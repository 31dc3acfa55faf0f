//! `/hashlookup/`: CIRCL's hashlookup, by digest.

use super::{hashes, known};
use crate::{App, caller::MayReadLists, error::Result};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use exchange::{
    Asked, Limits,
    hashlookup::{self, Bulk},
};
use hashlists::{Entry, Found, Record};
use serde_json::Value;

/// `GET /info`: which program this is. How many entries there are is nobody's to know.
pub async fn info(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<Json<Value>> {
    app.db.look(&who.actor).await?.commit(&hashlists::Act::ListsRead).await?;
    Ok(Json(hashlookup::info(concat!("cport-", env!("CARGO_PKG_VERSION")), 0)))
}

/// `GET /lookup/{md5|sha1|sha256}/{hex}`: the record of a known hash, 404 for another.
pub async fn one(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path((kind, hash)): Path<(String, String)>,
) -> Result<Response> {
    let asked = match digest(&kind, &hash) {
        Ok(asked) => asked,
        Err(refusal) => {
            return Ok((StatusCode::BAD_REQUEST, Json(hashlookup::malformed(&hash, &refusal))).into_response());
        }
    };
    let found = known(&app, &who.actor, &[hashes(&asked)?]).await?;
    Ok(match found.first().and_then(|f| f.first()) {
        Some(first) => Json(told(first)).into_response(),
        None => (StatusCode::NOT_FOUND, Json(hashlookup::not_found(&hash))).into_response(),
    })
}

/// `POST /bulk/{md5|sha1}`: the records of those that are known.
pub async fn bulk(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(kind): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let asked = match digest_kind(&kind).and_then(|()| Bulk::parse(&kind, &body, &Limits::default())) {
        Ok(asked) => asked,
        Err(refusal) => {
            return Ok((StatusCode::BAD_REQUEST, Json(hashlookup::malformed("", &refusal))).into_response());
        }
    };
    let asked: Vec<_> = asked.iter().map(hashes).collect::<Result<_, _>>()?;
    let found = known(&app, &who.actor, &asked).await?;
    Ok(Json(found.iter().filter_map(|f| f.first()).map(told).collect::<Vec<_>>()).into_response())
}

fn digest(kind: &str, hash: &str) -> Result<Asked, base::Refusal> {
    digest_kind(kind)?;
    Asked::parse(kind, hash)
}

fn digest_kind(kind: &str) -> Result<(), base::Refusal> {
    let fits = ["md5", "sha1", "sha256"].iter().any(|k| kind.eq_ignore_ascii_case(k));
    let refused = || base::Refusal::new("kind", "unknown-kind", "the kind of hash is none of md5, sha1, sha256");
    if fits { Ok(()) } else { Err(refused()) }
}

fn told((found, entry): &(Found, Entry)) -> Value {
    let record = Record {
        digests: entry.hashes.digests,
        id: Some(entry.id.to_string()),
        size: entry.record.size,
        media_type: entry.record.media_type.clone(),
        first_change: Some(entry.added_at),
        ..Record::default()
    };
    hashlookup::found(&record, &found.name)
}
