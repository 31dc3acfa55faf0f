//! `POST /api/v1/cases/{id}/packages`: take a case along. Presenting the token with this very call is the proof of who asks.

use super::Package;
use crate::{
    App,
    caller::{self, MayTakeAlong},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use reports::{case, package};
use serde::Deserialize;
use utoipa::ToSchema;

/// The justification.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPackage {
    /// Why; one line, at most 500 characters.
    #[serde(default)]
    purpose: String,
    /// The LEA's own case number; one line, at most 120 characters.
    #[serde(default)]
    case_number: String,
}

/// Ask for a package of a case. It is made in the background, encrypted to your registered key.
#[utoipa::path(post, path = "/api/v1/cases/{id}/packages", tag = "packages", request_body = NewPackage,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 202, body = Package), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayTakeAlong(who): MayTakeAlong,
    Path(id): Path<String>,
    body: Json<NewPackage>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        // Whether there is such a case comes first: a foreign one is "not found" whatever else was sent.
        case::exists(tx, id).await?;
        let (package, act) = package::ask(tx, id, &new.purpose, &new.case_number).await?;
        Ok((act, Answer::accepted(&Package::from(&package))))
    })
    .await
}
