//! `POST /api/v1/lists/id/suspension`: a publisher stops its list: from now on nothing is settled by it.

use crate::{
    App,
    api::{lists::shape::Why, shape::Done},
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

/// Stop a list from settling.
#[utoipa::path(post, path = "/api/v1/lists/{id}/suspension", tag = "lists", request_body = Why,
    params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<Why>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = list::suspend(tx, id, &new.why).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
