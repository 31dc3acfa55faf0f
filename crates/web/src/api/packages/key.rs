//! `/api/v1/me/package-key`: the public key that the caller's packages are encrypted to.

use crate::{
    App,
    caller::MayTakeAlong,
    error::{Problem, Result},
    once::{Answer, Json},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::Refusal;
use exchange::age::Recipient;
use reports::package;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A public key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// `age1` and 58 characters, as `age-keygen` prints it. Never the private one.
    #[serde(default)]
    recipient: String,
}

/// The key that is registered.
#[derive(Serialize, ToSchema)]
pub struct Key {
    /// `age1…`; null when there is none.
    recipient: Option<String>,
    /// Since when.
    added_at: Option<String>,
}

/// Read your public key.
#[utoipa::path(get, path = "/api/v1/me/package-key", tag = "packages",
    responses((status = 200, body = Key), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayTakeAlong(who): MayTakeAlong) -> Result<axum::Json<Key>> {
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = package::key(&tx).await?;
    tx.commit(&act).await?;
    let (recipient, added) = found.unzip();
    Ok(axum::Json(Key { recipient, added_at: added.map(|t| t.to_string()) }))
}

/// Register the public key that your packages are encrypted to.
#[utoipa::path(put, path = "/api/v1/me/package-key", tag = "packages", request_body = NewKey,
    responses((status = 200, body = Key), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn put(State(app): State<App>, MayTakeAlong(who): MayTakeAlong, body: Json<NewKey>) -> Result<Response> {
    let recipient = set(&app, &who, &body.value.recipient).await?;
    let key = Key { recipient: Some(recipient), added_at: Some(app.db.now().to_string()) };
    Ok(Answer::ok(&key).into_response())
}

/// Remove your public key: no package can be made until there is another.
#[utoipa::path(delete, path = "/api/v1/me/package-key", tag = "packages",
    responses((status = 200, body = Key), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(State(app): State<App>, MayTakeAlong(who): MayTakeAlong) -> Result<axum::Json<Key>> {
    let tx = app.db.begin(&who.actor).await?;
    let act = package::forget_key(&tx).await?;
    tx.commit(&act).await?;
    Ok(axum::Json(Key { recipient: None, added_at: None }))
}

/// Checks and registers a key; returns it as it was kept.
pub async fn set(app: &App, who: &SignedIn, recipient: &str) -> Result<String> {
    let recipient = Recipient::parse(recipient).map_err(|why| Refusal::new("recipient", "bad-key", why.to_string()))?;
    let recipient = recipient.to_string();
    let tx = app.db.begin(&who.actor).await?;
    let act = package::set_key(&tx, &recipient).await?;
    tx.commit(&act).await?;
    Ok(recipient)
}
