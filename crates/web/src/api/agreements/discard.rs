//! `POST /api/v1/agreements/id/versions/version/discard`: a draft is put away.

use crate::{
    App,
    api::{
        agreements::shape,
        shape::{Done, Nothing},
    },
    caller::{self, MayDraft},
    error::{Problem, Result},
    once::{Answer, Json},
};
use agreements::treaty;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::AgreementId;

/// Discard a draft.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/versions/{version}/discard", tag = "agreements", request_body = Nothing,
    params(("id" = String, Path, description = "the agreement"), ("version" = String, Path, description = "its number"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayDraft(who): MayDraft,
    Path((id, version)): Path<(String, String)>,
    body: Json<Nothing>,
) -> Result<Response> {
    let Json { value: _, once } = body;
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, shape::number(&version)?);
    once.run(&app, &who, async |tx| {
        let act = treaty::discard(tx, id, version).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
