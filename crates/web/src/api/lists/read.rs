//! `GET /api/v1/lists/{id}`: one list.

use crate::{
    App,
    api::lists::shape::HashList,
    caller::{self, MayReadLists},
    error::{Problem, Result},
    names::Names,
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::ListId;
use hashlists::{Act, list};

/// Read a list's description.
#[utoipa::path(get, path = "/api/v1/lists/{id}", tag = "lists", params(("id" = String, Path, description = "the list")),
    responses((status = 200, body = HashList), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(id): Path<String>,
) -> Result<Json<HashList>> {
    let id: ListId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (found, access) = list::find(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ListRead(id)).await?;
    Ok(Json(HashList::new(&found, access, &names)))
}
