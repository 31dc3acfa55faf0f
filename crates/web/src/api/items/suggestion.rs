//! `/api/v1/items/id/suggestion`: the entry of a list that an item looks like, and one word to accept it.

use crate::{
    App, Error,
    api::{shape::Item, shape::Nothing},
    caller::{self, MayAssess},
    error::{Problem, Result},
    names::Names,
    once::{self, Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use base::ItemId;
use reports::{Act, look, settle};
use serde::Serialize;
use utoipa::ToSchema;

/// An entry that an item looks like.
#[derive(Serialize, ToSchema)]
pub struct Suggestion {
    /// The list.
    list_id: String,
    /// Its name.
    list: String,
    /// The entry.
    entry_id: String,
    /// The change of the list by which the entry is as it is.
    version: i64,
    /// pdq or frames; a digest when the list may not judge for the hotline.
    how: String,
    /// Bits of difference.
    distance: i64,
    /// What the entry says: baseline, national or context.
    class: &'static str,
    /// For national: where it is illegal.
    country: Option<String>,
    /// When it was suggested.
    at: String,
}

impl From<&reports::Suggestion> for Suggestion {
    fn from(s: &reports::Suggestion) -> Self {
        Self {
            list_id: s.list.to_string(),
            list: s.name.clone(),
            entry_id: s.entry.to_string(),
            version: s.version,
            how: s.how.clone(),
            distance: s.distance,
            class: s.class.word(),
            country: s.country.map(|c| c.to_string()),
            at: s.at.to_string(),
        }
    }
}

/// Read an item's suggestion. One that was drawn for the blind sample is not told.
#[utoipa::path(get, path = "/api/v1/items/{id}/suggestion", tag = "items",
    params(("id" = String, Path, description = "the item")),
    responses((status = 200, body = Suggestion), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Path(id): Path<String>,
) -> Result<Json<Suggestion>> {
    let id: ItemId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let found = settle::suggestions(&tx, &[id]).await?;
    let suggestion = found.first().map(Suggestion::from).ok_or(Error::NOT_FOUND)?;
    tx.commit(&Act::ItemRead(id)).await?;
    Ok(Json(suggestion))
}

/// Accept an item's suggestion.
#[utoipa::path(post, path = "/api/v1/items/{id}/suggestion", tag = "items", request_body = Nothing,
    params(("id" = String, Path, description = "the item"),
        ("If-Match" = Option<String>, Header, description = "the item's ETag; refused when it has changed"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Item), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn accept(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body<Nothing>,
) -> Result<Response> {
    let id: ItemId = caller::id(&id)?;
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let expected = once::expected_version(&headers)?;
    let tx = app.db.begin(&who.actor).await?;
    let act = settle::accept(&tx, id, expected).await?;
    let (item, _) = look::item(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let answer = Answer::created(&Item::new(&item, &[], &names)).tagged(item.version);
    body.once.end(tx, &act, answer).await
}
