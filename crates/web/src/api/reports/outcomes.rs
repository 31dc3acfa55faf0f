//! `GET /api/v1/reports/{id}/outcomes`: what police made of a report, for the hotline.

use crate::{
    App,
    api::shape::{List, Outcome},
    caller::{self, MayReadReports},
    error::{Problem, Result},
    names::Names,
};
use axum::{
    Json,
    extract::{Path, State},
};
use reports::{Act, outcome};

/// Read the outcomes of a report.
#[utoipa::path(get, path = "/api/v1/reports/{id}/outcomes", tag = "reports",
    params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = List<Outcome>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Json<List<Outcome>>> {
    let id = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let outcomes = outcome::of_report(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::OutcomesRead(id)).await?;
    Ok(Json(List { items: outcomes.iter().map(|o| Outcome::new(o, &names)).collect(), next: None }))
}
