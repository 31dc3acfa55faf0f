//! `POST /api/v1/lists/id/terms/acceptance`: a member accepts what it was offered; from now on it reads the list.

use crate::{
    App,
    api::shape::{Done, Nothing},
    caller::{self, MayAgree},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ListId;
use hashlists::terms;

/// Accept the terms offered.
#[utoipa::path(post, path = "/api/v1/lists/{id}/terms/acceptance", tag = "lists", request_body = Nothing,
    params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayAgree(who): MayAgree,
    Path(id): Path<String>,
    body: Json<Nothing>,
) -> Result<Response> {
    let once = body.once;
    let id: ListId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = terms::accept(tx, id).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
