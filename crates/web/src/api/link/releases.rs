//! `/api/v1/link/releases`: that evidence may leave, proposed by one person and confirmed by another of another organisation.

use crate::{
    App,
    api::shape::{Done, Nothing},
    caller::{self, MayReleaseLink},
    error::{Error, Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ReleaseId;
use exchange::icse::release::{self, Destination};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A release or a proposal of one.
#[derive(Serialize, ToSchema)]
pub struct Release {
    /// Its id.
    pub id: String,
    /// Where the link pointed then.
    pub destination: String,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: String,
    /// Who confirmed it.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<String>,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<String>,
    /// Why.
    pub end_reason: Option<String>,
}

impl From<&release::Release> for Release {
    fn from(of: &release::Release) -> Self {
        let (confirmed_by, confirmed_at) = of.confirmer.as_ref().map(|(n, t)| (n.clone(), t.to_string())).unzip();
        let ended = of.ender.as_ref();
        Self {
            id: of.id.to_string(),
            destination: of.said.clone(),
            reason: of.reason.clone(),
            proposed_by: of.proposer.0.clone(),
            proposed_at: of.proposer.1.to_string(),
            confirmed_by,
            confirmed_at,
            ended_by: ended.map(|(who, ..)| who.clone()),
            ended_at: ended.map(|(_, at, _)| at.to_string()),
            end_reason: ended.map(|(.., why)| why.clone()),
        }
    }
}

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// Why, at most 1,000 characters.
    pub reason: String,
}

/// Where the link points, or that there is none.
pub fn destination(app: &App) -> Result<&Destination> {
    app.destination.as_deref().ok_or_else(|| {
        exchange::Error::Conflict {
            rule: "link-off",
            field: "release",
            reason: "the link is switched off in the settings".into(),
        }
        .into()
    })
}

/// Propose that evidence may leave for where the link points now.
#[utoipa::path(post, path = "/api/v1/link/releases", tag = "link", request_body = Why,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn propose(State(app): State<App>, MayReleaseLink(who): MayReleaseLink, body: Body<Why>) -> Result<Response> {
    let Body { value: why, once } = body;
    once.run(&app, &who, async |tx| {
        let (id, act) = release::propose(tx, destination(&app)?, &why.reason).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}

/// Confirm a proposal that somebody of the other organisation made.
#[utoipa::path(post, path = "/api/v1/link/releases/{id}/confirm", tag = "link", request_body = Nothing,
    params(("id" = String, Path, description = "the proposal"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn confirm(
    State(app): State<App>,
    MayReleaseLink(who): MayReleaseLink,
    Path(id): Path<String>,
    body: Body<Nothing>,
) -> Result<Response> {
    let id: ReleaseId = caller::id(&id)?;
    body.once
        .run(&app, &who, async |tx| {
            let act = release::confirm_now(tx, id, destination(&app)?).await?;
            Ok((act, Answer::created(&Done::of(id))))
        })
        .await
}

/// End a release or a proposal: from now on nothing leaves.
#[utoipa::path(post, path = "/api/v1/link/releases/{id}/end", tag = "link", request_body = Why,
    params(("id" = String, Path, description = "the release"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn end(
    State(app): State<App>,
    MayReleaseLink(who): MayReleaseLink,
    Path(id): Path<String>,
    body: Body<Why>,
) -> Result<Response> {
    let Body { value: why, once } = body;
    let id: ReleaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = release::end_now(tx, id, &why.reason).await.map_err(Error::from)?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
