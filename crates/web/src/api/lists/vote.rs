//! `POST /api/v1/lists/{id}/entries/{entry}/vote`: a reader confirms or disputes an entry. The publisher sees it, nobody else.

use crate::names::Names;
use crate::{
    App,
    api::lists::shape::Vote,
    caller::{self, MayVote},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{HashId, ListId};
use hashlists::{VoteWord, entry, list, vote};
use serde::Deserialize;
use utoipa::ToSchema;

/// A word on an entry; it takes the place of an earlier one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVote {
    /// confirm or dispute.
    vote: String,
    /// Why, at most 2,000 characters; a dispute needs it.
    reason: Option<String>,
}

/// Confirm or dispute an entry.
#[utoipa::path(post, path = "/api/v1/lists/{id}/entries/{entry}/vote", tag = "lists", request_body = NewVote,
    params(("id" = String, Path, description = "the list"), ("entry" = String, Path, description = "the entry"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Vote), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayVote(who): MayVote,
    Path((id, which)): Path<(String, String)>,
    body: Json<NewVote>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let (id, which): (ListId, HashId) = (caller::id(&id)?, caller::id(&which)?);
    once.run(&app, &who, async |tx| {
        list::readable(tx, id).await?;
        entry::find(tx, id, which).await?;
        let word: VoteWord = new.vote.parse()?;
        let (vote, act) = vote::vote(tx, id, which, word, new.reason.as_deref()).await?;
        let names = Names::read(tx).await?;
        Ok((act, Answer::created(&Vote::new(&vote, &names))))
    })
    .await
}
