//! `POST /api/v1/lists/id/entries/entry/withdrawal`: a publisher withdraws an entry; every reader learns it, and what it settled is open again.

use crate::{
    App,
    api::{lists::shape::Why, shape::Done},
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{HashId, ListId};
use hashlists::{entry, list};

/// Withdraw an entry.
#[utoipa::path(post, path = "/api/v1/lists/{id}/entries/{entry}/withdrawal", tag = "lists", request_body = Why,
    params(("id" = String, Path, description = "the list"), ("entry" = String, Path, description = "the entry"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path((id, which)): Path<(String, String)>,
    body: Json<Why>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let (id, which): (ListId, HashId) = (caller::id(&id)?, caller::id(&which)?);
    once.run(&app, &who, async |tx| {
        list::own(tx, id).await?;
        entry::find(tx, id, which).await?;
        let act = entry::withdraw(tx, id, which, &new.why).await?;
        Ok((act, Answer::created(&Done::of(which))))
    })
    .await
}
