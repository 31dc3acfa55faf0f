//! `GET /api/v1/lists/{id}/imports/{import}/refused`: rows that were refused, with line, field and reason.

use crate::{
    App,
    api::{
        lists::{progress, shape::Refused},
        shape::{self, List},
    },
    caller::{self, MayPublish},
    error::{Problem, Result},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::Refusal;
use hashlists::{Act, import};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// Reads a cursor over lines: `line.place`.
pub fn place(cursor: Option<&str>) -> Result<Option<(i64, i64)>, Refusal> {
    let refused = || Refusal::new("cursor", "bad-cursor", "this is not a cursor we gave");
    let read = |text: &str| {
        let (line, place) = text.split_once('.').ok_or_else(refused)?;
        Ok((line.parse().map_err(|_| refused())?, place.parse().map_err(|_| refused())?))
    };
    cursor.map(read).transpose()
}

/// List refused rows, by line.
#[utoipa::path(get, path = "/api/v1/lists/{id}/imports/{import}/refused", tag = "lists",
    params(("id" = String, Path, description = "the list"), ("import" = String, Path, description = "the import"), Paging),
    responses((status = 200, body = List<Refused>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path((id, which)): Path<(String, String)>,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Refused>>> {
    let (id, which) = (caller::id(&id)?, caller::id(&which)?);
    let (_, limit) = shape::paging(None, paging.limit)?;
    let after = place(paging.cursor.as_deref())?;
    let tx = app.db.look(&who.actor).await?;
    progress::of_list(&tx, id, which).await?;
    let (rows, next) = import::refusals(&tx, which, after, limit).await?;
    tx.commit(&Act::ImportsRead(id)).await?;
    let next = next.map(|(line, place)| format!("{line}.{place}"));
    Ok(Json(List { items: rows.iter().map(Into::into).collect(), next }))
}
