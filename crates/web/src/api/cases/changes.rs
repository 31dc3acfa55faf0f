//! `GET /api/v1/cases/changes`: what changed in the calling LEA's cases since its system last asked; waits for something to
//! change when asked to.

use crate::{
    App,
    api::shape::List,
    caller::MayReadCases,
    error::{Problem, Result},
    params::Params,
};
use agreements::{Doing, require, sign_in};
use axum::{Json, extract::State};
use base::Refusal;
use reports::change::{self, Act};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

/// Longest wait, in seconds.
const LONGEST: u64 = 25;
/// How often it is looked while somebody waits.
const LOOK: Duration = Duration::from_millis(500);
/// Changes told at once.
const AT_ONCE: u64 = 100;

/// Since when, and how long to wait.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `next` of the answer before; the beginning when not given.
    pub cursor: Option<String>,
    /// Seconds to wait for something to change, 0 to 25; 0 when not given.
    pub wait: Option<u64>,
}

/// That a case changed. What, is for `GET /api/v1/cases/{id}` to say.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// Its id; a webhook that tells of the same change has the same.
    id: String,
    /// The case.
    case_id: String,
    /// disclosed, changed, withdrawn or answered.
    kind: &'static str,
    /// When.
    at: String,
}

/// Ask which of your LEA's cases changed, oldest change first. `next` is always given: hand it back as `cursor`.
#[utoipa::path(get, path = "/api/v1/cases/changes", tag = "cases", params(Asked),
    responses((status = 200, body = List<Change>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Params(asked): Params<Asked>,
) -> Result<Json<List<Change>>> {
    let bad = || Refusal::new("cursor", "bad-cursor", "this is not a cursor we gave");
    let from: i64 = asked.cursor.as_deref().unwrap_or("0").parse().ok().filter(|n| *n >= 0).ok_or_else(bad)?;
    let wait = asked.wait.unwrap_or_default();
    if wait > LONGEST {
        return Err(Refusal::new("wait", "bad-wait", "`wait` is 0 to 25 seconds").into());
    }
    let until = Instant::now() + Duration::from_secs(wait);
    let found = loop {
        // Rights are read per request, and a long one is several.
        require(&sign_in::lives(&app.db, &who).await?.actor, Doing::ReadCases)?;
        let tx = app.db.look(&who.actor).await?;
        let found = change::after(&tx, from, AT_ONCE).await?;
        if !found.is_empty() || Instant::now() >= until {
            tx.commit(&Act::ChangesRead).await?;
            break found;
        }
        drop(tx);
        tokio::time::sleep(LOOK).await;
    };
    let told = found.iter().take(usize::try_from(AT_ONCE).unwrap_or(usize::MAX));
    let next = told.clone().next_back().map_or(from, |c| c.seq).to_string();
    let items = told.map(|c| Change {
        id: c.id.to_string(),
        case_id: c.case.to_string(),
        kind: c.kind.word(),
        at: c.at.to_string(),
    });
    Ok(Json(List { items: items.collect(), next: Some(next) }))
}
