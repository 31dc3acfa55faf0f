//! `POST /api/v1/requests/id/answer`: the hotline grants or declines.

use crate::{
    App,
    api::shape::Done,
    caller::{self, MayAnswerPolice},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{Refusal, RequestId};
use reports::request;
use serde::Deserialize;
use utoipa::ToSchema;

/// What the hotline says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// grant or decline.
    answer: String,
    /// Why it is declined; at most 1,000 characters.
    reason: Option<String>,
}

/// Reads what the hotline says: `grant`, or `decline` with a reason.
pub fn said<'a>(answer: &str, reason: Option<&'a str>) -> Result<request::Answer<'a>, Refusal> {
    match answer {
        "grant" => Ok(request::Answer::Grant),
        "decline" => Ok(request::Answer::Decline(reason.unwrap_or_default())),
        _ => Err(Refusal::new("answer", "unknown-answer", "`answer` is grant or decline")),
    }
}

/// Grant or decline a request.
#[utoipa::path(post, path = "/api/v1/requests/{id}/answer", tag = "dialogue", request_body = NewAnswer,
    params(("id" = String, Path, description = "the request"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayAnswerPolice(who): MayAnswerPolice,
    Path(id): Path<String>,
    body: Body<NewAnswer>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let id: RequestId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        request::exists(tx, id).await?;
        let act = request::answer(tx, id, said(&new.answer, new.reason.as_deref())?, app.reach()).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
