//! `GET /api/v1/lists/{id}/entries`: what changed on a list after a place, in the order of the changes. A reader who hands
//! each page's `next` back misses nothing and reads nothing twice, but an entry that changed again meanwhile.
//!
//! Every page carries `Page-Signature` over its very bytes; list, place and version stand in them, so that a page cannot be
//! given out as another. `ETag` is the list's version; `wait` holds the answer back until something changes.

use crate::{
    App,
    api::{lists::shape::Entry, shape},
    caller::{self, MayReadLists},
    error::{Problem, Result},
    params::Params,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base::{ListId, Refusal};
use hashlists::{
    Act,
    entry::{self, Place},
    list,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use utoipa::{IntoParams, ToSchema};

/// Longest time an answer is held back, in seconds.
const LONGEST_WAIT: u64 = 30;
/// How often the node's own index is asked meanwhile.
const GLANCE: Duration = Duration::from_millis(200);
/// How often the database is asked meanwhile, and whether the caller may still read.
const LOOK: Duration = Duration::from_secs(1);

/// From where, how much, how patient.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `next` of the page before; nothing: from the beginning.
    pub cursor: Option<String>,
    /// Entries on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
    /// When nothing has changed: seconds to wait for a change, 0 to 30.
    pub wait: Option<u64>,
}

/// What changed on a list after a place.
#[derive(Serialize, ToSchema)]
pub struct Changes {
    /// The list.
    list: String,
    /// The list's version when the page was made.
    version: i64,
    /// The place asked for.
    after: String,
    /// Entries that changed, withdrawn ones too.
    items: Vec<Entry>,
    /// Hand back as `cursor`, now or later.
    next: String,
    /// Whether more follows at once.
    more: bool,
}

/// Read what changed on a list.
#[utoipa::path(get, path = "/api/v1/lists/{id}/entries", tag = "lists",
    params(("id" = String, Path, description = "the list"), Asked,
        ("If-None-Match" = Option<String>, Header, description = "an earlier page's ETag")),
    responses((status = 200, body = Changes, headers(
            ("Page-Signature" = String, description = "ed25519:<key>:<signature of the body's bytes in base64>"),
            ("ETag" = String, description = "the list's version"))),
        (status = 304, description = "the list has not changed since"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let (after, limit, wait) = checked(&asked)?;
    if !wait.is_zero() {
        wait_for_change(&app, &who, id, after, wait, &headers).await?;
    }
    let tx = app.db.look(&who.actor).await?;
    let version = list::readable(&tx, id).await?.version;
    let page = entry::changes(&tx, id, after, limit).await?;
    tx.commit(&Act::EntriesRead(id, after.version)).await?;
    let tag = format!("\"{version}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let end = page.items.last().map_or(after, |last| Place { version: last.changed, entry: last.id.0 });
    let changes = Changes {
        list: id.to_string(),
        version,
        after: after.write(),
        items: page.items.iter().map(Into::into).collect(),
        next: end.write(),
        more: page.next.is_some(),
    };
    let body = serde_json::to_string(&changes).unwrap_or_default();
    let signature = app.signer.sign(body.as_bytes());
    let kind = (header::CONTENT_TYPE, "application/json".to_owned());
    Ok(([kind, (header::ETAG, tag)], [("page-signature", signature)], body).into_response())
}

fn checked(asked: &Asked) -> Result<(Place, u64, Duration), Refusal> {
    let (_, limit) = shape::paging(None, asked.limit)?;
    let refused = || Refusal::new("cursor", "bad-cursor", "this is not a cursor we gave");
    let after = asked.cursor.as_deref().map(|c| Place::read(c).ok_or_else(refused)).transpose()?;
    let wait = asked.wait.unwrap_or(0);
    if wait > LONGEST_WAIT {
        let reason = format!("`wait` is 0 to {LONGEST_WAIT} seconds");
        return Err(Refusal::new("wait", "out-of-range", reason));
    }
    Ok((after.unwrap_or(Place::start()), limit, Duration::from_secs(wait)))
}

/// Returns when something changed after a place, or the time is over, or the caller may not read any more.
async fn wait_for_change(
    app: &App,
    who: &SignedIn,
    id: ListId,
    after: Place,
    wait: Duration,
    headers: &HeaderMap,
) -> Result<()> {
    let end = Instant::now() + wait;
    let mut looked: Option<Instant> = None;
    loop {
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            // Whoever lost their rights while waiting is turned away within a second.
            let who = caller::still(app, who, headers).await?;
            let tx = app.db.look(&who.actor).await?;
            let version = list::readable(&tx, id).await?.version;
            drop(tx);
            if version > after.version {
                return Ok(());
            }
            looked = Some(Instant::now());
        }
        if app.lists.index.version(id) > after.version || Instant::now() >= end {
            return Ok(());
        }
        sleep(GLANCE.min(end.saturating_duration_since(Instant::now()))).await;
    }
}
