//! `POST /shield/v1/pdq/`, `/media/`, `/url/`: PDQ hashes and files as clients of Arachnid Shield ask about them.

use super::{hashes, known};
use crate::{App, api::matching::of_bytes, caller::MayReadLists, error::Result};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use exchange::{
    Asked, Limits,
    shield::{self, Hit, Match, Near},
};
use hashlists::{Act, Entry, Found, ListClass};

/// Looks PDQ hashes up, within each list's distance.
pub async fn pdq(State(app): State<App>, MayReadLists(who): MayReadLists, body: Bytes) -> Result<Response> {
    let asked = match shield::pdq(&body, &Limits::default()) {
        Ok(asked) => asked,
        Err(refusal) => return Ok((StatusCode::BAD_REQUEST, Json(shield::error(&refusal.reason))).into_response()),
    };
    let bits: Vec<_> = asked.iter().map(|(_, bits)| hashes(&Asked::Pdq(*bits))).collect::<Result<_, _>>()?;
    let found = known(&app, &who.actor, &bits).await?;
    let answers: Vec<(String, Option<Hit>)> =
        asked.into_iter().zip(found).map(|((asked, _), found)| (asked, found.first().map(hit))).collect();
    Ok(Json(shield::pdq_answer(&answers)).into_response())
}

/// Looks a file up by all its hashes. It is described in the workshop's cage and forgotten.
pub async fn media(State(app): State<App>, MayReadLists(who): MayReadLists, body: Body) -> Result<Response> {
    let (hashes, size) = match of_bytes(&app, body).await {
        Ok(described) => described,
        Err(error) => {
            let problem = error.problem();
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            return Ok((status, Json(shield::error(&problem.detail))).into_response());
        }
    };
    let digests = hashes.digests;
    let found = known(&app, &who.actor, &[hashes]).await?;
    let hit = found.first().and_then(|f| f.first()).map(|first| match first.0.how.is_exact() {
        true => Hit { by: Match::Exact, near: Vec::new(), ..hit(first) },
        false => hit(first),
    });
    let (sha1, sha256) = (digests.sha1.unwrap_or_default(), digests.sha256.unwrap_or_default());
    Ok(Json(shield::media(size as u64, &sha1, &sha256, hit.as_ref())).into_response())
}

/// An address is not fetched for a look-up: whoever asks has the file, or a hotline captures the page as evidence.
pub async fn url(State(app): State<App>, MayReadLists(who): MayReadLists, body: Bytes) -> Result<Response> {
    let reason = match shield::url(&body, &Limits::default()) {
        Ok(_) => "addresses are not fetched for a look-up here, send the file's bytes to v1/media/".to_owned(),
        Err(refusal) => refusal.reason,
    };
    app.db.look(&who.actor).await?.commit(&Act::Asked(0, 0)).await?;
    Ok((StatusCode::BAD_REQUEST, Json(shield::error(&reason))).into_response())
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
