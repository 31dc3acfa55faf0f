//! `POST /api/v1/agreements/{id}/versions`: a party, or the secretariat, drafts a new version.

use crate::{
    App,
    api::agreements::shape::{self, NewTerms, Version},
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

/// Draft a new version.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/versions", tag = "agreements", request_body = NewTerms,
    params(("id" = String, Path, description = "the agreement"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Version), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayDraft(who): MayDraft,
    Path(id): Path<String>,
    body: Json<NewTerms>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: AgreementId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        // Whether there is such an agreement comes first: a foreign one is "not found" whatever else was sent.
        treaty::one(tx, id).await?;
        let (version, act) = treaty::redraft(tx, id, new.read(tx.now())?).await?;
        let answer = Answer::created(&shape::version_now(tx, id, version).await?).tagged(1);
        Ok((act, answer))
    })
    .await
}
