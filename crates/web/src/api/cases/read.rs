//! `GET /api/v1/cases/{id}`: what the calling LEA was disclosed of one report, and what was kept back.

use crate::{
    App,
    api::shape::Case,
    caller::{self, MayReadCases},
    error::{Problem, Result},
    names::Names,
};
use axum::{
    Json,
    extract::{Path, State},
};
use reports::case;

/// Open a case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = Case), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
) -> Result<Json<Case>> {
    let id = caller::id(&id)?;
    let tx = app.db.begin(&who.actor).await?;
    let (open, act) = case::first(&tx, id, storage::keyset::MOST).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    Ok(Json(Case::new(&open, &names)))
}
