//! `POST /api/v1/agreements/id/resumption`: who suspended takes it back; in force again once nobody's suspension is open.

use crate::{
    App,
    api::shape::{Done, Nothing},
    caller::{self, MaySign},
    error::{Problem, Result},
    once::{Answer, Json},
};
use agreements::treaty;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::AgreementId;

/// Resume an agreement.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/resumption", tag = "agreements", request_body = Nothing,
    params(("id" = String, Path, description = "the agreement"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MaySign(who): MaySign,
    Path(id): Path<String>,
    body: Json<Nothing>,
) -> Result<Response> {
    let Json { value: _, once } = body;
    let id: AgreementId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = treaty::resume(tx, id).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
