//! `POST /api/v1/settlements/undo`: an analyst takes back everything a batch settled; the items wait for a person.

use super::batch;
use crate::{
    App,
    caller::MayAssess,
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{extract::State, response::Response};
use reports::settle;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which batch: exactly one of list, hunt, report and entry; and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Everything a list settled.
    list: Option<String>,
    /// Everything one hunt settled.
    hunt: Option<String>,
    /// Everything lists settled in one report.
    report: Option<String>,
    /// Everything one entry settled.
    entry: Option<String>,
    /// Why; one line, at most 500 characters.
    why: String,
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
pub struct Undone {
    /// Items that wait for a person again.
    items: u64,
}

/// Take back a batch. The same entries do not settle these items again by themselves.
#[utoipa::path(post, path = "/api/v1/settlements/undo", tag = "items", request_body = Undo,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Undone), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(State(app): State<App>, MayAssess(who): MayAssess, body: Json<Undo>) -> Result<Response> {
    let Json { value: new, once } = body;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let Undo { list, hunt, report, entry, why } = &new;
    let batch = batch(list.as_deref(), hunt.as_deref(), report.as_deref(), entry.as_deref())?;
    let tx = app.db.begin(&who.actor).await?;
    let (items, act) = settle::undo(&tx, batch, why).await?;
    once.end(tx, &act, Answer::created(&Undone { items })).await
}
