//! `GET /api/v1/blocklist/fetches`: when the caller's organisation fetched the list, how, from which serial to which. Of who looked
//! up what there is nothing.

use crate::{
    App,
    api::shape::{List, Paging},
    caller::MayFetchDomains,
    error::{Problem, Result},
    params::Params,
};
use axum::{Json, extract::State};
use exchange::blocklist::provider;
use serde::Serialize;
use utoipa::ToSchema;

/// A fetch.
#[derive(Serialize, ToSchema)]
pub struct Fetch {
    /// Its id.
    id: String,
    /// axfr, ixfr, json, csv, hosts or unbound.
    how: &'static str,
    /// By which key; null: with an access token.
    key_id: Option<String>,
    /// The serial that was there before, where it was said.
    from: Option<i64>,
    /// The serial that was given.
    to: i64,
    /// When it began.
    at: String,
    /// Bytes.
    bytes: i64,
    /// whole, given, stopped or broken; null while it runs.
    end: Option<&'static str>,
}

/// List the organisation's fetches, newest first.
#[utoipa::path(get, path = "/api/v1/blocklist/fetches", tag = "blocklist", params(Paging),
    responses((status = 200, body = List<Fetch>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayFetchDomains(who): MayFetchDomains,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Fetch>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = provider::fetches(&tx, &app.blocklist, after, limit).await?;
    tx.commit(&act).await?;
    let fetch = |f: &exchange::blocklist::Fetch| Fetch {
        id: f.id.to_string(),
        how: f.way.word(),
        key_id: f.key.map(|k| k.to_string()),
        from: f.from,
        to: f.to,
        at: f.at.to_string(),
        bytes: f.bytes,
        end: f.end.map(|e| e.word()),
    };
    Ok(Json(List { items: page.items.iter().map(fetch).collect(), next: page.next }))
}
