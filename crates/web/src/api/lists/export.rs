//! `GET /api/v1/lists/{id}/export`: a whole list as a file, written as it is read, in constant memory.

use crate::{
    App,
    caller::{self, MayReadLists},
    error::{Problem, Result},
    exports,
    params::Params,
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use base::ListId;
use serde::Deserialize;
use utoipa::IntoParams;

/// In which form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// vics, csv, jsonl, text, hashdeep or nsrl.
    #[serde(default)]
    pub format: String,
    /// Whose categories are written, where the form has one scheme for all, such as `US`.
    pub profile: Option<String>,
}

/// Export a list.
#[utoipa::path(get, path = "/api/v1/lists/{id}/export", tag = "lists",
    params(("id" = String, Path, description = "the list"), Asked),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let (list, form, body) = exports::begin(&app, &who, id, &asked.format, asked.profile.as_deref()).await?;
    let headers = [
        (header::CONTENT_TYPE, exports::media_type(form).to_owned()),
        (header::CONTENT_DISPOSITION, exports::disposition(&list.name, form)),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, body).into_response())
}
