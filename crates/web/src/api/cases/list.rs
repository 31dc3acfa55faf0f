//! `GET /api/v1/cases`: the LEA's inbox, most urgent first.

use crate::params::Params;
use crate::{
    App,
    api::{
        cases::shape::RankedCase,
        shape::{List, paging},
    },
    caller::{self, MayReadCases},
    error::{Problem, Result},
};
use axum::{Json, extract::State};
use base::SearchId;
use reports::{
    Act,
    inbox::{self, Filter, Of},
    search,
};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Only what this search finds; searches are made at `/api/v1/case-searches`.
    pub search: Option<String>,
    /// Of cases that hold the very same files only the newest. Not together with `search`.
    pub folded: Option<bool>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// List the LEA's cases.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(Which),
    responses((status = 200, body = List<RankedCase>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Params(which): Params<Which>,
) -> Result<Json<List<RankedCase>>> {
    let (after, limit) = paging(which.cursor.as_deref(), which.limit)?;
    let tx = app.db.look(&who.actor).await?;
    let page = match &which.search {
        Some(id) => {
            let found = search::find(&tx, caller::id::<SearchId>(id)?).await?;
            inbox::list(&tx, Of::Filtered(&found.filter), after, limit).await?
        }
        None if which.folded == Some(true) => inbox::list(&tx, Of::Everything, after, limit).await?,
        None => inbox::list(&tx, Of::Filtered(&Filter::default()), after, limit).await?,
    };
    tx.commit(&Act::CasesRead).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
