//! `GET /api/v1/settlements`: items of the caller's hotline that a batch settled, each with list, entry and version.

use super::batch;
use crate::{
    App,
    api::shape::{self, List},
    caller::MayAssess,
    error::{Problem, Result},
    params::Params,
};
use axum::{Json, extract::State};
use base::Refusal;
use reports::{Act, settle};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which batch: exactly one of list, hunt, report and entry.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Everything a list settled.
    pub list: Option<String>,
    /// Everything one hunt settled.
    pub hunt: Option<String>,
    /// Everything lists settled in one report.
    pub report: Option<String>,
    /// Everything one entry settled.
    pub entry: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// An item that is settled, and by what.
#[derive(Serialize, ToSchema)]
pub struct Settled {
    /// The item.
    pub item_id: String,
    /// The list.
    pub list_id: String,
    /// Its name when it settled.
    pub list: String,
    /// The entry.
    pub entry_id: String,
    /// The change of the list by which the entry was as it was.
    pub version: i64,
    /// sha256, sha1 or md5.
    pub how: String,
    /// When.
    pub at: String,
}

impl Settled {
    /// Of this item.
    pub fn new(item: base::ItemId, by: &reports::Settled) -> Self {
        Self {
            item_id: item.to_string(),
            list_id: by.list.to_string(),
            list: by.name.clone(),
            entry_id: by.entry.to_string(),
            version: by.version,
            how: by.how.clone(),
            at: by.at.to_string(),
        }
    }
}

/// List what a batch settled, by item.
#[utoipa::path(get, path = "/api/v1/settlements", tag = "items", params(Asked),
    responses((status = 200, body = List<Settled>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Params(asked): Params<Asked>,
) -> Result<Json<List<Settled>>> {
    let (_, limit) = shape::paging(None, asked.limit)?;
    let refused = |_| Refusal::new("cursor", "bad-cursor", "this is not a cursor we gave");
    let after = asked.cursor.as_deref().map(str::parse).transpose().map_err(refused)?;
    let Asked { list, hunt, report, entry, .. } = &asked;
    let batch = batch(list.as_deref(), hunt.as_deref(), report.as_deref(), entry.as_deref())?;
    let tx = app.db.look(&who.actor).await?;
    let rows = settle::settled(&tx, batch, after, limit).await?;
    tx.commit(&Act::SettlingRead).await?;
    let full = u64::try_from(rows.len()).is_ok_and(|n| n == limit);
    let next = rows.last().filter(|_| full).map(|(item, _)| item.0.to_string());
    Ok(Json(List { items: rows.iter().map(|(item, by)| Settled::new(*item, by)).collect(), next }))
}
