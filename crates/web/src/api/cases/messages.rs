//! `/api/v1/cases/id/messages`: what an LEA and its hotline write to each other about a case.

use crate::{
    App,
    api::{
        dialogue::Message,
        shape::{Done, List, Nothing},
    },
    caller::{self, MayDiscuss},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::CaseId;
use reports::{Act, ground, message};
use serde::Deserialize;
use utoipa::ToSchema;

/// A message to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// Plain text, at most 4,000 characters.
    text: String,
}

/// List the messages about a case, oldest first; for its LEA and the hotline that answers it.
#[utoipa::path(get, path = "/api/v1/cases/{id}/messages", tag = "dialogue", params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = List<Message>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayDiscuss(who): MayDiscuss,
    Path(id): Path<String>,
) -> Result<Json<List<Message>>> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    ground::exists(&tx, id).await?;
    let rows = message::of_case(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ThreadRead(id)).await?;
    Ok(Json(List { items: rows.iter().map(|m| Message::new(m, &names)).collect(), next: None }))
}

/// Write a message.
#[utoipa::path(post, path = "/api/v1/cases/{id}/messages", tag = "dialogue", request_body = NewMessage,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn write(
    State(app): State<App>,
    MayDiscuss(who): MayDiscuss,
    Path(id): Path<String>,
    body: Body<NewMessage>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let (made, act) = message::write(tx, id, &new.text).await?;
        Ok((act, Answer::created(&Done::of(made))))
    })
    .await
}

/// Say that a message of the other side was read.
#[utoipa::path(post, path = "/api/v1/cases/{id}/messages/{message}/receipt", tag = "dialogue", request_body = Nothing,
    params(("id" = String, Path, description = "the case"), ("message" = String, Path, description = "the message"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn receipt(
    State(app): State<App>,
    MayDiscuss(who): MayDiscuss,
    Path((id, message)): Path<(String, String)>,
    body: Body<Nothing>,
) -> Result<Response> {
    let (id, message) = (caller::id(&id)?, caller::id(&message)?);
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = message::read(&tx, id, message).await?;
    body.once.end(tx, &act, Answer::created(&Done::of(message))).await
}
