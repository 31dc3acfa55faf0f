//! `GET /api/v1/lists`: hash lists that the caller's organisation publishes, reads or was offered.

use crate::{
    App,
    api::{lists::shape::HashList, shape::List},
    caller::MayReadLists,
    error::{Problem, Result},
    names::Names,
};
use axum::{Json, extract::State};
use hashlists::{Act, list as lists};

/// List hash lists, by name.
#[utoipa::path(get, path = "/api/v1/lists", tag = "lists",
    responses((status = 200, body = List<HashList>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<Json<List<HashList>>> {
    let tx = app.db.look(&who.actor).await?;
    let found = lists::list(&tx).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ListsRead).await?;
    let items = found.iter().map(|(list, access)| HashList::new(list, *access, &names)).collect();
    Ok(Json(List { items, next: None }))
}
