//! `/api/v1/webhook`: where the calling LEA's own system is told that a case changed.

use crate::{
    App,
    caller::MayTakeAlong,
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use exchange::webhooks;
use reports::change;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// HTTPS, without user name, query and fragment; at most 500 bytes.
    #[serde(default)]
    url: String,
}

/// Where the LEA's system is told.
#[derive(Serialize, ToSchema)]
pub struct Webhook {
    /// The address; null when there is none.
    url: Option<String>,
    /// Since when.
    set_at: Option<String>,
    /// Public key that signs what is told, 64 hexadecimal characters.
    key: String,
}

fn shape(app: &App, found: Option<(String, base::Time)>) -> Webhook {
    let (url, at) = found.unzip();
    Webhook { url, set_at: at.map(|t| t.to_string()), key: app.packages.public_hex() }
}

/// Read where your LEA's system is told that a case changed.
#[utoipa::path(get, path = "/api/v1/webhook", tag = "cases",
    responses((status = 200, body = Webhook), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayTakeAlong(who): MayTakeAlong) -> Result<axum::Json<Webhook>> {
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = change::webhook(&tx).await?;
    tx.commit(&act).await?;
    Ok(axum::Json(shape(&app, found)))
}

/// Say where your LEA's system is told that a case changed: that, with its id, never what.
#[utoipa::path(put, path = "/api/v1/webhook", tag = "cases", request_body = NewWebhook,
    responses((status = 200, body = Webhook), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn put(State(app): State<App>, MayTakeAlong(who): MayTakeAlong, body: Json<NewWebhook>) -> Result<Response> {
    let url = webhooks::address(&body.value.url, app.lists.config.private_peers)?;
    let tx = app.db.begin(&who.actor).await?;
    let (act, at) = (change::set_webhook(&tx, &url).await?, tx.now());
    tx.commit(&act).await?;
    Ok(Answer::ok(&shape(&app, Some((url, at)))).into_response())
}

/// Take that back.
#[utoipa::path(delete, path = "/api/v1/webhook", tag = "cases",
    responses((status = 200, body = Webhook), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(State(app): State<App>, MayTakeAlong(who): MayTakeAlong) -> Result<axum::Json<Webhook>> {
    let tx = app.db.begin(&who.actor).await?;
    let act = change::forget_webhook(&tx).await?;
    tx.commit(&act).await?;
    Ok(axum::Json(shape(&app, None)))
}
