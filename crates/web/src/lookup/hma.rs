//! `/hma/m/raw_lookup`, `/hma/m/lookup`: look-ups as clients of hasher-matcher-actioner ask. Our lists are its banks. Its
//! numbers of content are the last 53 bits of our entries' ids: random, the same for ever, and exact in any JSON reader.

use super::{hashes, known};
use crate::{App, caller::MayReadLists, error::Result};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base::Refusal;
use exchange::hma;
use hashlists::{Entry, Found};
use serde::Deserialize;

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
    let found = known(app, actor, &hashes(&signal).into_iter().collect::<Vec<_>>()).await?;
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
