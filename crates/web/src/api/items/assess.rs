//! `PUT /api/v1/items/{id}/assessment`: an analyst judges an item.

use crate::{
    App,
    api::shape::Item,
    caller::{self, MayAssess},
    error::{Problem, Result},
    names::Names,
    once::{self, Answer, Json},
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use reports::{assess, look};
use serde::Deserialize;
use utoipa::ToSchema;

/// A judgement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAssessment {
    /// baseline, national or not_illegal.
    class: String,
    /// For national: where it is illegal; the hotline's own country when not given.
    country: Option<String>,
    /// infant, prepubescent, pubescent, adolescent, adult or unknown.
    age_group: Option<String>,
    /// female, male, both or unknown.
    gender: Option<String>,
    /// real, generated, drawn or unknown.
    synthetic: Option<String>,
    /// At most 10,000 characters.
    note: Option<String>,
}

/// Assess an item.
#[utoipa::path(put, path = "/api/v1/items/{id}/assessment", tag = "items", request_body = NewAssessment,
    params(("id" = String, Path, description = "the item"),
        ("If-Match" = Option<String>, Header, description = "the item's ETag; refused when it has changed")),
    responses((status = 200, body = Item), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn put(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Json<NewAssessment>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let incoming = assess::Incoming {
        class: &new.class,
        country: new.country.as_deref(),
        age_group: new.age_group.as_deref(),
        gender: new.gender.as_deref(),
        synthetic: new.synthetic.as_deref(),
        note: new.note.as_deref(),
    };
    let expected = once::expected_version(&headers)?;
    let judgement = assess::check(&incoming, who.actor.country);
    let tx = app.db.begin(&who.actor).await?;
    // Whether there is such an item comes first: a foreign one is "not found" whatever else was sent.
    look::item(&tx, id).await?;
    let act = assess::assess(&tx, id, judgement?, expected).await?;
    let (item, _) = look::item(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let answer = Answer::ok(&Item::new(&item, &[], &names)).tagged(item.version);
    once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}
