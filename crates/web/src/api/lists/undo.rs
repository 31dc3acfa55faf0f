//! `POST /api/v1/lists/id/imports/import/undo`: a publisher takes back everything an import changed.

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
use base::{ImportId, ListId};
use hashlists::import;

/// Take back an import.
#[utoipa::path(post, path = "/api/v1/lists/{id}/imports/{import}/undo", tag = "lists", request_body = Why,
    params(("id" = String, Path, description = "the list"), ("import" = String, Path, description = "the import"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path((id, which)): Path<(String, String)>,
    body: Json<Why>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let (id, which): (ListId, ImportId) = (caller::id(&id)?, caller::id(&which)?);
    once.run(&app, &who, async |tx| {
        super::progress::of_list(tx, id, which).await?;
        let act = import::undo(tx, which, &new.why).await?;
        Ok((act, Answer::created(&Done::of(which))))
    })
    .await
}
