//! `POST /api/v1/lists/{id}/subscriptions`: a publisher lets its list be filled from another server. User name and
//! password are sealed and never shown again.

use crate::{
    App,
    api::lists::shape::Subscription,
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json, Once},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ListId;
use hashlists::{Act, list, subscription};
use serde::{Deserialize, Serialize};
use storage::{Tx, evidence::Sealed};
use utoipa::ToSchema;

/// A server to fetch from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// cport or hash_sharing.
    pub kind: String,
    /// Where: http or https.
    pub url: String,
    /// A way in.
    pub credential: Option<Credential>,
    /// Seconds between two fetches, 60 to 604800; 900 when not given.
    pub every_seconds: Option<i64>,
}

/// A way into a server, as it is sealed.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// User name; empty when the password is an access token.
    #[serde(default)]
    pub user: String,
    /// Password or access token.
    pub password: String,
}

/// Seconds between two fetches when the caller does not say.
const USUAL: i64 = 900;

/// Subscribe a list to a server.
#[utoipa::path(post, path = "/api/v1/lists/{id}/subscriptions", tag = "lists", request_body = NewSubscription,
    params(("id" = String, Path, description = "the list"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Subscription), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<NewSubscription>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    list::own(&app.db.look(&who.actor).await?, id).await?;
    let sealed = seal(&app, &who, &new).await?;
    let answer = subscribe(&app, &who, id, &new, sealed.as_ref(), &once).await;
    if let (Err(_), Some(sealed)) = (&answer, &sealed) {
        app.vault.discard(sealed).await;
    }
    answer
}

/// Seals the credential, if there is one.
pub async fn seal(app: &App, who: &SignedIn, new: &NewSubscription) -> Result<Option<Sealed>> {
    let Some(credential) = &new.credential else { return Ok(None) };
    let text = serde_json::to_vec(credential).unwrap_or_default();
    Ok(Some(app.vault.put(who.actor.org, app.db.now(), &text).await?))
}

async fn subscribe(
    app: &App,
    who: &SignedIn,
    id: ListId,
    new: &NewSubscription,
    sealed: Option<&Sealed>,
    once: &Once,
) -> Result<Response> {
    let tx = app.db.begin(&who.actor).await?;
    let (made, act) = keep(app, &tx, id, new, sealed).await?;
    once.end(tx, &act, Answer::created(&Subscription::from(&made))).await
}

/// Keeps the sealed credential and the subscription in one transaction.
pub async fn keep(
    app: &App,
    tx: &Tx,
    id: ListId,
    new: &NewSubscription,
    sealed: Option<&Sealed>,
) -> Result<(hashlists::Subscription, Act)> {
    if let Some(sealed) = sealed {
        app.vault.keep(tx, sealed).await?;
    }
    let incoming = subscription::Incoming {
        kind: &new.kind,
        url: &new.url,
        credential: sealed.map(|s| s.id),
        every_seconds: new.every_seconds.unwrap_or(USUAL),
    };
    Ok(subscription::subscribe(tx, id, &incoming).await?)
}
