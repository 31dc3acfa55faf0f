//! `PUT /api/v1/agreements/{id}/versions/{version}`: the text of a draft, as long as nobody has signed it.

use crate::{
    App,
    api::agreements::shape::{self, NewTerms, Version},
    caller::{self, MayDraft},
    error::{Problem, Result},
    once::{self, Answer, Json},
};
use agreements::treaty;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use base::{AgreementId, Refusal};

/// Change a draft.
#[utoipa::path(put, path = "/api/v1/agreements/{id}/versions/{version}", tag = "agreements", request_body = NewTerms,
    params(("id" = String, Path, description = "the agreement"), ("version" = String, Path, description = "its number"),
        ("If-Match" = String, Header, description = "the draft's ETag, its revision; refused when somebody else has changed it")),
    responses((status = 200, body = Version), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn put(
    State(app): State<App>,
    MayDraft(who): MayDraft,
    Path((id, version)): Path<(String, String)>,
    headers: HeaderMap,
    body: Json<NewTerms>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, shape::number(&version)?);
    once.run(&app, &who, async |tx| {
        treaty::version(tx, id, version).await?;
        let seen = once::expected_version(&headers)?;
        let reason = "send the draft's ETag, so that nobody's change is lost";
        let seen = seen.ok_or_else(|| Refusal::new("If-Match", "missing", reason))?;
        let act = treaty::change(tx, id, version, seen, new.read(tx.now())?).await?;
        let changed = shape::version_now(tx, id, version).await?;
        let revision = changed.agreement.revision;
        Ok((act, Answer::ok(&changed).tagged(revision)))
    })
    .await
}
