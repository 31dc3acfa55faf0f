//! Look-ups by the small protocols that tools speak already: is this hash known? The forms are `exchange`'s; what is known,
//! and to whom, is said by `hashlists::ask` as for `POST /api/v1/match`. The log says how many were asked and known.
//!
//! * `/hashlookup/`: the open protocol of CIRCL's hashlookup, by digest, one or many.
//! * `/check/{kind}`: `true` or `false` to a bare hash, as a hotline's tool asks.
//! * `/shield/v1/`: PDQ hashes and files as Arachnid Shield's clients ask.
//! * `/hma/`: look-ups, comparisons and states of hasher-matcher-actioner.
//!
//! Access tokens come as Bearer or, as these clients do, as the password of HTTP Basic.

mod check;
mod hashlookup;
mod hma;
mod shield;

use crate::{App, basic, error::Result};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use base::{Actor, HashId, Refusal};
use exchange::Asked;
use hashlists::{Act, Digests, Entry, Found, Hashes, Opaque, Pdq, ask, entry};
use std::collections::HashMap;

/// Most bytes of a request: ten thousand hashes and some room.
const MOST_BODY: usize = 1 << 20;

/// Most bytes of a file in a form, as hasher-matcher-actioner takes them.
const MOST_FILE: usize = 100 << 20;

/// Method and address of every route here.
pub const ROUTES: [(&str, &str); 13] = [
    ("GET", "/hashlookup/info"),
    ("GET", "/hashlookup/lookup/{kind}/{hash}"),
    ("POST", "/hashlookup/bulk/{kind}"),
    ("POST", "/check/{kind}"),
    ("POST", "/shield/v1/pdq/"),
    ("POST", "/shield/v1/media/"),
    ("POST", "/shield/v1/url/"),
    ("GET", "/hma/status"),
    ("GET", "/hma/m/index/status"),
    ("POST", "/hma/m/compare"),
    ("POST", "/hma/m/lookup"),
    ("GET", "/hma/m/raw_lookup"),
    ("GET", "/hma/m/lookup"),
];

/// The routes, with their own limit and way to sign in.
pub fn router() -> Router<App> {
    Router::new()
        .route("/hashlookup/info", get(hashlookup::info))
        .route("/hashlookup/lookup/{kind}/{hash}", get(hashlookup::one))
        .route("/hashlookup/bulk/{kind}", post(hashlookup::bulk))
        .route("/check/{kind}", post(check::check))
        .route("/shield/v1/pdq/", post(shield::pdq))
        .route("/shield/v1/url/", post(shield::url))
        .route("/hma/status", get(hma::status))
        .route("/hma/m/index/status", get(hma::index_status))
        .route("/hma/m/compare", post(hma::compare))
        .route("/hma/m/raw_lookup", get(hma::raw))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        // A file's bytes; its own limit is the one of files.
        .route("/shield/v1/media/", post(shield::media))
        .route("/hma/m/lookup", get(hma::by_bank).post(hma::of_file).layer(DefaultBodyLimit::max(MOST_FILE)))
        .layer(middleware::from_fn(basic::sign_in))
}

/// What an actor's lists know of each hash, and the entries that know it. One line in the log, however many are asked.
async fn known(app: &App, actor: &Actor, asked: &[Hashes]) -> Result<Vec<Vec<(Found, Entry)>>> {
    let tx = app.db.look(actor).await?;
    let mut found = Vec::with_capacity(asked.len());
    for some in asked.chunks(ask::MOST_ASKED) {
        found.extend(ask::ask(&tx, &app.lists, some).await?.0);
    }
    let ids: Vec<HashId> = found.iter().flatten().map(|f| f.entry).collect();
    let mut entries: HashMap<HashId, Entry> = HashMap::new();
    for some in ids.chunks(ask::MOST_ASKED) {
        entries.extend(entry::among(&tx, some).await?.into_iter().map(|e| (e.id, e)));
    }
    let act = Act::Asked(asked.len(), found.iter().filter(|f| !f.is_empty()).count());
    tx.commit(&act).await?;
    let with = |f: Found| entries.get(&f.entry).cloned().map(|e| (f, e));
    Ok(found.into_iter().map(|f| f.into_iter().filter_map(with).collect()).collect())
}

/// A hash as the index is asked.
fn hashes(asked: &Asked) -> Result<Hashes, Refusal> {
    let digests = |digests| Ok(Hashes { digests, ..Hashes::default() });
    match *asked {
        Asked::Md5(md5) => digests(Digests { md5: Some(md5), ..Digests::default() }),
        Asked::Sha1(sha1) => digests(Digests { sha1: Some(sha1), ..Digests::default() }),
        Asked::Sha256(sha256) => digests(Digests { sha256: Some(sha256), ..Digests::default() }),
        Asked::Pdq(bits) => Ok(Hashes { pdq: Some(Pdq { bits, quality: None }), ..Hashes::default() }),
        Asked::PhotoDna(ref bytes) => {
            Ok(Hashes { photodna: Opaque::photodna(bytes.clone())?.equal_by(), ..Hashes::default() })
        }
    }
}
