//! `/api/v1/domains/check` and `/api/v1/domains/proposals`: what criteria and guards say of a domain, proposals, versions.

use super::{
    list::Which,
    shape::{ListedProposal, Proposal, Tested},
};
use crate::{
    App,
    api::shape::{self, Done, List},
    caller::{self, MayPropose},
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
use exchange::iwol::{look, propose};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Hold criteria and guards against a domain, by the evidence that the caller may see.
#[utoipa::path(get, path = "/api/v1/domains/check", tag = "domains", params(Which),
    responses((status = 200, body = Tested), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn check(
    State(app): State<App>,
    MayPropose(who): MayPropose,
    Params(which): Params<Which>,
) -> Result<Json<Tested>> {
    let tx = app.db.look(&who.actor).await?;
    let (checked, act) = propose::check(&tx, &app.domains, &which.domain).await?;
    tx.commit(&act).await?;
    Ok(Json((&checked).into()))
}

/// Which proposals.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// desk, review, returned, closed, listed, leaving, withdrawn or removed; all when not given.
    pub stage: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// List proposals, newest first: all for INTERPOL, the own agency's for police.
#[utoipa::path(get, path = "/api/v1/domains/proposals", tag = "domains", params(Filter),
    responses((status = 200, body = List<ListedProposal>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayPropose(who): MayPropose,
    Params(filter): Params<Filter>,
) -> Result<Json<List<ListedProposal>>> {
    let (after, limit) = shape::paging(filter.cursor.as_deref(), filter.limit)?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = look::proposals(&tx, filter.stage.as_deref(), after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: page.items.iter().map(ListedProposal::from).collect(), next: page.next }))
}

/// A domain that is proposed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    /// The domain, in either form.
    domain: String,
    /// Why it should be listed, at most 4,000 characters. Reviewers read it after the evidence.
    opinion: String,
}

/// Propose a domain.
#[utoipa::path(post, path = "/api/v1/domains/proposals", tag = "domains", request_body = NewProposal,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(State(app): State<App>, MayPropose(who): MayPropose, body: Sent<NewProposal>) -> Result<Response> {
    let Sent { value: new, once } = body;
    once.run(&app, &who, async |tx| {
        let (id, act) = propose::propose(tx, &app.domains, &new.domain, &new.opinion).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}

/// Read one proposal, as INTERPOL or as the agency that made it.
#[utoipa::path(get, path = "/api/v1/domains/proposals/{id}", tag = "domains", params(("id" = String, Path, description = "the proposal")),
    responses((status = 200, body = Proposal), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayPropose(who): MayPropose,
    Path(id): Path<String>,
) -> Result<Json<Proposal>> {
    let id: ProposalId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (full, act) = look::proposal(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    Ok(Json(Proposal::new(&full, &names)))
}

/// What a new version says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVersion {
    /// Why it should be listed, at most 4,000 characters.
    opinion: String,
}

/// Make a new version of a proposal. What was said about the one before is void. INTERPOL's has the evidence as it is now.
#[utoipa::path(post, path = "/api/v1/domains/proposals/{id}/versions", tag = "domains", request_body = NewVersion,
    params(("id" = String, Path, description = "the proposal"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn version(
    State(app): State<App>,
    MayPropose(who): MayPropose,
    Path(id): Path<String>,
    body: Sent<NewVersion>,
) -> Result<Response> {
    let Sent { value: new, once } = body;
    let id: ProposalId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = propose::revise(tx, &app.domains, id, &new.opinion).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
