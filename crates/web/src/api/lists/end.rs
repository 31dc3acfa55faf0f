//! `POST /api/v1/lists/id/terms/terms/end`: publisher or reader end terms; what was settled stays.

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
use base::{ListId, TermsId};
use hashlists::terms;

/// End terms.
#[utoipa::path(post, path = "/api/v1/lists/{id}/terms/{terms}/end", tag = "lists", request_body = Nothing,
    params(("id" = String, Path, description = "the list"), ("terms" = String, Path, description = "the terms"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayAgree(who): MayAgree,
    Path((id, which)): Path<(String, String)>,
    body: Json<Nothing>,
) -> Result<Response> {
    let once = body.once;
    let (id, which): (ListId, TermsId) = (caller::id(&id)?, caller::id(&which)?);
    once.run(&app, &who, async |tx| {
        let act = terms::end(tx, id, which).await?;
        Ok((act, Answer::created(&Done::of(which))))
    })
    .await
}
