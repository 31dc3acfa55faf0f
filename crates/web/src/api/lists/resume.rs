//! `POST /api/v1/lists/id/resumption`: a publisher lets its list settle again.

use crate::{
    App,
    api::shape::{Done, Nothing},
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ListId;
use hashlists::list;

/// Let a list settle again.
#[utoipa::path(post, path = "/api/v1/lists/{id}/resumption", tag = "lists", request_body = Nothing,
    params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<Nothing>,
) -> Result<Response> {
    let once = body.once;
    let id: ListId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = list::resume(tx, id).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
