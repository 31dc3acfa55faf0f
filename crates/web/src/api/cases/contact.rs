//! `/api/v1/cases/id/contact`: whether another unit has an interest, and being put in touch by consent of both.

use crate::{
    App,
    api::shape::{Done, Nothing},
    caller::{self, MayAsk},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::CaseId;
use reports::{Act, deconflict, ground};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an LEA may know of another unit's interest: whether there is one, and nothing else.
#[derive(Serialize, ToSchema)]
pub struct Contact {
    /// Whether another unit has an interest; the hotline can put you in touch.
    another_unit: bool,
    /// Whether your unit has asked for contact.
    asked: bool,
    /// Questions put to your unit: whether it wants to be put in touch.
    questions: Vec<Question>,
}

/// A question put to the LEA.
#[derive(Serialize, ToSchema)]
pub struct Question {
    /// Its id.
    id: String,
    /// What was said; null: nothing yet.
    consented: Option<bool>,
}

/// Whether the LEA wants to be put in touch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Whether.
    consents: bool,
}

/// Read whether another unit has an interest.
#[utoipa::path(get, path = "/api/v1/cases/{id}/contact", tag = "dialogue", params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = Contact), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayAsk(who): MayAsk, Path(id): Path<String>) -> Result<Json<Contact>> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    ground::exists(&tx, id).await?;
    let (asked, questions) = deconflict::of_case(&tx, id).await?;
    tx.commit(&Act::ThreadRead(id)).await?;
    let questions = questions.iter().map(|q| Question { id: q.id.to_string(), consented: q.consented }).collect();
    Ok(Json(Contact { another_unit: deconflict::hint(&app.db, id).await?, asked: asked.is_some(), questions }))
}

/// Ask the hotline to put the two in touch.
#[utoipa::path(post, path = "/api/v1/cases/{id}/contact", tag = "dialogue", request_body = Nothing,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path(id): Path<String>,
    body: Body<Nothing>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let hinted = deconflict::hint(&app.db, id).await?;
    let tx = app.db.begin(&who.actor).await?;
    let (made, act) = deconflict::ask(&tx, id, hinted).await?;
    body.once.end(tx, &act, Answer::created(&Done::of(made))).await
}

/// Answer a question whether to be put in touch.
#[utoipa::path(post, path = "/api/v1/cases/{id}/contact/{approach}/answer", tag = "dialogue", request_body = Consent,
    params(("id" = String, Path, description = "the case"), ("approach" = String, Path, description = "the question"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn answer(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path((id, approach)): Path<(String, String)>,
    body: Body<Consent>,
) -> Result<Response> {
    let Body { value: said, once } = body;
    let (id, approach) = (caller::id(&id)?, caller::id(&approach)?);
    once.run(&app, &who, async |tx| {
        let act = deconflict::answer(tx, id, approach, said.consents).await?;
        Ok((act, Answer::created(&Done::of(approach))))
    })
    .await
}
