//! `GET /api/v1/reports/{id}`: one report with everything the caller's hotline may see of it.

use crate::{
    App,
    api::shape::Report,
    caller::{self, MayReadReports},
    error::{Problem, Result},
    names::Names,
    once::Answer,
};
use axum::extract::{Path, State};
use reports::look;

/// Read a report.
#[utoipa::path(get, path = "/api/v1/reports/{id}", tag = "reports", params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = Report), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Answer> {
    let id = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (full, act) = look::report(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    Ok(Answer::ok(&Report::new(&full, &names)).tagged(full.report.changed_at.micros()))
}
