//! `POST /api/v1/doubts/id/resolution`: an analyst says why the judgement stands.

use crate::{
    App,
    api::{lists::shape::Why, shape::Done},
    caller::{self, MayAssess},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::DoubtId;
use reports::settle;

/// Resolve a doubt. Judging the item ends it too.
#[utoipa::path(post, path = "/api/v1/doubts/{id}/resolution", tag = "items", request_body = Why,
    params(("id" = String, Path, description = "the doubt"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Path(id): Path<String>,
    body: Json<Why>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: DoubtId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = settle::resolve(tx, id, &new.why).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
