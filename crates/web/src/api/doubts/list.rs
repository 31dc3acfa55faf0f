//! `GET /api/v1/doubts`: items of the caller's hotline about which lists disagree, with each other or with a person.

use crate::{
    App,
    api::shape::{List, Paging},
    caller::MayAssess,
    error::{Problem, Result},
    params::Params,
};
use axum::{Json, extract::State};
use reports::{Act, settle};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a person has to look at an item.
#[derive(Serialize, ToSchema)]
pub struct Doubt {
    /// Its id.
    id: String,
    /// The item.
    item_id: String,
    /// lists_disagree, several_laws, context or judged_otherwise.
    why: &'static str,
    /// Entries concerned.
    named: Vec<Named>,
    /// Since when.
    at: String,
}

/// An entry that has to do with a doubt.
#[derive(Serialize, ToSchema)]
pub struct Named {
    /// The list.
    list_id: String,
    /// Its name.
    list: String,
    /// The entry.
    entry_id: String,
    /// What it says: baseline, national or context.
    class: &'static str,
}

impl From<&reports::Doubt> for Doubt {
    fn from(doubt: &reports::Doubt) -> Self {
        let named = |n: &reports::Named| Named {
            list_id: n.list.to_string(),
            list: n.name.clone(),
            entry_id: n.entry.to_string(),
            class: n.class.word(),
        };
        Self {
            id: doubt.id.to_string(),
            item_id: doubt.item.to_string(),
            why: doubt.kind.word(),
            named: doubt.named.iter().map(named).collect(),
            at: doubt.at.to_string(),
        }
    }
}

/// List open doubts, oldest first.
#[utoipa::path(get, path = "/api/v1/doubts", tag = "items", params(Paging),
    responses((status = 200, body = List<Doubt>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Doubt>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = settle::doubts(&tx, after, limit).await?;
    tx.commit(&Act::SettlingRead).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
