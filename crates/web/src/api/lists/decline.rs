//! `POST /api/v1/lists/id/candidates/refusal`: a publisher leaves candidates out, with a reason that the hotline reads.

use super::take::chosen;
use crate::{
    App,
    api::shape::Done,
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ListId;
use hashlists::{candidate, list};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which candidates, at most 1,000, and why not.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    /// Their ids.
    candidates: Vec<String>,
    /// Why, at most 2,000 characters.
    reason: String,
}

/// Decline candidates.
#[utoipa::path(post, path = "/api/v1/lists/{id}/candidates/refusal", tag = "lists", request_body = Declined,
    params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<Declined>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        list::own(tx, id).await?;
        let ids = chosen(&new.candidates);
        let act = candidate::decline(tx, id, &ids?, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
