//! `POST /api/v1/lists/id/votes/vote/answer`: a publisher answers a dispute.

use crate::{
    App,
    api::shape::Done,
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{ListId, VoteId};
use hashlists::{VoteAnswer, list, vote};
use serde::Deserialize;
use utoipa::ToSchema;

/// What the publisher says to a dispute.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// withdrawn (the entry goes) or stays.
    answer: String,
    /// Why, at most 2,000 characters; needed when it stays.
    reason: Option<String>,
}

/// Answer a dispute.
#[utoipa::path(post, path = "/api/v1/lists/{id}/votes/{vote}/answer", tag = "lists", request_body = NewAnswer,
    params(("id" = String, Path, description = "the list"), ("vote" = String, Path, description = "the dispute"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path((id, which)): Path<(String, String)>,
    body: Json<NewAnswer>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let (id, which): (ListId, VoteId) = (caller::id(&id)?, caller::id(&which)?);
    once.run(&app, &who, async |tx| {
        list::own(tx, id).await?;
        let answer: VoteAnswer = new.answer.parse()?;
        let act = vote::answer(tx, id, which, answer, new.reason.as_deref()).await?;
        Ok((act, Answer::created(&Done::of(which))))
    })
    .await
}
