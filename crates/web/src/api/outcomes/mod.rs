//! `/api/v1/outcomes`: what came of a hotline's reports, and what an LEA still owes.

use crate::{
    App,
    api::shape::{List, ListedCase, Outcome, Paging},
    caller::{MayAnswer, MayReadReports},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json as Body},
    params::Params,
};
use axum::{Json, extract::State, response::Response};
use reports::{Act, outcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of one report.
#[derive(Serialize, ToSchema)]
pub struct FedOutcome {
    /// The report.
    report_id: String,
    /// Its address.
    source_url: String,
    /// What police said.
    #[serde(flatten)]
    outcome: Outcome,
}

/// Whether to be told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Whether the caller wants to be told nothing.
    off: bool,
}

/// As it was chosen.
#[derive(Serialize, ToSchema)]
pub struct Chosen {
    /// Whether the caller is told nothing.
    off: bool,
}

/// List what came of the hotline's reports, newest first; empty for who does not want to know.
#[utoipa::path(get, path = "/api/v1/outcomes", tag = "outcomes", params(Paging),
    responses((status = 200, body = List<FedOutcome>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Params(paging): Params<Paging>,
) -> Result<Json<List<FedOutcome>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (page, _) = outcome::feed(&tx, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::FeedRead).await?;
    let fed = |o: &reports::CaseOutcome| FedOutcome {
        report_id: o.report.to_string(),
        source_url: o.source_url.clone(),
        outcome: Outcome::new(&o.outcome, &names),
    };
    Ok(Json(List { items: page.items.iter().map(fed).collect(), next: page.next }))
}

/// Choose whether to be told what came of reports; the caller's own choice.
#[utoipa::path(put, path = "/api/v1/outcomes/choice", tag = "outcomes", request_body = Choice,
    responses((status = 200, body = Chosen), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn choose(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    body: Body<Choice>,
) -> Result<Response> {
    let Body { value: choice, once } = body;
    let tx = app.db.begin(&who.actor).await?;
    let act = outcome::choose_feed(&tx, choice.off).await?;
    once.end(tx, &act, Answer::ok(&Chosen { off: choice.off })).await
}

/// List the LEA's cases whose outcome was asked for, longest owed first.
#[utoipa::path(get, path = "/api/v1/outcomes/due", tag = "outcomes", params(Paging),
    responses((status = 200, body = List<ListedCase>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn due(
    State(app): State<App>,
    MayAnswer(who): MayAnswer,
    Params(paging): Params<Paging>,
) -> Result<Json<List<ListedCase>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = outcome::due(&tx, after, limit).await?;
    tx.commit(&Act::CasesRead).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
