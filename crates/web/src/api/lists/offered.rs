//! `GET /api/v1/candidates`: what the caller's hotline offered to hash lists, and what became of it. Not to which lists: a
//! list without terms does not exist for it.

use crate::{
    App,
    api::{
        lists::shape::Candidate,
        shape::{List, Paging},
    },
    caller::MayReadLists,
    error::{Problem, Result},
    names::Names,
    params::Params,
};
use axum::{Json, extract::State};
use hashlists::{Act, candidate};

/// List the candidates that one's own organisation offered, oldest first.
#[utoipa::path(get, path = "/api/v1/candidates", tag = "lists", params(Paging),
    responses((status = 200, body = List<Candidate>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Candidate>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = candidate::offered(&tx, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::OwnCandidatesRead).await?;
    let items = page.items.iter().map(|c| Candidate { entry_id: None, ..Candidate::new(c, &names) });
    Ok(Json(List { items: items.collect(), next: page.next }))
}
