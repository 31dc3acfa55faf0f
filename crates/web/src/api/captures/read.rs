//! `GET /api/v1/captures/{id}`: one capture with its record, what it found, and how that differs from the one before.

use crate::{
    App,
    api::evidence::FullCapture,
    caller::{self, MayOpenMedia},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use reports::capture;

/// Read a capture.
#[utoipa::path(get, path = "/api/v1/captures/{id}", tag = "captures",
    params(("id" = String, Path, description = "the capture")),
    responses((status = 200, body = FullCapture), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayOpenMedia(who): MayOpenMedia,
    Path(id): Path<String>,
) -> Result<Json<FullCapture>> {
    let id = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (capture, found, difference, act) = capture::read(&tx, id).await?;
    tx.commit(&act).await?;
    Ok(Json(FullCapture::new(&capture, &found, difference)))
}
