//! `POST /api/v1/agreements/id/suspension`: either party or the secretariat suspends: police see nothing of it from the next request on.

use crate::{
    App,
    api::{agreements::shape::Reason, shape::Done},
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

/// Suspend an agreement.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/suspension", tag = "agreements", request_body = Reason,
    params(("id" = String, Path, description = "the agreement"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MaySign(who): MaySign,
    Path(id): Path<String>,
    body: Json<Reason>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: AgreementId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = treaty::suspend(tx, id, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
