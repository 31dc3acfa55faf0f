//! `GET /api/v1/packages/{id}`: how far a package is.

use super::{Package, progress};
use crate::{
    App,
    caller::{self, MayTakeAlong},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use reports::package;

/// Ask how far a package of yours is.
#[utoipa::path(get, path = "/api/v1/packages/{id}", tag = "packages",
    params(("id" = String, Path, description = "the package")),
    responses((status = 200, body = Package), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayTakeAlong(who): MayTakeAlong,
    Path(id): Path<String>,
) -> Result<Json<Package>> {
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = package::read(&tx, caller::id(&id)?).await?;
    tx.commit(&act).await?;
    let (done, total) = progress(&app, &found).await?.unzip();
    Ok(Json(Package { done, total, ..Package::from(&found) }))
}
