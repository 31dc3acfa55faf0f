//! `GET /api/v1/items/{id}/file`: the original bytes, with a purpose. The look is in the log before the first byte goes.

use crate::params::Params;
use crate::{
    App, Error,
    caller::{self, MayOpenMedia},
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
use base::{ItemId, Refusal};
use reports::look;
use serde::Deserialize;
use utoipa::IntoParams;

/// Why the file is opened, when it does not stand in a header.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Why {
    /// One line, at most 500 characters.
    pub purpose: Option<String>,
}

/// Open an item's file.
#[utoipa::path(get, path = "/api/v1/items/{id}/file", tag = "items",
    params(("id" = String, Path, description = "the item"), Why,
        ("purpose" = Option<String>, Header, description = "why; one line, at most 500 characters")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayOpenMedia(who): MayOpenMedia,
    Path(id): Path<String>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let id = caller::id(&id)?;
    original(&app, &who, id, &purpose(&headers).or(why.purpose).unwrap_or_default()).await
}

/// The original bytes, to be saved and never shown by a browser, after the look is in the log.
pub async fn original(app: &App, who: &SignedIn, id: ItemId, purpose: &str) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    // Whether there is such a file comes first: a foreign one is "not found" whatever else was sent.
    look::has_file(&tx, id).await?;
    let (blob, kind, act) = look::original(&tx, id, purpose).await.map_err(needs_purpose)?;
    let locked = app.vault.find(&tx, blob).await?.ok_or(Error::NOT_FOUND)?;
    tx.commit(&act).await?;
    download::whole(app, locked, kind, "attachment", Watch::new(app, who, Watched::Item(id))).await
}

/// Why, when it stands in a header.
pub fn purpose(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("purpose").or_else(|| headers.get("x-purpose"))?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// A missing purpose, in the words of those who open files.
pub fn needs_purpose(error: reports::Error) -> Error {
    match error {
        reports::Error::Refused(refusal) if refusal.rule == "missing" => {
            Refusal::new("purpose", "purpose-missing", "say why you open this file, in the header or field `purpose`")
                .into()
        }
        other => other.into(),
    }
}
