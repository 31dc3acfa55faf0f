//! `GET /api/v1/agreements`: the agreements the caller's organisation is party to; the secretariat sees all.

use crate::{
    App,
    api::shape::List,
    caller::MayReadDirectory,
    error::{Problem, Result},
    names::Names,
};
use agreements::{Act, Lane, treaty};
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

/// One version of an agreement.
#[derive(Serialize, ToSchema)]
pub struct Agreement {
    /// The agreement's id; its versions share it.
    id: String,
    /// Its name.
    name: String,
    /// Its version.
    version: i64,
    /// The hotline that is party.
    hotline: String,
    /// The LEA that is party.
    lea: String,
    /// Whether it binds now.
    in_force: bool,
    /// From when.
    valid_from: String,
    /// Until when; null: open.
    valid_until: Option<String>,
    /// When the hotline signed.
    hotline_signed: Option<String>,
    /// When the LEA signed.
    lea_signed: Option<String>,
    /// Its clauses.
    clauses: Vec<Clause>,
}

/// One clause in words.
#[derive(Serialize, ToSchema)]
pub struct Clause {
    /// Its number.
    clause: String,
    /// For which items, and what police get.
    sentence: String,
    /// Who tells the host.
    host_notice: String,
    /// What must be approved first.
    approval: String,
    /// Whether police may ask to leave content up.
    hold: String,
}

impl From<&Lane> for Clause {
    fn from(lane: &Lane) -> Self {
        Self {
            clause: lane.clause.clone(),
            sentence: lane.sentence(),
            host_notice: lane.notice_sentence(),
            approval: lane.approval_sentence(),
            hold: lane.hold_sentence(),
        }
    }
}

/// List agreements.
#[utoipa::path(get, path = "/api/v1/agreements", tag = "agreements",
    responses((status = 200, body = List<Agreement>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadDirectory(who): MayReadDirectory) -> Result<Json<List<Agreement>>> {
    let tx = app.db.look(&who.actor).await?;
    let treaties = treaty::list(&tx).await?;
    let names = Names::read(&tx).await?;
    let now = tx.now();
    tx.commit(&Act::AgreementsRead).await?;
    let items = treaties.iter().map(|t| Agreement {
        id: t.id.to_string(),
        name: t.name.clone(),
        version: t.version,
        hotline: names.of(t.hotline),
        lea: names.of(t.lea),
        in_force: t.in_force(now),
        valid_from: t.valid_from.to_string(),
        valid_until: t.valid_until.map(|x| x.to_string()),
        hotline_signed: t.hotline_signed.map(|x| x.to_string()),
        lea_signed: t.lea_signed.map(|x| x.to_string()),
        clauses: t.document.lanes.iter().map(Into::into).collect(),
    });
    Ok(Json(List { items: items.collect(), next: None }))
}
