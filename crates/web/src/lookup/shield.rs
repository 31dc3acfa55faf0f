//! `POST /shield/v1/pdq/`: PDQ hashes as clients of Arachnid Shield ask about them.

use super::{hashes, known};
use crate::{App, caller::MayReadLists, error::Result};
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use exchange::{
    Asked, Limits,
    shield::{self, Hit, Match, Near},
};
use hashlists::{Entry, Found, ListClass};

/// Looks PDQ hashes up, within each list's distance.
pub async fn pdq(State(app): State<App>, MayReadLists(who): MayReadLists, body: Bytes) -> Result<Response> {
    let asked = match shield::pdq(&body, &Limits::default()) {
        Ok(asked) => asked,
        Err(refusal) => return Ok((StatusCode::BAD_REQUEST, Json(shield::error(&refusal.reason))).into_response()),
    };
    let bits: Vec<_> = asked.iter().filter_map(|(_, bits)| hashes(&Asked::Pdq(*bits))).collect();
    let found = known(&app, &who.actor, &bits).await?;
    let answers: Vec<(String, Option<Hit>)> =
        asked.into_iter().zip(found).map(|((asked, _), found)| (asked, found.first().map(hit))).collect();
    Ok(Json(shield::pdq_answer(&answers)).into_response())
}

/// The strongest and nearest entry. The very same PDQ is a likeness too: other pictures may have it.
fn hit((found, entry): &(Found, Entry)) -> Hit {
    let classification = match found.says.class {
        ListClass::Baseline | ListClass::National => "csam",
        ListClass::Context => "harmful-abusive-material",
    };
    let digests = &entry.hashes.digests;
    let near = vec![Near::new(classification, digests.sha1, digests.sha256)];
    Hit { classification: classification.into(), by: Match::Near, near }
}
