//! `/api/v1/contacts`: police who want to be put in touch with another interested unit, passed on by their hotline.

use crate::{
    App,
    api::shape::{Done, List, Nothing},
    caller::{self, MayAnswerPolice},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::ContactId;
use reports::{Act, deconflict};
use serde::Serialize;
use utoipa::ToSchema;

/// An LEA that wants to be put in touch.
#[derive(Serialize, ToSchema)]
pub struct Wish {
    /// Its id.
    id: String,
    /// The report it is about.
    report_id: String,
    /// Who asks.
    organisation: String,
    /// The officer who asks.
    author: String,
    /// When.
    at: String,
}

/// List who wants to be put in touch and was not passed on, oldest first.
#[utoipa::path(get, path = "/api/v1/contacts", tag = "dialogue",
    responses((status = 200, body = List<Wish>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayAnswerPolice(who): MayAnswerPolice) -> Result<Json<List<Wish>>> {
    let tx = app.db.look(&who.actor).await?;
    let rows = deconflict::waiting(&tx).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::DialogueRead).await?;
    let wish = |c: &reports::Contact| Wish {
        id: c.id.to_string(),
        report_id: c.report.to_string(),
        organisation: names.of(c.lea),
        author: c.author.clone(),
        at: c.at.to_string(),
    };
    Ok(Json(List { items: rows.iter().map(wish).collect(), next: None }))
}

/// Pass a wish on to whoever else has an interest. Who that is stays with the exchange.
#[utoipa::path(post, path = "/api/v1/contacts/{id}/forward", tag = "dialogue", request_body = Nothing,
    params(("id" = String, Path, description = "the wish"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn forward(
    State(app): State<App>,
    MayAnswerPolice(who): MayAnswerPolice,
    Path(id): Path<String>,
    body: Body<Nothing>,
) -> Result<Response> {
    let id: ContactId = caller::id(&id)?;
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = deconflict::forward(&tx, id).await?;
    body.once.end(tx, &act, Answer::created(&Done::of(id))).await
}
