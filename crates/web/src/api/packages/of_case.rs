//! `GET /api/v1/cases/{id}/packages`: the caller's own packages of a case.

use super::Package;
use crate::{
    App,
    api::shape::List,
    caller::{self, MayTakeAlong},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use reports::package::{self, Act};

/// List your own packages of a case, newest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/packages", tag = "packages",
    params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = List<Package>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayTakeAlong(who): MayTakeAlong,
    Path(id): Path<String>,
) -> Result<Json<List<Package>>> {
    let tx = app.db.look(&who.actor).await?;
    let found = package::of_case(&tx, caller::id(&id)?).await?;
    tx.commit(&Act::ListRead).await?;
    Ok(Json(List { items: found.iter().map(Package::from).collect(), next: None }))
}
