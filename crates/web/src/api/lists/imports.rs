//! `GET /api/v1/lists/{id}/imports`: what a publisher filled its list from.

use crate::{
    App,
    api::{
        lists::shape::Import,
        shape::{List, Paging},
    },
    caller::{self, MayPublish},
    error::{Problem, Result},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::ListId;
use hashlists::{Act, import};

/// List imports, newest first.
#[utoipa::path(get, path = "/api/v1/lists/{id}/imports", tag = "lists", params(("id" = String, Path, description = "the list"), Paging),
    responses((status = 200, body = List<Import>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Import>>> {
    let id: ListId = caller::id(&id)?;
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = import::imports(&tx, id, after, limit).await?;
    tx.commit(&Act::ImportsRead(id)).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
