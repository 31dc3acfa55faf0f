//! `GET /api/v1/items`: items that wait for the caller's hotline, oldest first.

use crate::params::Params;
use crate::{
    App,
    api::shape::{Item, List, Paging},
    caller::MayAssess,
    error::{Problem, Result},
    names::Names,
};
use axum::{Json, extract::State};
use reports::{Act, look};

/// List items to assess.
#[utoipa::path(get, path = "/api/v1/items", tag = "items", params(Paging),
    responses((status = 200, body = List<Item>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Item>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = look::to_assess(&tx, None, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ItemsRead).await?;
    Ok(Json(List { items: page.items.iter().map(|(i, _)| Item::new(i, &[], &names)).collect(), next: page.next }))
}
