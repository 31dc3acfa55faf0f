//! `PUT v2/entries/{member}/{entry}/{TYPE}/feedback`: a member's word on an entry's fingerprint. Here it is a word on the
//! entry: approval confirms it, the opposite disputes it with the reasons' names. Only its publisher sees it.

use super::{about::fingerprint, member::number, reasons};
use crate::{
    App, Error,
    caller::{self, MayVote},
    error::Result,
};
use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::StatusCode,
    response::IntoResponse,
};
use base::{HashId, Refusal};
use exchange::{
    Limits,
    ncmec::{self, Fingerprint, Submission},
};
use hashlists::{Content, Entry, PHOTODNA, VoteWord, entry, list, vote};

/// Takes a word in; the same one again changes nothing but its time.
pub async fn put(
    State(app): State<App>,
    MayVote(who): MayVote,
    Path((of, which, kind)): Path<(String, String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<impl IntoResponse> {
    let id: HashId = caller::id(&which)?;
    let tx = app.db.begin(&who.actor).await?;
    // First whether there is such an entry for the caller: nothing else is told of one that is not.
    let found = entry::among(&tx, &[id]).await?.pop().ok_or(Error::NOT_FOUND)?;
    if number(list::readable(&tx, found.list).await?.publisher).to_string() != of {
        return Err(Error::NOT_FOUND);
    }
    let kind = fingerprint(&kind)?;
    if !has(&found, kind) {
        let reason = format!("the entry has no fingerprint of kind {}", kind.path());
        return Err(Refusal::new("type", "not-in-entry", reason).into());
    }
    let body = body.map_err(|r| Error::Body(r.status(), r.body_text()))?;
    let (word, reason) = match ncmec::read_submission(&body, &Limits::default())? {
        Submission::Affirmative => (VoteWord::Confirm, None),
        Submission::Negative(guids) => (VoteWord::Dispute, Some(reasons::said(kind, &guids)?)),
    };
    let (_, act) = vote::vote(&tx, found.list, id, word, reason.as_deref()).await?;
    tx.commit(&act).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether an entry has a fingerprint of a kind.
fn has(entry: &Entry, kind: Fingerprint) -> bool {
    let named =
        |name: &str| entry.record.opaque.iter().any(|o| o.name == name && matches!(o.content, Content::Bytes(_)));
    match kind {
        Fingerprint::Md5 => entry.hashes.digests.md5.is_some(),
        Fingerprint::Sha1 => entry.hashes.digests.sha1.is_some(),
        Fingerprint::Pdq => entry.hashes.pdq.is_some(),
        Fingerprint::Pdna => named(PHOTODNA),
        other => entry.record.opaque.iter().any(|o| Fingerprint::parse(&o.name) == Some(other)),
    }
}
