//! `/api/v1/cases/{id}/list-entries`: which items of a case may go onto a hash list of the officer's own LEA, and putting
//! them there.

use crate::{
    App,
    api::{lists::shape::Counts, shape::List},
    caller::{self, MayPublish, MayReadCases},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, ItemId, ListId, Refusal};
use reports::{Act, case, listing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An item that may go onto a list.
#[derive(Serialize, ToSchema)]
pub struct Listable {
    /// The item.
    item_id: String,
    /// SHA-256 of its file.
    sha256: String,
}

/// List items of a case whose hashes may go onto a list: disclosed with their digests by a clause that lets them go on.
#[utoipa::path(get, path = "/api/v1/cases/{id}/list-entries", tag = "cases",
    params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = List<Listable>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
) -> Result<axum::Json<List<Listable>>> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    case::exists(&tx, id).await?;
    let items = listing::listable(&tx, id).await?;
    tx.commit(&Act::CaseRead(id)).await?;
    let listable = |i: &reports::Item| Listable { item_id: i.id.to_string(), sha256: base::hex(&i.media.sha256) };
    Ok(axum::Json(List { items: items.iter().map(listable).collect(), next: None }))
}

/// Items to put onto a list.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewListing {
    /// A list of the officer's own LEA.
    list_id: String,
    /// Ids of items of the case; at most 500.
    items: Vec<String>,
}

/// What became of them.
#[derive(Serialize, ToSchema)]
pub struct Listed {
    /// The list's version now.
    version: i64,
    /// How many of what.
    rows: Counts,
}

/// Ids of items out of a request.
pub fn chosen(ids: &[String]) -> Result<Vec<ItemId>, Refusal> {
    let refused = |_| Refusal::new("items", "not-for-lists", "an id is none of an item in this case");
    ids.iter().map(|id| id.parse().map_err(refused)).collect()
}

/// Put items of a case onto a hash list.
#[utoipa::path(post, path = "/api/v1/cases/{id}/list-entries", tag = "cases", request_body = NewListing,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Listed), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<NewListing>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        // Whether there is such a case comes first: a foreign one is "not found" whatever else was sent.
        case::exists(tx, id).await?;
        let list: ListId = caller::id(&new.list_id)?;
        let (written, act) = listing::put(tx, id, list, &chosen(&new.items)?).await?;
        Ok((act, Answer::created(&Listed { version: written.version, rows: written.counts.into() })))
    })
    .await
}
