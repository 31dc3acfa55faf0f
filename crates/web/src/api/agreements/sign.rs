//! `POST /api/v1/agreements/{id}/versions/{version}/signature`: a party signs, or the secretariat countersigns.

use crate::{
    App,
    api::agreements::shape::{self, Version},
    caller::{self, MaySign},
    error::{Problem, Result},
    once::{Answer, Json},
};
use agreements::treaty::{self, Signing};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::AgreementId;
use serde::Deserialize;
use utoipa::ToSchema;

/// A signature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSignature {
    /// The revision of the text that was read; another one is refused. As it stands when not given.
    revision: Option<i64>,
    /// As what: hotline, lea or network; as what the own organisation is when not given.
    #[serde(rename = "as")]
    party: Option<String>,
}

/// Sign a version.
#[utoipa::path(post, path = "/api/v1/agreements/{id}/versions/{version}/signature", tag = "agreements", request_body = NewSignature,
    params(("id" = String, Path, description = "the agreement"), ("version" = String, Path, description = "its number"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Version), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MaySign(who): MaySign,
    Path((id, version)): Path<(String, String)>,
    body: Json<NewSignature>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, shape::number(&version)?);
    once.run(&app, &who, async |tx| {
        treaty::version(tx, id, version).await?;
        let signing = Signing { as_: shape::party(new.party.as_deref())?, revision: new.revision };
        let act = treaty::sign(tx, id, version, signing).await?;
        let signed = shape::version_now(tx, id, version).await?;
        Ok((act, Answer::created(&signed)))
    })
    .await
}
