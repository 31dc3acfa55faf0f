//! `POST /api/v1/domains/proposals/id/reviewers` and `/acts`: what INTERPOL does with a proposal.

use crate::{
    App,
    api::shape::Done,
    caller::{self, MayRunDomains},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ProposalId;
use exchange::iwol::desk;
use serde::Deserialize;
use utoipa::ToSchema;

/// Agencies that are to review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviewers {
    /// Ids of agencies of police, of different countries; 1 to 20.
    organisations: Vec<String>,
}

/// Have agencies review a proposal, besides those that do.
#[utoipa::path(post, path = "/api/v1/domains/proposals/{id}/reviewers", tag = "domains", request_body = Reviewers,
    params(("id" = String, Path, description = "the proposal"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn reviewers(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Path(id): Path<String>,
    body: Json<Reviewers>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ProposalId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = desk::assign(tx, &app.domains, id, &new.organisations).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}

/// What is done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct What {
    /// extra, close, ask_removal, agree_removal, keep, withdraw or second_name.
    #[serde(rename = "do")]
    what: String,
    /// Why, at most 1,000 characters; not for agree_removal and second_name.
    #[serde(default)]
    reason: String,
}

/// Confirm that a guarded domain is meant, close a proposal, ask for a removal, agree to it or keep the domain against it,
/// withdraw a domain at once, or stand by that as the second person.
#[utoipa::path(post, path = "/api/v1/domains/proposals/{id}/acts", tag = "domains", request_body = What,
    params(("id" = String, Path, description = "the proposal"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn act(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Path(id): Path<String>,
    body: Json<What>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ProposalId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = desk::act(tx, &app.domains, id, &new.what, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
