//! `GET /api/v1/agreements/{id}/versions/{version}`: one version with its text, its overlaps and what is new in it.

use crate::{
    App, Error,
    api::agreements::shape::{self, Version},
    caller::{self, MayReadDirectory},
    error::{Problem, Result},
    names::Names,
};
use agreements::{Act, treaty};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use base::AgreementId;

/// Read a version.
#[utoipa::path(get, path = "/api/v1/agreements/{id}/versions/{version}", tag = "agreements",
    params(("id" = String, Path, description = "the agreement"), ("version" = String, Path, description = "its number")),
    responses((status = 200, body = Version), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadDirectory(who): MayReadDirectory,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, shape::number(&version)?);
    let tx = app.db.look(&who.actor).await?;
    let all = treaty::one(&tx, id).await?;
    let found = all.iter().find(|t| t.version == version).ok_or(Error::NOT_FOUND)?;
    let names = Names::read(&tx).await?;
    let body = Version::new(found, &all, &names, tx.now());
    let tag = [(header::ETAG, format!("\"{}\"", found.revision))];
    tx.commit(&Act::AgreementRead(id)).await?;
    Ok((tag, Json(body)).into_response())
}
