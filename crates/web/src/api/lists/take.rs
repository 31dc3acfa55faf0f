//! `POST /api/v1/lists/{id}/candidates/acceptance`: a publisher takes candidates onto its list, many at once; all or none.

use crate::{
    App,
    api::lists::shape::Counts,
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CandidateId, ListId, Refusal};
use hashlists::{candidate, list};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which candidates; at most 1,000.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Their ids.
    candidates: Vec<String>,
}

/// What became of them.
#[derive(Serialize, ToSchema)]
pub struct Taken {
    /// The list's version now.
    version: i64,
    /// How many of what.
    rows: Counts,
}

/// Ids of candidates out of a body.
pub fn chosen(given: &[String]) -> Result<Vec<CandidateId>, Refusal> {
    let refused = || Refusal::new("candidates", "not-an-id", "a candidate is given by its id");
    given.iter().map(|id| id.parse().map_err(|_| refused())).collect()
}

/// Accept candidates.
#[utoipa::path(post, path = "/api/v1/lists/{id}/candidates/acceptance", tag = "lists", request_body = Chosen,
    params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Taken), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<Chosen>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        list::own(tx, id).await?;
        let ids = chosen(&new.candidates);
        let (written, act) = candidate::accept(tx, id, &ids?).await?;
        Ok((act, Answer::created(&Taken { version: written.version, rows: written.counts.into() })))
    })
    .await
}
