//! `POST /api/v1/match/{kind}`: which of many hashes of one kind the caller's lists know, as plain bytes both ways: for
//! hosts that look up everything they take in. The log says how many were asked and known, not which.
//!
//! A look-up of one file by JSON costs its transaction and its entry in the log; this one shares both among 65,536.

use crate::{
    App, Error,
    caller::MayReadLists,
    error::{Problem, Result},
    params::Params,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use base::Refusal;
use hashlists::{Act, Hit, Many, ask};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// How it is answered.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// `bits` (when not given): one bit for each hash in order, the first is the highest of its byte; 1: known.
    /// `hits`: 48 bytes for each entry that knows one, in order of the hashes: place of the hash (4 bytes), bits of
    /// difference (4), version (8), id of the list (16), id of the entry (16); numbers little-endian.
    pub answer: Option<String>,
}

/// Longest body: as many of the longest hashes.
const MOST_BYTES: usize = ask::MOST_MANY * 32;

/// Ask about many hashes of one kind.
#[utoipa::path(post, path = "/api/v1/match/{kind}", tag = "lists", request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("kind" = String, Path, description = "md5, sha1, sha256 or pdq; the body is 16, 20, 32 or 32 bytes for each, at most 65,536 of them"), Asked),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(kind): Path<String>,
    Params(asked): Params<Asked>,
    body: Body,
) -> Result<Response> {
    let hits = match asked.answer.as_deref() {
        None | Some("bits") => false,
        Some("hits") => true,
        Some(_) => return Err(Refusal::new("answer", "unknown-answer", "`answer` is bits or hits").into()),
    };
    let too_long = |_| Error::Body(StatusCode::PAYLOAD_TOO_LARGE, format!("at most {} hashes at once", ask::MOST_MANY));
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(too_long)?;
    let many = read(&kind, &bytes)?.len();
    let tx = app.db.look(&who.actor).await?;
    let lists = ask::speaking(&tx, many).await?;
    let index = Arc::clone(&app.lists);
    // On a thread of its own: thousands of look-ups by distance take as long as many requests.
    let told = tokio::task::spawn_blocking(move || {
        let mut found: Vec<(usize, Hit)> = Vec::new();
        if let Ok(many) = read(&kind, &bytes) {
            index.index.look_up_many(&many, &lists, |place, hit| found.push((place, hit)));
        }
        found.sort_unstable_by_key(|(place, hit)| (*place, hit.distance, hit.entry));
        found
    });
    let told = told.await.map_err(|_| Error::Body(StatusCode::INTERNAL_SERVER_ERROR, "the look-up ended".into()))?;
    let (bits, known) = bits(&told, many);
    tx.commit(&Act::Asked(many, known)).await?;
    let answer = if hits { told.iter().flat_map(|(place, hit)| record(*place, hit)).collect() } else { bits };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], answer).into_response())
}

/// The hashes of a body.
fn read<'a>(kind: &str, bytes: &'a [u8]) -> Result<Many<'a>, Refusal> {
    fn whole<const N: usize>(bytes: &[u8]) -> Result<&[[u8; N]], Refusal> {
        let refused = || Refusal::new("hashes", "digest-length", format!("the body is not {N} bytes for each hash"));
        let (hashes, rest) = bytes.as_chunks::<N>();
        if rest.is_empty() && !hashes.is_empty() { Ok(hashes) } else { Err(refused()) }
    }
    match kind {
        "md5" => whole(bytes).map(Many::Md5),
        "sha1" => whole(bytes).map(Many::Sha1),
        "sha256" => whole(bytes).map(Many::Sha256),
        "pdq" => whole(bytes).map(Many::Pdq),
        _ => Err(Refusal::new("kind", "unknown-kind", "the kind of hash is none of md5, sha1, sha256, pdq")),
    }
}

/// A bit for each hash, and how many are known.
fn bits(told: &[(usize, Hit)], many: usize) -> (Vec<u8>, usize) {
    let (mut bits, mut known) = (vec![0_u8; many.div_ceil(8)], 0);
    for (place, _) in told {
        if let Some(byte) = bits.get_mut(place / 8) {
            let bit = 0x80 >> (place % 8);
            known += usize::from(*byte & bit == 0);
            *byte |= bit;
        }
    }
    (bits, known)
}

fn record(place: usize, hit: &Hit) -> Vec<u8> {
    let place = u32::try_from(place).unwrap_or(u32::MAX).to_le_bytes();
    let parts: [&[u8]; 5] = [
        &place,
        &hit.distance.to_le_bytes(),
        &hit.version.to_le_bytes(),
        hit.list.0.as_bytes(),
        hit.entry.0.as_bytes(),
    ];
    parts.concat()
}
