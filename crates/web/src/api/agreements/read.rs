//! `GET /api/v1/agreements/{id}`: one agreement with all its versions and who has suspended it.

use crate::{
    App,
    api::agreements::shape::Agreement,
    caller::{self, MayReadDirectory},
    error::{Problem, Result},
    names::Names,
};
use agreements::{Act, treaty};
use axum::{
    Json,
    extract::{Path, State},
};
use base::AgreementId;
use serde::Serialize;
use utoipa::ToSchema;

/// One agreement.
#[derive(Serialize, ToSchema)]
pub struct Whole {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// Its versions, newest first.
    versions: Vec<Agreement>,
    /// Who suspended it, newest first.
    suspensions: Vec<Suspension>,
    /// Who ended it before its time; null: nobody.
    ended: Option<Ended>,
}

/// One organisation's suspension.
#[derive(Serialize, ToSchema)]
pub struct Suspension {
    /// Who.
    by: String,
    /// Why.
    reason: String,
    /// Since when.
    at: String,
    /// Until when; null: still.
    ended: Option<String>,
}

/// An end before its time.
#[derive(Serialize, ToSchema)]
pub struct Ended {
    /// Who.
    by: String,
    /// Why.
    reason: String,
    /// When.
    at: String,
}

/// Read an agreement.
#[utoipa::path(get, path = "/api/v1/agreements/{id}", tag = "agreements",
    params(("id" = String, Path, description = "the agreement")),
    responses((status = 200, body = Whole), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadDirectory(who): MayReadDirectory,
    Path(id): Path<String>,
) -> Result<Json<Whole>> {
    let id: AgreementId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let versions = treaty::one(&tx, id).await?;
    let suspensions = treaty::suspensions(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let now = tx.now();
    tx.commit(&Act::AgreementRead(id)).await?;
    let newest = versions.first();
    let ended = newest.and_then(|t| t.ended.as_ref());
    Ok(Json(Whole {
        id: id.to_string(),
        name: newest.map(|t| t.name.clone()).unwrap_or_default(),
        ended: ended.map(|(at, by, reason)| Ended { by: names.of(*by), reason: reason.clone(), at: at.to_string() }),
        versions: versions.iter().map(|t| Agreement::new(t, &names, now)).collect(),
        suspensions: suspensions
            .into_iter()
            .map(|s| Suspension {
                by: names.of(s.by),
                reason: s.reason,
                at: s.at.to_string(),
                ended: s.ended.map(|x| x.to_string()),
            })
            .collect(),
    }))
}
