//! `POST /api/v1/lists/{id}/imports`: a publisher fills its list from a file, read as it comes, in constant memory.
//!
//! The file is the body. Sent again with the same `fingerprint` after an interruption it goes on where it stopped; what
//! was taken is passed over. Refused rows are listed and the good ones stand; a file of which nothing can be read is
//! refused as a whole and leaves nothing behind.

use crate::{
    App,
    api::lists::shape::Import,
    caller::{self, MayPublish},
    error::{Problem, Result},
    imports::{self, Source},
    params::Params,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base::ListId;
use hashlists::list;
use serde::Deserialize;
use utoipa::IntoParams;

/// What the file is.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// vics, csv, jsonl, text, hashdeep, nsrl or icse; plain, gzip or a zip archive of one file.
    #[serde(default)]
    pub format: String,
    /// The scheme of categories that name no region: us, ca, uk, national, …
    pub profile: Option<String>,
    /// Name of the file.
    pub name: Option<String>,
    /// What tells that it is the same file when it is sent again, such as its SHA-256.
    pub fingerprint: Option<String>,
}

/// Import a file.
#[utoipa::path(post, path = "/api/v1/lists/{id}/imports", tag = "lists",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("id" = String, Path, description = "the list"), Asked),
    responses((status = 201, body = Import), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
    body: Body,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    // A foreign list is "not found" before a byte is read.
    list::own(&app.db.look(&who.actor).await?, id).await?;
    let source = Source::checked(&app, &asked.format, asked.profile.as_deref(), asked.name, asked.fingerprint)?;
    let done = imports::run(&app.db, &app.lists, &who.actor, id, source, body.into_data_stream()).await?;
    let place = [("location", format!("/api/v1/lists/{id}/imports/{}", done.id))];
    Ok((StatusCode::CREATED, place, Json(Import::from(&done))).into_response())
}
