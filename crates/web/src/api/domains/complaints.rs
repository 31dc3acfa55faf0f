//! `/api/v1/domains/complaints`: what people say against the list, and decisions about it.

use super::shape::Complaint;
use crate::{
    App,
    api::shape::{self, Done, List},
    caller::{self, MayRunDomains},
    error::{Problem, Result},
    once::{Answer, Json as Sent},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::ComplaintId;
use exchange::iwol::complaint::{self, State as Decision};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Which complaints.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// open, upheld or rejected; open when not given.
    pub state: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// List complaints, due first.
#[utoipa::path(get, path = "/api/v1/domains/complaints", tag = "domains", params(Filter),
    responses((status = 200, body = List<Complaint>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Params(filter): Params<Filter>,
) -> Result<Json<List<Complaint>>> {
    let (after, limit) = shape::paging(filter.cursor.as_deref(), filter.limit)?;
    let state = filter.state.as_deref().map_or(Ok(Decision::Open), str::parse)?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = complaint::list(&tx, state, after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: page.items.iter().map(Complaint::from).collect(), next: page.next }))
}

/// A decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDecision {
    /// upheld or rejected.
    decision: String,
    /// Why, at most 1,000 characters; the complaint's author reads it.
    #[serde(default)]
    reason: String,
}

/// Decide about a complaint. What is upheld has the domain's removal asked for, in the caller's name.
#[utoipa::path(post, path = "/api/v1/domains/complaints/{id}/decision", tag = "domains", request_body = NewDecision,
    params(("id" = String, Path, description = "the complaint"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn decide(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Path(id): Path<String>,
    body: Sent<NewDecision>,
) -> Result<Response> {
    let Sent { value: new, once } = body;
    let id: ComplaintId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = complaint::decide(tx, &app.domains, id, &new.decision, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
