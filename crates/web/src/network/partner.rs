//! `/partner`: an access provider's page: the block list as it gets it, where listed names lead, keys, name servers, what was
//! fetched, and how a name server is set up.

use crate::{
    App,
    caller::{self, SeesFetches},
    error::Result,
    page,
    params::{Form, Params},
    view::{
        base::FieldError,
        partner::{FetchRow, KeyRow, PartnerPage, SecondaryRow},
    },
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use exchange::{
    blocklist::{self, provider, stop::Typed},
    rpz,
};
use serde::Deserialize;

/// Fetches on the page.
const FETCHES: u64 = 20;

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesFetches(who): SeesFetches,
    Params(done): Params<page::Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, done.done, Vec::new()).await?)
}

async fn drawn(app: &App, who: &SignedIn, done: Option<String>, errors: Vec<FieldError>) -> Result<PartnerPage> {
    let tx = app.db.look(&who.actor).await?;
    let (own, act) = provider::read(&tx).await?;
    let (fetches, _) = provider::fetches(&tx, &app.blocklist, None, FETCHES).await?;
    tx.commit(&act).await?;
    let (list, now) = (app.blocklist.published.snapshot(), app.db.now());
    let [a, aaaa, name] = own.settings.as_ref().map(|s| s.stop.texts()).unwrap_or_default();
    Ok(PartnerPage {
        base: page::frame(app, who, "partner", done),
        zone: app.blocklist.config.zone.clone(),
        zone_serial: own.settings.as_ref().map(|s| rpz::zone::serial(list.serial(), s.changes)),
        serial: list.serial(),
        domains: list.len(),
        stop_set: own.settings.is_some(),
        a,
        aaaa,
        name,
        keys: own.keys.iter().map(|key| key_row(key, key.is_live(now))).collect(),
        secondaries: own
            .secondaries
            .iter()
            .map(|s| SecondaryRow { id: s.id.to_string(), address: s.address.to_string() })
            .collect(),
        fetches: fetches.items.iter().map(fetch_row).collect(),
        made: None,
        errors,
    })
}

fn key_row(key: &blocklist::FetchKey, live: bool) -> KeyRow {
    KeyRow {
        id: key.id.to_string(),
        name: key.name.clone(),
        algorithm: key.algorithm.word().into(),
        ends: key.ends_at.minute(),
        live,
    }
}

fn fetch_row(fetch: &blocklist::Fetch) -> FetchRow {
    FetchRow {
        at: fetch.at.minute(),
        how: fetch.way.word().into(),
        from: fetch.from.map(|n| n.to_string()),
        to: fetch.to.to_string(),
        bytes: fetch.bytes.unsigned_abs(),
        end: fetch.end.map_or("runs", |e| e.word()).into(),
    }
}

/// Where listed names lead, as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stop {
    a: String,
    aaaa: String,
    name: String,
}

/// Says where listed names lead.
pub async fn set_stop(
    State(app): State<App>,
    SeesFetches(who): SeesFetches,
    Form(stop): Form<Stop>,
) -> Result<Response> {
    let done = app.act(&who, async |tx| {
        let typed = Typed { a: &stop.a, aaaa: &stop.aaaa, name: &stop.name };
        Ok(provider::set_stop(tx, &app.blocklist, typed).await?.1)
    });
    ended(&app, &who, done.await, "stop-set", "a").await
}

/// Which key, as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewKey {
    algorithm: String,
}

/// Makes a key and shows its secret, this once.
pub async fn make_key(
    State(app): State<App>,
    SeesFetches(who): SeesFetches,
    Form(new): Form<NewKey>,
) -> Result<Response> {
    let asked = provider::Asked { algorithm: &new.algorithm, days: None };
    let zone = &app.blocklist.config.zone;
    match provider::make_key(&app.db, &app.vault, zone, &who.actor, asked).await {
        Ok((key, secret)) => {
            let page = drawn(&app, &who, None, Vec::new()).await?;
            let made = Some((key.name, key.algorithm.word().to_owned(), STANDARD.encode(secret.expose())));
            page::show(&PartnerPage { made, ..page })
        }
        Err(error) => ended(&app, &who, Err(error.into()), "", "algorithm").await,
    }
}

/// Takes a key back.
pub async fn revoke_key(
    State(app): State<App>,
    SeesFetches(who): SeesFetches,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = caller::id(&id)?;
    let done = async {
        let secret = app.make(&who, async |tx| {
            let (key, act) = provider::revoke_key(tx, &app.vault, id).await?;
            Ok((key.secret, act))
        });
        app.vault.remove(&[secret.await?]).await;
        Ok(())
    };
    ended(&app, &who, done.await, "key-revoked", "algorithm").await
}

/// A name server, as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewSecondary {
    address: String,
    key_id: String,
}

/// Says that a name server is told.
pub async fn add_secondary(
    State(app): State<App>,
    SeesFetches(who): SeesFetches,
    Form(new): Form<NewSecondary>,
) -> Result<Response> {
    let done =
        app.act(&who, async |tx| Ok(provider::add_secondary(tx, &app.blocklist, &new.address, &new.key_id).await?.1));
    ended(&app, &who, done.await, "secondary-added", "address").await
}

/// Takes that back.
pub async fn end_secondary(
    State(app): State<App>,
    SeesFetches(who): SeesFetches,
    Path(id): Path<String>,
) -> Result<Response> {
    let id = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(provider::end_secondary(tx, id).await?));
    ended(&app, &who, done.await, "secondary-ended", "address").await
}

async fn ended(app: &App, who: &SignedIn, done: Result<()>, flash: &str, field: &str) -> Result<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/partner?done={flash}")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, field)?;
            page::show_refused(&drawn(app, who, None, errors).await?, &error)
        }
    }
}
