//! `POST /api/v1/agreements`: a party, or the secretariat, drafts the first version of an agreement.

use crate::{
    App,
    api::agreements::shape::{self, NewTerms, Version},
    caller::MayDraft,
    error::{Problem, Result},
    once::{Answer, Json},
};
use agreements::treaty::{self, Draft};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::{OrgId, Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

/// An agreement to draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreement {
    /// Its name; one line, at most 120 characters.
    name: String,
    /// Id of the hotline.
    hotline: String,
    /// Id of the LEA, of the same country.
    lea: String,
    /// What it says, and for how long.
    terms: NewTerms,
}

/// Draft an agreement.
#[utoipa::path(post, path = "/api/v1/agreements", tag = "agreements", request_body = NewAgreement, params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Version), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(State(app): State<App>, MayDraft(who): MayDraft, body: Json<NewAgreement>) -> Result<Response> {
    let Json { value: new, once } = body;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let org = |field, text: &str| {
        text.parse::<OrgId>().map_err(|_| Refusal::new(field, "unknown-organisation", "give an organisation's id"))
    };
    let (hotline, lea) = (org("hotline", &new.hotline)?, org("lea", &new.lea)?);
    let terms = new.terms.read(app.db.now())?;
    let tx = app.db.begin(&who.actor).await?;
    let (id, act) = treaty::draft(&tx, Draft { name: &new.name, hotline, lea, terms }).await?;
    let answer = Answer::created(&shape::version_now(&tx, id, 1).await?).tagged(1);
    let place = [("location", format!("/api/v1/agreements/{id}"))];
    Ok((place, once.end(tx, &act, answer).await?).into_response())
}
