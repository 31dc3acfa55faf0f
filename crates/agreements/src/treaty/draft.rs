//! Writing: the first version of an agreement, a new version, a change of a draft, a draft put away.

use super::{Treaty, one};
use crate::{
    Act, Document, Error, Result,
    directory::{self, Organisation},
    entity::agreement_version,
    store,
};
use base::{AgreementId, OrgId, OrgKind, Refusal, Time};
use storage::Tx;

/// What a new agreement needs.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Its name.
    pub name: &'a str,
    /// The hotline.
    pub hotline: OrgId,
    /// The LEA.
    pub lea: OrgId,
    /// What it says, and for how long.
    pub terms: Terms,
}

/// What a version says, and for how long.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What it says.
    pub document: Document,
    /// From when.
    pub valid_from: Time,
    /// Until when; `None`: open.
    pub valid_until: Option<Time>,
}

impl Terms {
    /// The terms, when text and time make sense.
    fn checked(self, now: Time) -> Result<Self> {
        let refuse = |rule, reason: &str| Err(Error::from(Refusal::new("valid_until", rule, reason)));
        match self.valid_until {
            Some(end) if end <= self.valid_from => {
                refuse("agreement-ends-early", "the agreement ends before it begins")
            }
            Some(end) if end <= now => {
                refuse("agreement-over", "the agreement would be over already, give a later end")
            }
            Some(_) | None => Ok(Self { document: self.document.checked()?, ..self }),
        }
    }

    fn text(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.document).map_err(|_| storage::Error::Stored("agreement_version.document"))?)
    }
}

/// Drafts the first version of an agreement between a hotline and an LEA of the same country: one of the two does, or the
/// secretariat. Two organisations have one agreement, which gets new versions.
pub async fn draft(tx: &Tx, draft: Draft<'_>) -> Result<(AgreementId, Act)> {
    let name = base::one_line("name", draft.name, 120)?;
    let (hotline, lea) = parties(tx, draft.hotline, draft.lea).await?;
    let terms = draft.terms.checked(tx.now())?;
    if store::agreement_between(tx, hotline, lea).await?.is_some() {
        let reason = "these two have an agreement already, draft a new version of it";
        return Err(Refusal::new("lea", "agreement-there", reason).into());
    }
    let id = tx.id(AgreementId::new)?;
    store::agreement_add(tx, id, &name, hotline, lea).await.map_err(|error| {
        if error.is_duplicate() {
            Error::from(Refusal::new("name", "name-taken", "another agreement of yours has this name"))
        } else {
            error.into()
        }
    })?;
    add(tx, id, 1, (hotline, lea), &terms).await?;
    Ok((id, Act::Drafted(id, 1)))
}

/// Drafts a new version of an agreement, of which no other draft is open. What is in force stays so until the new one
/// begins.
pub async fn redraft(tx: &Tx, id: AgreementId, terms: Terms) -> Result<(i64, Act)> {
    let versions = one(tx, id).await?;
    let newest = versions.first().ok_or(Error::NotFound)?;
    if let Some(open) = versions.iter().find(|t| t.is_open()) {
        let reason = format!("version {} is a draft already, change it or discard it first", open.version);
        return Err(Refusal::new("version", "draft-open", reason).into());
    }
    let terms = terms.checked(tx.now())?;
    let version = newest.version + 1;
    add(tx, id, version, (newest.hotline, newest.lea), &terms).await?;
    Ok((version, Act::Drafted(id, version)))
}

/// Changes a draft. `revision`: the one that the writer saw; when somebody else has changed it meanwhile, nothing is lost
/// and the error is `Moved`.
pub async fn change(tx: &Tx, id: AgreementId, version: i64, revision: i64, terms: Terms) -> Result<Act> {
    let treaty = super::version(tx, id, version).await?;
    writable(&treaty)?;
    let terms = terms.checked(tx.now())?;
    let valid = (terms.valid_from, terms.valid_until);
    if store::version_change(tx, id, version, revision, &terms.text()?, valid).await? {
        Ok(Act::DraftChanged(id, version))
    } else {
        Err(storage::Error::Moved.into())
    }
}

/// Puts a draft away, signed by one or both parties or by nobody; one that the secretariat has countersigned stays.
pub async fn discard(tx: &Tx, id: AgreementId, version: i64) -> Result<Act> {
    let treaty = super::version(tx, id, version).await?;
    if store::version_discard(tx, id, version).await? {
        return Ok(Act::Discarded(id, version));
    }
    let refusal = if treaty.discarded.is_some() {
        Refusal::new("version", "draft-discarded", "this draft was discarded before")
    } else {
        Refusal::new("version", "countersigned", "the secretariat has countersigned this version, suspend or end it")
    };
    Err(refusal.into())
}

fn writable(treaty: &Treaty) -> Result<(), Refusal> {
    let refuse = |rule, reason: &str| Err(Refusal::new("version", rule, reason));
    if treaty.discarded.is_some() {
        refuse("draft-discarded", "this draft was discarded, draft a new version")
    } else if treaty.live.is_some() || treaty.has_text_signed() {
        refuse("signed-text", "this version is signed, so its text stays as it is: draft a new version")
    } else {
        Ok(())
    }
}

async fn add(tx: &Tx, id: AgreementId, version: i64, parties: (OrgId, OrgId), terms: &Terms) -> Result<()> {
    let row = agreement_version::Model {
        agreement_id: id.0,
        version,
        hotline_id: parties.0.0,
        lea_id: parties.1.0,
        document: terms.text()?,
        valid_from: terms.valid_from.micros(),
        valid_until: terms.valid_until.map(Time::micros),
        signed_hotline_by: None,
        signed_hotline_at: None,
        signed_lea_by: None,
        signed_lea_at: None,
        created_at: tx.now().micros(),
        signed_network_by: None,
        signed_network_at: None,
        live_from: None,
        live_until: None,
        revision: 1,
        drafted_by: Some(tx.actor().org.0),
        discarded_at: None,
    };
    store::version_add(tx, row).await.map_err(|error| {
        if error.is_duplicate() {
            Error::from(Refusal::new("version", "draft-open", "somebody drafted this version at the same moment"))
        } else {
            error.into()
        }
    })
}

/// Both parties, when they exist, are of one country, and the actor is one of them or stands above both.
async fn parties(tx: &Tx, hotline: OrgId, lea: OrgId) -> Result<(OrgId, OrgId)> {
    let all = directory::organisations(tx).await?;
    let find = |id, kind| all.iter().find(|o: &&Organisation| o.id == id && o.kind == kind && o.active);
    let hotline = find(hotline, OrgKind::Hotline)
        .ok_or_else(|| Refusal::new("hotline", "unknown-organisation", "there is no such hotline"))?;
    let lea =
        find(lea, OrgKind::Lea).ok_or_else(|| Refusal::new("lea", "unknown-organisation", "there is no such LEA"))?;
    if hotline.country != lea.country {
        let reason = "a hotline agrees with the police of its own country only";
        return Err(Refusal::new("lea", "agreement-countries", reason).into());
    }
    let actor = tx.actor();
    let above = actor.scope() == base::Scope::Exchange || actor.kind == OrgKind::Network;
    if !above && actor.org != hotline.id && actor.org != lea.id {
        let reason = "an agreement is drafted by one of its parties or by the secretariat";
        return Err(Refusal::new("hotline", "not-a-party", reason).into());
    }
    Ok((hotline.id, lea.id))
}
