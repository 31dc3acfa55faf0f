//! `POST /api/v1/agreements/id/end`: either party or the secretariat ends it before its time.

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

/// End an agreement.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/end", tag = "agreements", request_body = Reason,
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
        let act = treaty::end(tx, id, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(id))))
    })
    .await
}
