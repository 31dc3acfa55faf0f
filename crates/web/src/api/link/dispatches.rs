//! `/api/v1/link/dispatches`: items on their way to victim identification, and trying one again.

use crate::{
    App,
    api::shape::{Done, List, Nothing, Paging},
    caller::{self, MayRunLink},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json as Body},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::DispatchId;
use exchange::icse::{
    act::Act,
    desk::{self, Which},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which dispatches.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// open (no receipt yet), failed or through; failed when not given.
    which: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    limit: Option<u64>,
}

/// An item on its way.
#[derive(Serialize, ToSchema)]
pub struct Dispatch {
    /// Its id.
    pub id: String,
    /// The item.
    pub item_id: String,
    /// The hotline.
    pub hotline: String,
    /// Its country.
    pub country: Option<String>,
    /// Counted for each item.
    pub version: i64,
    /// new, correction or withdrawal.
    pub tells: &'static str,
    /// queued, packed, sent, taken, answered, rejected or parked.
    pub state: &'static str,
    /// Why, where that needs saying.
    pub reason: Option<String>,
    /// How often it was handed over.
    pub tries: i64,
    /// When it was queued.
    pub queued_at: String,
    /// When it was first handed over.
    pub sent_at: Option<String>,
    /// When the receipt came.
    pub taken_at: Option<String>,
    /// When the answer came.
    pub answered_at: Option<String>,
}

impl Dispatch {
    fn of(shown: &desk::Shown, names: &Names) -> Self {
        Self {
            id: shown.id.to_string(),
            item_id: shown.item.to_string(),
            hotline: names.of(shown.hotline),
            country: shown.country.map(|c| c.to_string()),
            version: shown.version,
            tells: shown.tells.word(),
            state: shown.state.word(),
            reason: shown.reason.clone(),
            tries: shown.tries,
            queued_at: shown.created_at.to_string(),
            sent_at: shown.sent_at.map(|t| t.to_string()),
            taken_at: shown.taken_at.map(|t| t.to_string()),
            answered_at: shown.answered_at.map(|t| t.to_string()),
        }
    }
}

/// List dispatches, last changed first.
#[utoipa::path(get, path = "/api/v1/link/dispatches", tag = "link", params(Asked),
    responses((status = 200, body = List<Dispatch>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayRunLink(who): MayRunLink,
    Params(asked): Params<Asked>,
) -> Result<Json<List<Dispatch>>> {
    let (after, limit) = Paging { cursor: asked.cursor, limit: asked.limit }.checked()?;
    let which = asked.which.as_deref().map_or(Ok(Which::Failed), str::parse)?;
    let tx = app.db.look(&who.actor).await?;
    let page = desk::dispatches(&tx, which, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::DispatchesRead).await?;
    Ok(Json(List { items: page.items.iter().map(|d| Dispatch::of(d, &names)).collect(), next: page.next }))
}

/// Try a dispatch again that was parked or rejected.
#[utoipa::path(post, path = "/api/v1/link/dispatches/{id}/retry", tag = "link", request_body = Nothing,
    params(("id" = String, Path, description = "the dispatch"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn retry(
    State(app): State<App>,
    MayRunLink(who): MayRunLink,
    Path(id): Path<String>,
    body: Body<Nothing>,
) -> Result<Response> {
    let id: DispatchId = caller::id(&id)?;
    body.once.run(&app, &who, async |tx| Ok((desk::retry(tx, id).await?, Answer::created(&Done::of(id))))).await
}
