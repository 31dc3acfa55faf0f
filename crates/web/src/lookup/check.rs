//! `POST /check/{md5|sha1|photodna}`: the body is a bare hash, the answer exactly `true` or `false`.

use super::{hashes, known};
use crate::{App, caller::MayReadLists, error::Result};
use axum::{
    body::Bytes,
    extract::{Path, State},
};
use exchange::eokm;

/// Whether any list of the caller's knows a hash. PhotoDNA values are compared for equality with those that lists have:
/// how near two of them are is not published, and nothing here guesses it.
pub async fn check(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(kind): Path<String>,
    body: Bytes,
) -> Result<&'static str> {
    let asked = eokm::check(&kind, &body)?;
    let found = known(&app, &who.actor, &[hashes(&asked)?]).await?;
    Ok(eokm::answer(found.first().is_some_and(|f| !f.is_empty())))
}
