//! `GET /api/v1/lists/{id}/imports/{import}`: how far an import is.

use crate::{
    App, Error,
    api::lists::shape::Import,
    caller::{self, MayPublish},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::{ImportId, ListId};
use hashlists::{Act, import, list};
use storage::Tx;

/// An import into this list of the actor's, and no other's.
pub async fn of_list(tx: &Tx, id: ListId, which: ImportId) -> Result<hashlists::Import> {
    list::own(tx, id).await?;
    let found = import::find(tx, which).await?;
    if found.list == id { Ok(found) } else { Err(Error::NOT_FOUND) }
}

/// Read an import's progress.
#[utoipa::path(get, path = "/api/v1/lists/{id}/imports/{import}", tag = "lists",
    params(("id" = String, Path, description = "the list"), ("import" = String, Path, description = "the import")),
    responses((status = 200, body = Import), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path((id, which)): Path<(String, String)>,
) -> Result<Json<Import>> {
    let (id, which) = (caller::id(&id)?, caller::id(&which)?);
    let tx = app.db.look(&who.actor).await?;
    let found = of_list(&tx, id, which).await?;
    tx.commit(&Act::ImportsRead(id)).await?;
    Ok(Json((&found).into()))
}
