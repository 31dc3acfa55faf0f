//! `POST /check/{md5|sha1|photodna}`: the body is a bare hash, the answer exactly `true` or `false`.

use super::{hashes, known};
use crate::{App, caller::MayReadLists, error::Result};
use axum::{
    body::Bytes,
    extract::{Path, State},
};
use base::Refusal;
use exchange::eokm;

/// Whether any list of the caller's knows a hash. PhotoDNA values are kept and passed on here, not looked up: to say
/// `false` to one would be a guess, so it is refused.
pub async fn check(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    Path(kind): Path<String>,
    body: Bytes,
) -> Result<&'static str> {
    let asked = eokm::check(&kind, &body)?;
    let refused = || Refusal::new("kind", "not-looked-up", "values of this kind are kept and passed on, not looked up");
    let asked = hashes(&asked).ok_or_else(refused)?;
    let found = known(&app, &who.actor, &[asked]).await?;
    Ok(eokm::answer(found.first().is_some_and(|f| !f.is_empty())))
}
