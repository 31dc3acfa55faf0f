//! `GET /api/v1/lists/{id}/entries/{entry}`: one entry as it is now.

use crate::{
    App,
    api::lists::shape::Entry,
    caller::{self, MayReadLists},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::{HashId, ListId};
use hashlists::{Act, entry, list};

/// Read an entry.
#[utoipa::path(get, path = "/api/v1/lists/{id}/entries/{entry}", tag = "lists",
    params(("id" = String, Path, description = "the list"), ("entry" = String, Path, description = "the entry")),
    responses((status = 200, body = Entry), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path((id, which)): Path<(String, String)>,
) -> Result<Json<Entry>> {
    let (id, which): (ListId, HashId) = (caller::id(&id)?, caller::id(&which)?);
    let tx = app.db.look(&who.actor).await?;
    list::readable(&tx, id).await?;
    let found = entry::find(&tx, id, which).await?;
    tx.commit(&Act::EntriesRead(id, found.changed)).await?;
    Ok(Json((&found).into()))
}
