//! `GET /api/v1/agreements/id/versions/version/simulation`: who would get what, on the hotline's reports of the last 90
//! days.  is disclosed by it.

use crate::{
    App,
    api::agreements::shape,
    caller::{self, MayDraft},
    error::{Problem, Result},
};
use agreements::Act;
use axum::{
    Json,
    extract::{Path, State},
};
use base::AgreementId;
use reports::simulate as sim;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Who would get what.
#[derive(Serialize, ToSchema)]
pub struct Simulation {
    /// Days looked back on.
    days: i64,
    /// Officers of the LEA who would see it.
    officers: i64,
    /// Under the text in force.
    old: Told,
    /// Under the new text.
    new: Told,
    /// Told under the new text only.
    more: Share,
    /// Told under the text in force only.
    less: Share,
    /// Told under both, and wider under the new one.
    wider: Share,
    /// Told under both, and narrower under the new one.
    narrower: Share,
    /// The same in sentences.
    sentences: Vec<String>,
}

/// What one text tells.
#[derive(Serialize, ToSchema)]
pub struct Told {
    /// Reports of which something is told.
    reports: i64,
    /// Items told.
    items: i64,
    /// Items told by each clause.
    by_clause: BTreeMap<String, i64>,
}

/// A part of the reports and items.
#[derive(Serialize, ToSchema)]
pub struct Share {
    /// Reports.
    reports: i64,
    /// Items.
    items: i64,
    /// Ids of some of the reports, for their hotline; nobody else has been given them.
    examples: Vec<String>,
}

impl From<&sim::Told> for Told {
    fn from(t: &sim::Told) -> Self {
        Self { reports: t.reports, items: t.items, by_clause: t.by_clause.clone() }
    }
}

impl From<&sim::Share> for Share {
    fn from(s: &sim::Share) -> Self {
        let examples = s.examples.iter().map(ToString::to_string).collect();
        Self { reports: s.reports, items: s.items, examples }
    }
}

impl From<&sim::Simulation> for Simulation {
    fn from(s: &sim::Simulation) -> Self {
        Self {
            days: s.days,
            officers: s.officers,
            old: (&s.old).into(),
            new: (&s.new).into(),
            more: (&s.more).into(),
            less: (&s.less).into(),
            wider: (&s.wider).into(),
            narrower: (&s.narrower).into(),
            sentences: s.sentences(),
        }
    }
}

/// Try a version out.
#[utoipa::path(get, path = "/api/v1/agreements/{id}/versions/{version}/simulation", tag = "agreements",
    params(("id" = String, Path, description = "the agreement"), ("version" = String, Path, description = "its number")),
    responses((status = 200, body = Simulation), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayDraft(who): MayDraft,
    Path((id, version)): Path<(String, String)>,
) -> Result<Json<Simulation>> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, shape::number(&version)?);
    let tx = app.db.look(&who.actor).await?;
    let question = sim::of_version(&tx, id, version, None).await?;
    tx.commit(&Act::Simulated(id, version)).await?;
    Ok(Json((&sim::simulate(&app.db, &question).await?).into()))
}
