//! `GET /api/v1/reports`: the hotline's own reports, newest first.

use crate::params::Params;
use crate::{
    App,
    api::shape::{self, List, ListedReport},
    caller::MayReadReports,
    error::{Problem, Result},
};
use axum::{Json, extract::State};
use base::Refusal;
use reports::{Act, flow, look};
use serde::Deserialize;
use utoipa::IntoParams;

/// What to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only reports in this state.
    pub state: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

impl Filter {
    /// The state asked for.
    pub fn state(&self) -> Result<Option<flow::State>, Refusal> {
        let asked = self.state.as_deref().filter(|s| !s.is_empty());
        asked
            .map(|s| {
                flow::State::from_word(s)
                    .ok_or_else(|| Refusal::new("state", "unknown-state", "there is no such state"))
            })
            .transpose()
    }
}

/// List the hotline's reports.
#[utoipa::path(get, path = "/api/v1/reports", tag = "reports", params(Filter),
    responses((status = 200, body = List<ListedReport>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Params(filter): Params<Filter>,
) -> Result<Json<List<ListedReport>>> {
    let (after, limit) = shape::paging(filter.cursor.as_deref(), filter.limit)?;
    let state = filter.state()?;
    let tx = app.db.look(&who.actor).await?;
    let page = look::reports(&tx, state, after, limit).await?;
    tx.commit(&Act::ReportsRead).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
