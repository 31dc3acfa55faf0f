//! `GET /api/v1/lists/{id}/terms`: who may read a list; all for its publisher, its own for a reader.

use crate::{
    App,
    api::{lists::shape::Terms, shape::List},
    caller::{self, MayReadLists},
    error::{Problem, Result},
    names::Names,
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::ListId;
use hashlists::{Act, terms};

/// List terms, newest first, ended ones too.
#[utoipa::path(get, path = "/api/v1/lists/{id}/terms", tag = "lists", params(("id" = String, Path, description = "the list")),
    responses((status = 200, body = List<Terms>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(id): Path<String>,
) -> Result<Json<List<Terms>>> {
    let id: ListId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let found = terms::of_list(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ListRead(id)).await?;
    Ok(Json(List { items: found.iter().map(|t| Terms::new(t, &names)).collect(), next: None }))
}
