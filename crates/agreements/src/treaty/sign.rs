//! Signing: each party once, then the secretariat, which puts the version in force.

use super::{CHANGED, Treaty};
use crate::{Act, Error, Result, store};
use base::{AgreementId, OrgKind, Refusal};
use storage::{Tx, jobs};

/// What a signature is given for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signing {
    /// As what the signer believes to sign; nothing: as what the own organisation is.
    pub as_: Option<OrgKind>,
    /// The revision that the signer has read; nothing: as it stands.
    pub revision: Option<i64>,
}

/// Signs a version for the actor's own organisation, once. Another party's signature cannot be given, and the secretariat
/// countersigns after both parties. With its signature the version is in force from its start, and ends older ones there.
pub async fn sign(tx: &Tx, id: AgreementId, version: i64, signing: Signing) -> Result<Act> {
    let treaty = super::version(tx, id, version).await?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let own = treaty.signs_as(tx.actor().org, tx.actor().kind).ok_or(Error::NotFound)?;
    may_sign(&treaty, own, signing, tx.now())?;
    let revision = signing.revision.unwrap_or(treaty.revision);
    if !store::version_sign(tx, id, version, revision, own, person).await? {
        // Everything was well when it was read: somebody else was quicker.
        return Err(storage::Error::Moved.into());
    }
    if own == OrgKind::Network {
        let from = treaty.valid_from.max(tx.now());
        store::version_begin(tx, id, version, from, treaty.valid_until).await?;
        jobs::enqueue(tx, CHANGED, id.0).await?;
        return Ok(Act::Countersigned(id, version));
    }
    Ok(Act::Signed(id, version))
}

fn may_sign(treaty: &Treaty, own: OrgKind, signing: Signing, now: base::Time) -> Result<(), Refusal> {
    let refuse = |field, rule, reason: String| Err(Refusal::new(field, rule, reason));
    if let Some(asked) = signing.as_.filter(|asked| *asked != own) {
        let reason = format!("your organisation signs as `{own}`, nobody else can sign as `{asked}` for it");
        return refuse("as", "not-your-signature", reason);
    }
    if treaty.discarded.is_some() {
        return refuse("version", "draft-discarded", "this draft was discarded, nobody can sign it".into());
    }
    if treaty.signed_by(own).is_some() {
        return refuse("version", "signed-already", "your organisation has signed this version already".into());
    }
    if treaty.valid_until.is_some_and(|end| end <= now) {
        return refuse("version", "agreement-over", "this version's time is over, draft a new one".into());
    }
    if own == OrgKind::Network && (treaty.hotline_signed.is_none() || treaty.lea_signed.is_none()) {
        let reason = "the secretariat countersigns once both parties have signed".into();
        return refuse("version", "countersign-last", reason);
    }
    Ok(())
}
