//! `GET /api/v1/items/{id}/preview`: the degraded preview, at most 64 pixels, grey and blurred.

use crate::{
    App, Error,
    caller::{self, MayOpenMedia},
    error::{Problem, Result},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use reports::look;

/// See an item's preview.
#[utoipa::path(get, path = "/api/v1/items/{id}/preview", tag = "items", params(("id" = String, Path, description = "the item")),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayOpenMedia(who): MayOpenMedia, Path(id): Path<String>) -> Result<Response> {
    preview(&app, &who, &id).await
}

/// The preview for somebody entitled to the file, in a browser too.
pub async fn preview(app: &App, who: &SignedIn, id: &str) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let (blob, act) = look::preview(&tx, caller::id(id)?).await?;
    let locked = app.vault.find(&tx, blob).await?.ok_or(Error::NOT_FOUND)?;
    tx.commit(&act).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], app.unseal(locked).await?).into_response())
}
