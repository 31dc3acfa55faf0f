//! `GET /api/v1/lists/{id}/candidates`: content that was offered to a list: all for its publisher, its own for a hotline.

use crate::{
    App,
    api::{
        lists::shape::Candidate,
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
use hashlists::{Act, CandidateState, candidate};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which candidates.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// waiting, accepted or declined; waiting when not given.
    pub state: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// List candidates, oldest first.
#[utoipa::path(get, path = "/api/v1/lists/{id}/candidates", tag = "lists", params(("id" = String, Path, description = "the list"), Filter),
    responses((status = 200, body = List<Candidate>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(id): Path<String>,
    Params(filter): Params<Filter>,
) -> Result<Json<List<Candidate>>> {
    let id: ListId = caller::id(&id)?;
    let (after, limit) = shape::paging(filter.cursor.as_deref(), filter.limit)?;
    let state = filter.state.as_deref().map_or(Ok(CandidateState::Waiting), str::parse)?;
    let tx = app.db.look(&who.actor).await?;
    let page = candidate::candidates(&tx, id, state, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::CandidatesRead(id)).await?;
    Ok(Json(List { items: page.items.iter().map(|c| Candidate::new(c, &names)).collect(), next: page.next }))
}
