//! `/api/v1/reports/{id}/captures`: a report's captures, and asking for another.

use crate::{
    App,
    api::{evidence::Capture, shape::List},
    caller::{self, MayReadReports, MayReport},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base::ReportId;
use reports::{capture, look};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// List a report's captures, newest first.
#[utoipa::path(get, path = "/api/v1/reports/{id}/captures", tag = "captures",
    params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = List<Capture>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Json<List<Capture>>> {
    let id: ReportId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    look::exists(&tx, id).await?;
    let captures = capture::of_report(&tx, id).await?;
    tx.commit(&reports::Act::CapturesRead(id)).await?;
    Ok(Json(List { items: captures.iter().map(Capture::from).collect(), next: None }))
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForCapture {}

/// A capture that was asked for.
#[derive(Serialize, ToSchema)]
pub struct Asked {
    /// The capture, to be read at `/api/v1/captures/{id}`.
    id: String,
}

/// Fetch a report's page, again if it was fetched before. Earlier captures stay.
#[utoipa::path(post, path = "/api/v1/reports/{id}/captures", tag = "captures", request_body = AskForCapture,
    params(("id" = String, Path, description = "the report"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Asked), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<App>,
    MayReport(who): MayReport,
    Path(id): Path<String>,
    body: Body<AskForCapture>,
) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let (capture, act) = capture::ask(&tx, id, app.reach()).await?;
    let answer = Answer::created(&Asked { id: capture.to_string() });
    body.once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}
