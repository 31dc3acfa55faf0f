//! `POST /api/v1/cases/{id}/outcome`: an officer says what came of a case.

use crate::{
    App,
    caller::{self, MayAnswer},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base::{Missing, OutcomeKind};
use reports::{case, outcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOutcome {
    /// useful, known, victim_identified, arrest, insufficient or not_illegal_here.
    outcome: String,
    /// At most 4,000 characters.
    note: Option<String>,
    /// For insufficient, what was missing, here or in the note: address, page, files, series, host, uploader, victim or
    /// freshness.
    #[serde(default)]
    missing: Vec<String>,
}

/// The outcome that was recorded.
#[derive(Serialize, ToSchema)]
pub struct Recorded {
    /// Its id.
    id: String,
    /// As it was given.
    outcome: &'static str,
}

/// Record an outcome.
#[utoipa::path(post, path = "/api/v1/cases/{id}/outcome", tag = "cases", request_body = NewOutcome,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Recorded), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayAnswer(who): MayAnswer,
    Path(id): Path<String>,
    body: Json<NewOutcome>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    // Whether there is such a case comes first: a foreign one is "not found" whatever else was sent.
    case::exists(&tx, id).await?;
    let kind: OutcomeKind = new.outcome.parse()?;
    let missing = new.missing.iter().map(|m| m.parse::<Missing>()).collect::<Result<Vec<_>, _>>()?;
    let said = outcome::Said { kind, missing: &missing, note: new.note.as_deref() };
    let (outcome, act) = outcome::record(&tx, id, said).await?;
    let answer = Answer::created(&Recorded { id: outcome.to_string(), outcome: kind.word() });
    once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}
