//! `GET /api/v1/lists/{id}/votes`: words on entries: all for the publisher, its own for a reader.

use crate::{
    App,
    api::{
        lists::shape::Vote,
        shape::{self, List},
    },
    caller::{self, MayReadLists},
    error::{Problem, Result},
    names::Names,
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::ListId;
use hashlists::{Act, vote};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which votes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only disputes that nobody has answered.
    #[serde(default)]
    pub open: bool,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// List votes, oldest first.
#[utoipa::path(get, path = "/api/v1/lists/{id}/votes", tag = "lists", params(("id" = String, Path, description = "the list"), Filter),
    responses((status = 200, body = List<Vote>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(id): Path<String>,
    Params(filter): Params<Filter>,
) -> Result<Json<List<Vote>>> {
    let id: ListId = caller::id(&id)?;
    let (after, limit) = shape::paging(filter.cursor.as_deref(), filter.limit)?;
    let tx = app.db.look(&who.actor).await?;
    let page = vote::votes(&tx, id, filter.open, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::VotesRead(id)).await?;
    Ok(Json(List { items: page.items.iter().map(|v| Vote::new(v, &names)).collect(), next: page.next }))
}
