//! `GET /api/v1/link`: how the link is, what flows from which country, what came back that fits nothing.

use crate::{
    App,
    api::link::releases::Release,
    caller::MayReleaseLink,
    error::{Problem, Result},
};
use axum::{Json, extract::State};
use exchange::icse::{act::Act, desk, release};
use serde::Serialize;
use utoipa::ToSchema;

/// How the link is.
#[derive(Serialize, ToSchema)]
pub struct Link {
    /// Where it points; null where it is switched off.
    destination: Option<String>,
    /// Whether evidence leaves.
    released: bool,
    /// When answers were last asked for.
    polled_at: Option<String>,
    /// What was wrong then.
    poll_trouble: Option<String>,
    /// What was wrong when something could last not be handed over; null once all went.
    delivery_trouble: Option<String>,
    /// When that is tried again.
    next_try_at: Option<String>,
    /// What flows, by the hotline's country.
    flows: Vec<Flow>,
    /// Answers that fit nothing that was sent, newest first.
    strays: Vec<Stray>,
    /// Releases and proposals, newest first.
    releases: Vec<Release>,
}

/// What flows from one country.
#[derive(Serialize, ToSchema)]
pub struct Flow {
    /// The country.
    country: Option<String>,
    /// Queued or packed.
    waiting: i64,
    /// Left, without a receipt.
    sent: i64,
    /// With a receipt.
    taken: i64,
    /// With an answer.
    answered: i64,
    /// Parked or rejected.
    failed: i64,
    /// When the oldest without a receipt was queued.
    oldest_unsent_at: Option<String>,
    /// When the last receipt came.
    last_taken_at: Option<String>,
}

/// An answer that fits nothing.
#[derive(Serialize, ToSchema)]
pub struct Stray {
    /// The receiver's id of it.
    id: String,
    /// When it came.
    at: String,
    /// Why it fits nothing.
    why: String,
}

impl From<&desk::Flow> for Flow {
    fn from(flow: &desk::Flow) -> Self {
        Self {
            country: flow.country.map(|c| c.to_string()),
            waiting: flow.waiting,
            sent: flow.sent,
            taken: flow.taken,
            answered: flow.answered,
            failed: flow.failed,
            oldest_unsent_at: flow.oldest_unsent.map(|t| t.to_string()),
            last_taken_at: flow.last_taken.map(|t| t.to_string()),
        }
    }
}

/// Read how the link to victim identification is.
#[utoipa::path(get, path = "/api/v1/link", tag = "link",
    responses((status = 200, body = Link), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayReleaseLink(who): MayReleaseLink) -> Result<Json<Link>> {
    let tx = app.db.look(&who.actor).await?;
    let (link, flows, strays) = desk::overview(&tx).await?;
    let releases = release::all(&tx).await?;
    tx.commit(&Act::LinkRead).await?;
    let points = app.destination.as_ref();
    let open = points.is_some_and(|to| release::open(releases.iter().map(|r| &r.standing), &to.digest));
    Ok(Json(Link {
        destination: points.map(|to| to.said.clone()),
        released: open,
        polled_at: link.polled_at.map(|t| t.to_string()),
        poll_trouble: link.poll_trouble,
        delivery_trouble: link.delivery_trouble,
        next_try_at: link.next_try.map(|t| t.to_string()),
        flows: flows.iter().map(Into::into).collect(),
        strays: strays.into_iter().map(|s| Stray { id: s.id, at: s.at.to_string(), why: s.why }).collect(),
        releases: releases.iter().map(Into::into).collect(),
    }))
}
