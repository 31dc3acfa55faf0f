//! `GET /api/v1/agreements`: the agreements the caller's organisation is party to; the secretariat sees all.

use crate::{
    App,
    api::{agreements::shape::Agreement, shape::List},
    caller::MayReadDirectory,
    error::{Problem, Result},
    names::Names,
};
use agreements::{Act, treaty};
use axum::{Json, extract::State};

/// List agreements, every version.
#[utoipa::path(get, path = "/api/v1/agreements", tag = "agreements",
    responses((status = 200, body = List<Agreement>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadDirectory(who): MayReadDirectory) -> Result<Json<List<Agreement>>> {
    let tx = app.db.look(&who.actor).await?;
    let treaties = treaty::list(&tx).await?;
    let names = Names::read(&tx).await?;
    let now = tx.now();
    tx.commit(&Act::AgreementsRead).await?;
    Ok(Json(List { items: treaties.iter().map(|t| Agreement::new(t, &names, now)).collect(), next: None }))
}
