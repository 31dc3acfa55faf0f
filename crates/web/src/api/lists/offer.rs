//! `POST /api/v1/lists/{id}/terms`: a publisher offers its list to a member.

use crate::names::Names;
use crate::{
    App,
    api::lists::shape::Terms,
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{ListId, OrgId, Refusal};
use hashlists::{list, terms};
use serde::Deserialize;
use utoipa::ToSchema;

/// Terms to offer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTerms {
    /// Id of the organisation that may read the list, once it has accepted.
    organisation: String,
    /// Whether content may be settled by it without a person; hotlines only.
    #[serde(default)]
    may_settle: bool,
}

/// An id of an organisation out of a body.
fn organisation(text: &str) -> Result<OrgId, Refusal> {
    text.trim().parse().map_err(|_| {
        Refusal::new("organisation", "unknown-organisation", "there is no such organisation, give a member's id")
    })
}

/// Offer a list to an organisation.
#[utoipa::path(post, path = "/api/v1/lists/{id}/terms", tag = "lists", request_body = NewTerms,
    params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Terms), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<NewTerms>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let to = organisation(&new.organisation);
        // Whether there is such a list comes first: a foreign one is "not found" whatever else was sent.
        list::own(tx, id).await?;
        let (terms, act) = terms::offer(tx, id, to?, new.may_settle).await?;
        let names = Names::read(tx).await?;
        Ok((act, Answer::created(&Terms::new(&terms, &names))))
    })
    .await
}
