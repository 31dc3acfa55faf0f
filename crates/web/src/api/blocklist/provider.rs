//! `/api/v1/blocklist/provider`: where listed names lead, keys and name servers of the caller's organisation.

use crate::{
    App,
    caller::MayFetchDomains,
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{Json, extract::State, response::Response};
use exchange::blocklist::{FetchKey, Secondary, provider, stop::Typed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a provider has here.
#[derive(Serialize, ToSchema)]
pub struct Own {
    /// Name of the zone that its name servers take.
    zone: String,
    /// The list's serial now.
    serial: i64,
    /// How many domains are listed.
    domains: usize,
    /// Where listed names lead; null before that was said.
    stop_page: Option<StopPage>,
    /// Keys, newest first.
    keys: Vec<Key>,
    /// Name servers that are told of changes.
    secondaries: Vec<NameServer>,
}

/// Where listed names lead: addresses, or a name.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StopPage {
    /// IPv4 address.
    pub a: String,
    /// IPv6 address.
    pub aaaa: String,
    /// A name, instead of addresses.
    pub name: String,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Its name, as name servers know it.
    pub name: String,
    /// hmac-sha256, hmac-sha384 or hmac-sha512.
    pub algorithm: &'static str,
    /// When it was made.
    pub made_at: String,
    /// When it ends by itself.
    pub ends_at: String,
    /// When it was taken back.
    pub revoked_at: Option<String>,
}

/// A name server that is told of changes.
#[derive(Serialize, ToSchema)]
pub struct NameServer {
    /// Its id.
    pub id: String,
    /// Where it is told.
    pub address: String,
    /// By which key.
    pub key_id: String,
}

impl From<&FetchKey> for Key {
    fn from(key: &FetchKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            algorithm: key.algorithm.word(),
            made_at: key.made_at.to_string(),
            ends_at: key.ends_at.to_string(),
            revoked_at: key.revoked_at.map(|t| t.to_string()),
        }
    }
}

impl From<&Secondary> for NameServer {
    fn from(of: &Secondary) -> Self {
        Self { id: of.id.to_string(), address: of.address.to_string(), key_id: of.key.to_string() }
    }
}

/// Read what the caller's organisation has here.
#[utoipa::path(get, path = "/api/v1/blocklist/provider", tag = "blocklist",
    responses((status = 200, body = Own), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, MayFetchDomains(who): MayFetchDomains) -> Result<Json<Own>> {
    let tx = app.db.look(&who.actor).await?;
    let (own, act) = provider::read(&tx).await?;
    tx.commit(&act).await?;
    let list = app.blocklist.published.snapshot();
    let stop_page = own.settings.map(|settings| {
        let [a, aaaa, name] = settings.stop.texts();
        StopPage { a, aaaa, name }
    });
    Ok(Json(Own {
        zone: app.blocklist.config.zone.clone(),
        serial: list.serial(),
        domains: list.len(),
        stop_page,
        keys: own.keys.iter().map(Into::into).collect(),
        secondaries: own.secondaries.iter().map(Into::into).collect(),
    }))
}

/// Say where listed names lead. Every name server takes the zone anew.
#[utoipa::path(put, path = "/api/v1/blocklist/stop-page", tag = "blocklist", request_body = StopPage,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 200, body = StopPage), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn set_stop(
    State(app): State<App>,
    MayFetchDomains(who): MayFetchDomains,
    body: Body<StopPage>,
) -> Result<Response> {
    let Body { value: page, once } = body;
    once.run(&app, &who, async |tx| {
        let typed = Typed { a: &page.a, aaaa: &page.aaaa, name: &page.name };
        let (settings, act) = provider::set_stop(tx, &app.blocklist, typed).await?;
        let [a, aaaa, name] = settings.stop.texts();
        Ok((act, Answer::ok(&StopPage { a, aaaa, name })))
    })
    .await
}
