//! `GET /api/v1/packages`: the caller's own packages.

use super::Package;
use crate::{
    App,
    api::shape::{List, Paging},
    caller::MayTakeAlong,
    error::{Problem, Result},
    params::Params,
};
use axum::{Json, extract::State};
use reports::package;

/// List your own packages, newest first.
#[utoipa::path(get, path = "/api/v1/packages", tag = "packages", params(Paging),
    responses((status = 200, body = List<Package>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayTakeAlong(who): MayTakeAlong,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Package>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = package::list(&tx, after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: found.items.iter().map(Package::from).collect(), next: found.next }))
}
