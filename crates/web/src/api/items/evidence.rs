//! `/api/v1/items/{id}/sightings`, `/device`, `/custody`: where an item was seen, what the device noted in its file, and
//! what happened to the object behind it.

use crate::{
    App,
    api::{
        evidence::{Custody, Device, Sighting},
        shape::List,
    },
    caller::{self, MayOpenMedia, MayReadReports},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use reports::{custody, look};

/// List where and when an item was seen, newest first.
#[utoipa::path(get, path = "/api/v1/items/{id}/sightings", tag = "items",
    params(("id" = String, Path, description = "the item")),
    responses((status = 200, body = List<Sighting>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn sightings(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Json<List<Sighting>>> {
    let tx = app.db.look(&who.actor).await?;
    let (seen, act) = look::sightings(&tx, caller::id(&id)?).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: seen.iter().map(Sighting::from).collect(), next: None }))
}

/// Read what the device noted in an item's file. Intelligence, not evidence: anybody can write it into a file.
#[utoipa::path(get, path = "/api/v1/items/{id}/device", tag = "items",
    params(("id" = String, Path, description = "the item")),
    responses((status = 200, body = Device), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn device(
    State(app): State<App>,
    MayOpenMedia(who): MayOpenMedia,
    Path(id): Path<String>,
) -> Result<Json<Device>> {
    let tx = app.db.look(&who.actor).await?;
    let (device, act) = look::device(&tx, caller::id(&id)?).await?;
    tx.commit(&act).await?;
    Ok(Json(Device::from(device.unwrap_or_default())))
}

/// Read the chain of custody of the object behind an item: what the caller's organisation did with it, by whom, why.
#[utoipa::path(get, path = "/api/v1/items/{id}/custody", tag = "items",
    params(("id" = String, Path, description = "the item")),
    responses((status = 200, body = Custody), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn custody(
    State(app): State<App>,
    MayOpenMedia(who): MayOpenMedia,
    Path(id): Path<String>,
) -> Result<Json<Custody>> {
    let tx = app.db.look(&who.actor).await?;
    let (custody, act) = custody::read(&tx, caller::id(&id)?).await?;
    tx.commit(&act).await?;
    Ok(Json(Custody::new(&custody)))
}
