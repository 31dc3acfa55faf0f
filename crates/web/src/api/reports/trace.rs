//! `/api/v1/reports/{id}/trace` and `/hosting`: where a report's host is and was, by whom; looking it up again; overruling.

use crate::{
    App,
    api::evidence::Hosted,
    caller::{self, MayReadReports, MayReport},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base::{Country, ReportId};
use reports::trace;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Read where a report's host is, with every signal, and the history of it.
#[utoipa::path(get, path = "/api/v1/reports/{id}/trace", tag = "trace",
    params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = Hosted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Json<Hosted>> {
    let tx = app.db.look(&who.actor).await?;
    let (report, history, act) = trace::read(&tx, caller::id(&id)?).await?;
    tx.commit(&act).await?;
    Ok(Json(Hosted::new(&report.hosting, &history)))
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForTrace {}

/// That it is being looked up.
#[derive(Serialize, ToSchema)]
pub struct Asked {
    /// The report, to be read at `/api/v1/reports/{id}/trace`.
    report_id: String,
}

/// Look a report's host up again.
#[utoipa::path(post, path = "/api/v1/reports/{id}/trace", tag = "trace", request_body = AskForTrace,
    params(("id" = String, Path, description = "the report"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Asked), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<App>,
    MayReport(who): MayReport,
    Path(id): Path<String>,
    body: Body<AskForTrace>,
) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = trace::ask(&tx, id, app.reach()).await?;
    let answer = Answer::created(&Asked { report_id: id.to_string() });
    body.once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}

/// An analyst's word on where a host is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overruled {
    /// ISO 3166-1 alpha-2; null takes an earlier word back.
    country: Option<String>,
    /// Why; one line, at most 500 characters.
    reason: String,
}

/// Say where a report's host is, whatever was looked up; or take such a word back.
#[utoipa::path(put, path = "/api/v1/reports/{id}/hosting", tag = "trace", request_body = Overruled,
    params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = Hosted), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn overrule(
    State(app): State<App>,
    MayReport(who): MayReport,
    Path(id): Path<String>,
    body: Body<Overruled>,
) -> Result<Json<Hosted>> {
    let id: ReportId = caller::id(&id)?;
    let tx = app.db.begin(&who.actor).await?;
    trace::own(&tx, id).await?;
    let Overruled { country, reason } = body.value;
    let act = match country {
        Some(country) => trace::overrule(&tx, id, Country::parse("country", &country)?, &reason).await?,
        None => trace::take_back(&tx, id, &reason).await?,
    };
    let (report, history, _) = trace::read(&tx, id).await?;
    tx.commit(&act).await?;
    Ok(Json(Hosted::new(&report.hosting, &history)))
}
