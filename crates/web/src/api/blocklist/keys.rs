//! `/api/v1/blocklist/keys`: keys by which name servers of the caller's organisation take the zone.

use crate::{
    App,
    api::{blocklist::provider::Key, shape::Nothing},
    caller::{self, MayFetchDomains},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use exchange::blocklist::provider;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What key.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct New {
    /// hmac-sha256 (when not given), hmac-sha384 or hmac-sha512.
    algorithm: Option<String>,
    /// Days that it lasts, at most 730.
    days: Option<i64>,
}

/// A key with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct Made {
    /// The key.
    #[serde(flatten)]
    key: Key,
    /// The secret, base64. It is not shown again.
    secret: String,
}

/// Make a key. The answer has its secret, once: an idempotency key is not taken here, because answers are kept by it.
#[utoipa::path(post, path = "/api/v1/blocklist/keys", tag = "blocklist", request_body = New,
    responses((status = 201, body = Made), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn make(State(app): State<App>, MayFetchDomains(who): MayFetchDomains, body: Body<New>) -> Result<Response> {
    let new = body.value;
    let algorithm = new.algorithm.as_deref().unwrap_or("hmac-sha256");
    let asked = provider::Asked { algorithm, days: new.days };
    let zone = &app.blocklist.config.zone;
    let (key, secret) = provider::make_key(&app.db, &app.vault, zone, &who.actor, asked).await?;
    Ok(Answer::created(&Made { key: (&key).into(), secret: STANDARD.encode(secret.expose()) }).into_response())
}

/// Take a key back: nothing opens with it any more, within a second.
#[utoipa::path(post, path = "/api/v1/blocklist/keys/{id}/revocation", tag = "blocklist", request_body = Nothing,
    params(("id" = String, Path, description = "the key"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Key), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn revoke(
    State(app): State<App>,
    MayFetchDomains(who): MayFetchDomains,
    Path(id): Path<String>,
    body: Body<Nothing>,
) -> Result<Response> {
    let id = caller::id(&id)?;
    let mut gone = None;
    let answer = body
        .once
        .run(&app, &who, async |tx| {
            let (key, act) = provider::revoke_key(tx, &app.vault, id).await?;
            gone = Some(key.secret);
            Ok((act, Answer::created(&Key::from(&key))))
        })
        .await?;
    app.vault.remove(gone.as_slice()).await;
    Ok(answer)
}
