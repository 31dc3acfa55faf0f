//! `GET /api/v1/agreements/{id}/versions/{version}/toml`: a version's text as TOML, to be read by people and taken in again.

use crate::{
    App,
    api::agreements::shape,
    caller::{self, MayReadDirectory},
    error::{Problem, Result},
};
use agreements::{Act, treaty};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use base::AgreementId;

/// Write a version as TOML.
#[utoipa::path(get, path = "/api/v1/agreements/{id}/versions/{version}/toml", tag = "agreements",
    params(("id" = String, Path, description = "the agreement"), ("version" = String, Path, description = "its number")),
    responses((status = 200, content_type = "application/toml", body = String), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadDirectory(who): MayReadDirectory,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, shape::number(&version)?);
    let tx = app.db.look(&who.actor).await?;
    let found = treaty::version(&tx, id, version).await?;
    tx.commit(&Act::AgreementRead(id)).await?;
    file(&found)
}

/// The text as a file to save.
pub fn file(found: &treaty::Treaty) -> Result<Response> {
    let plain: String =
        found.name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = format!("attachment; filename=\"{}-{}.toml\"", plain.trim_matches('-'), found.version);
    let headers = [(header::CONTENT_TYPE, "application/toml".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, found.document.to_toml()?).into_response())
}
