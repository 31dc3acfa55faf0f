//! `POST /api/v1/lists/{id}/entries`: a publisher writes entries by hand; the first bad one refuses all.

use crate::{
    App,
    api::lists::shape::Counts,
    caller::{self, MayPublish},
    error::{Problem, Result},
    imports,
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{ListId, Refusal};
use exchange::sets::jsonl;
use hashlists::{Record, entry, list};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Entries to write; at most 1,000.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntries {
    /// Records: objects of our JSON Lines format, such as `{"md5":"…","pdq":"…"}`.
    #[schema(value_type = Vec<Object>)]
    entries: Vec<serde_json::Value>,
    /// The scheme of categories that name no region, such as `us`.
    profile: Option<String>,
}

/// What became of them.
#[derive(Serialize, ToSchema)]
pub struct Written {
    /// The list's version now.
    version: i64,
    /// How many of what.
    rows: Counts,
}

fn records(given: &[serde_json::Value]) -> Result<Vec<Record>, Refusal> {
    if given.is_empty() {
        return Err(Refusal::new("entries", "missing", "give at least one entry"));
    }
    let read = |(n, value): (usize, &serde_json::Value)| {
        let read = jsonl::parse(value.to_string().as_bytes()).and_then(|(record, _)| record.check().map(|()| record));
        read.map_err(|r| Refusal { reason: format!("entry {}: {}", n + 1, r.reason), ..r })
    };
    given.iter().enumerate().map(read).collect()
}

/// Write entries.
#[utoipa::path(post, path = "/api/v1/lists/{id}/entries", tag = "lists", request_body = NewEntries,
    params(("id" = String, Path, description = "the list"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Written), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<NewEntries>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let records = records(&new.entries);
    let tx = app.db.begin(&who.actor).await?;
    // Whether there is such a list comes first: a foreign one is "not found" whatever else was sent.
    list::own(&tx, id).await?;
    let profile = new.profile.as_deref().map(|p| imports::profile(&app.lists.profiles, p)).transpose()?;
    let (written, act) = entry::write_all(&tx, id, &records?, &app.lists.profiles, profile.as_deref()).await?;
    once.end(tx, &act, Answer::created(&Written { version: written.version, rows: written.counts.into() })).await
}
