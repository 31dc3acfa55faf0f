//! `GET /api/v1/packages/{id}/file`: the encrypted package, whole or from where an earlier download ended. Each download is in
//! the log, with the purpose, before its first byte goes.

use super::file_name;
use crate::{
    App, Error,
    caller::{self, MayTakeAlong},
    download,
    error::{Problem, Result},
    watch::{Watch, Watched},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use base::PackageId;
use reports::package;

/// Download a package of yours. `Range` with `If-Range` goes on where an earlier download ended.
#[utoipa::path(get, path = "/api/v1/packages/{id}/file", tag = "packages",
    params(("id" = String, Path, description = "the package"),
        ("Range" = Option<String>, Header, description = "such as bytes=1048576-"),
        ("If-Range" = Option<String>, Header, description = "the ETag of the earlier download")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = 206, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayTakeAlong(who): MayTakeAlong,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    bytes(&app, &who, caller::id(&id)?, &headers).await
}

/// The bytes, after the download is in the log.
pub async fn bytes(app: &App, who: &SignedIn, id: PackageId, headers: &HeaderMap) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let (package, blob, act) = package::download(&tx, id).await?;
    let locked = app.vault.find(&tx, blob).await?.ok_or(Error::NOT_FOUND)?;
    tx.commit(&act).await?;
    let tag = format!("\"{}\"", package.sha256.as_deref().map(base::hex).unwrap_or_default());
    let watch = Watch::new(app, who, Watched::Package(id));
    download::part(app, locked, headers, &tag, &file_name(id), watch).await
}
