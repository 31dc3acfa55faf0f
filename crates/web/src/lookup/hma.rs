//! `/hma/m/raw_lookup`, `/hma/m/lookup`, `/hma/m/compare`, states: look-ups as clients of hasher-matcher-actioner ask. Our lists are its banks. Its
//! numbers of content are the last 53 bits of our entries' ids: random, the same for ever, and exact in any JSON reader.

use super::{hashes, known};
use crate::{App, api::matching::of_bytes, caller::MayReadLists, error::Result};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Multipart, Query, State, multipart::MultipartRejection, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base::Refusal;
use exchange::{Asked as Signal, Limits, hma};
use hashlists::{Act, Entry, Found};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is asked. Other parameters of its own, such as a draw of lots, mean nothing here.
#[derive(Deserialize)]
pub struct Question {
    /// The hash.
    signal: String,
    /// pdq, video_md5, md5, sha1 or sha256.
    signal_type: String,
    /// Names of banks, separated by commas; nothing: all.
    banks: Option<String>,
    /// Whether the raw answer has distances.
    include_distance: Option<String>,
}

type Asked = std::result::Result<Query<Question>, QueryRejection>;

/// `GET /m/raw_lookup`: numbers of what is known, and distances when asked for.
pub async fn raw(State(app): State<App>, MayReadLists(who): MayReadLists, asked: Asked) -> Result<Response> {
    let asked = match asked {
        Ok(Query(asked)) => asked,
        Err(refused) => return Ok(bad(&refused.body_text())),
    };
    let distances = asked.include_distance.as_deref().is_some_and(|d| matches!(d, "" | "1" | "true" | "True"));
    Ok(match found(&app, &who.actor, &asked).await? {
        Ok(found) => Json(hma::raw_lookup(&found, distances)).into_response(),
        Err(refusal) => bad(&refusal.reason),
    })
}

/// `GET /m/lookup`: what is known, by bank.
pub async fn by_bank(State(app): State<App>, MayReadLists(who): MayReadLists, asked: Asked) -> Result<Response> {
    let asked = match asked {
        Ok(Query(asked)) => asked,
        Err(refused) => return Ok(bad(&refused.body_text())),
    };
    Ok(match found(&app, &who.actor, &asked).await? {
        Ok(found) => Json(hma::lookup(&found)).into_response(),
        Err(refusal) => bad(&refusal.reason),
    })
}

/// `POST /m/lookup`: what is known of a file, by kind of hash and bank. The one part's name says what it is; its bytes do.
pub async fn of_file(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    let Ok(mut form) = form else { return Ok(bad("send one file as multipart/form-data")) };
    let Ok(Some(part)) = form.next_field().await else { return Ok(bad("send one file as multipart/form-data")) };
    let Ok(bytes) = part.bytes().await else { return Ok(bad("the file is too large or was cut off")) };
    let (described, _) = match of_bytes(&app, Body::from(bytes)).await {
        Ok(described) => described,
        Err(error) => return Ok(bad(&error.problem().detail)),
    };
    let found = known(&app, &who.actor, &[described]).await?;
    let mut by_kind: BTreeMap<&str, Vec<hma::Found>> = BTreeMap::new();
    for (found, entry) in found.into_iter().flatten() {
        by_kind.entry(found.how.word()).or_default().push(one((found, entry)));
    }
    let all: serde_json::Map<_, _> =
        by_kind.into_iter().map(|(kind, found)| (kind.to_owned(), hma::lookup(&found))).collect();
    Ok(Json(serde_json::Value::Object(all)).into_response())
}

/// `POST /m/compare`: whether two hashes of a kind match, and how far they are apart. No list is asked.
pub async fn compare(State(app): State<App>, MayReadLists(who): MayReadLists, body: Bytes) -> Result<Response> {
    let pairs = match hma::compare(&body, &Limits::default()) {
        Ok(pairs) => pairs,
        Err(refusal) => return Ok(bad(&refusal.reason)),
    };
    app.db.look(&who.actor).await?.commit(&Act::Asked(0, 0)).await?;
    let answers: Vec<(String, bool, u32)> = pairs
        .into_iter()
        .map(|(kind, a, b)| {
            let distance = match (&a, &b) {
                (Signal::Pdq(a), Signal::Pdq(b)) => a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum(),
                _ => u32::from(a != b) * 256,
            };
            (kind, distance <= MAX_DISTANCE, distance)
        })
        .collect();
    Ok(Json(hma::compare_answer(&answers)).into_response())
}

/// Bits by which two PDQ hashes may differ, as the reference says.
const MAX_DISTANCE: u32 = 31;

/// `GET /status`: that it runs; a server whose index is not there yet takes no connections.
pub async fn status(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<&'static str> {
    app.db.look(&who.actor).await?.commit(&Act::ListsRead).await?;
    Ok("I-AM-ALIVE")
}

/// `GET /m/index/status`: the indexes are there and up to now. How many entries they have is nobody's to know.
pub async fn index_status(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<Response> {
    app.db.look(&who.actor).await?.commit(&Act::ListsRead).await?;
    let now = Some(app.db.now());
    let kinds = ["pdq", "video_md5", "md5", "sha1", "sha256"].map(|kind| (kind, now, 0));
    Ok(Json(hma::index_status(&kinds)).into_response())
}

fn bad(reason: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(hma::error(reason))).into_response()
}

/// What is known on the banks asked about; inner: what is wrong with the question.
async fn found(
    app: &App,
    actor: &base::Actor,
    asked: &Question,
) -> Result<std::result::Result<Vec<hma::Found>, Refusal>> {
    let signal = match hma::signal(&asked.signal_type, &asked.signal) {
        Ok(signal) => signal,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let found = known(app, actor, &[hashes(&signal)?]).await?;
    let wanted = |bank: &str| asked.banks.as_ref().is_none_or(|banks| banks.split(',').any(|b| b.trim() == bank));
    Ok(Ok(found.into_iter().flatten().map(one).filter(|f| wanted(&f.bank)).collect()))
}

fn one((found, entry): (Found, Entry)) -> hma::Found {
    let id = u64::try_from(entry.id.0.as_u128() & ((1 << 53) - 1)).unwrap_or_default();
    hma::Found { id, bank: bank(&found.name), distance: found.distance }
}

/// A list's name as a bank's: A to Z, 0 to 9, `_`.
fn bank(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
