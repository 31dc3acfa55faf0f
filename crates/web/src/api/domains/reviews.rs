//! `/api/v1/domains/reviews`: what waits for the caller's agency, the evidence, a word.

use super::shape::{ListedProposal, Review};
use crate::{
    App,
    api::shape::{Done, List, Nothing, Paging},
    caller::{self, MayReview},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json as Sent},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::ProposalId;
use exchange::iwol::review;
use serde::Deserialize;
use utoipa::ToSchema;

/// List what the caller's agency reviews, newest first.
#[utoipa::path(get, path = "/api/v1/domains/reviews", tag = "domains", params(Paging),
    responses((status = 200, body = List<ListedProposal>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReview(who): MayReview,
    Params(paging): Params<Paging>,
) -> Result<Json<List<ListedProposal>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = review::waiting(&tx, after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: page.items.iter().map(ListedProposal::from).collect(), next: page.next }))
}

/// Read one: the evidence, and after it was looked at the proposer's opinion. Who proposed it and who else reviews it is not told.
#[utoipa::path(get, path = "/api/v1/domains/reviews/{id}", tag = "domains", params(("id" = String, Path, description = "the proposal")),
    responses((status = 200, body = Review), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayReview(who): MayReview, Path(id): Path<String>) -> Result<Json<Review>> {
    let id: ProposalId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = review::read(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    Ok(Json(Review::new(&found, &names)))
}

/// Say that the evidence of the version in force was looked at.
#[utoipa::path(post, path = "/api/v1/domains/reviews/{id}/seen", tag = "domains",
    params(("id" = String, Path, description = "the proposal"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn seen(
    State(app): State<App>,
    MayReview(who): MayReview,
    Path(id): Path<String>,
    body: Sent<Nothing>,
) -> Result<Response> {
    let id: ProposalId = caller::id(&id)?;
    body.once
        .run(&app, &who, async |tx| {
            let act = review::see(tx, id).await?;
            Ok((act, Answer::created(&Done::of(id))))
        })
        .await
}

/// A word on a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWord {
    /// confirm or refuse a proposal; renew a listing, or object to it.
    word: String,
    /// Why, at most 1,000 characters; to refuse and object needs it.
    #[serde(default)]
    reason: String,
}

/// Say a word: it counts within a second, by the rules and everything that was said.
#[utoipa::path(post, path = "/api/v1/domains/reviews/{id}/word", tag = "domains", request_body = NewWord,
    params(("id" = String, Path, description = "the proposal"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn word(
    State(app): State<App>,
    MayReview(who): MayReview,
    Path(id): Path<String>,
    body: Sent<NewWord>,
) -> Result<Response> {
    let Sent { value: new, once } = body;
    let id: ProposalId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let (said, act) = review::say(tx, &app.domains, id, &new.word, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(said))))
    })
    .await
}
