//! `/api/v1/blocklist/secondaries`: name servers of the caller's organisation that are told of changes.

use crate::{
    App,
    api::{
        blocklist::provider::NameServer,
        shape::{Done, Nothing},
    },
    caller::{self, MayFetchDomains},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::SecondaryId;
use exchange::blocklist::provider;
use serde::Deserialize;
use utoipa::ToSchema;

/// A name server, and the key that signs what it is told.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct New {
    /// Address, with a port where it is not 53.
    address: String,
    /// A live key of the organisation's.
    key_id: String,
}

/// Say that a name server is told of changes.
#[utoipa::path(post, path = "/api/v1/blocklist/secondaries", tag = "blocklist", request_body = New,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = NameServer), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn add(State(app): State<App>, MayFetchDomains(who): MayFetchDomains, body: Body<New>) -> Result<Response> {
    let Body { value: new, once } = body;
    once.run(&app, &who, async |tx| {
        let (made, act) = provider::add_secondary(tx, &app.blocklist, &new.address, &new.key_id).await?;
        Ok((act, Answer::created(&NameServer::from(&made))))
    })
    .await
}

/// Take that back.
#[utoipa::path(post, path = "/api/v1/blocklist/secondaries/{id}/end", tag = "blocklist", request_body = Nothing,
    params(("id" = String, Path, description = "the name server"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn end(
    State(app): State<App>,
    MayFetchDomains(who): MayFetchDomains,
    Path(id): Path<String>,
    body: Body<Nothing>,
) -> Result<Response> {
    let id: SecondaryId = caller::id(&id)?;
    body.once
        .run(&app, &who, async |tx| Ok((provider::end_secondary(tx, id).await?, Answer::created(&Done::of(id)))))
        .await
}
