//! Agreements between one hotline and its country's police: drafted, signed by both, in force, and the network that a
//! decision is made on.

use crate::{
    Act, Document, Error, Network, Result,
    decide::{DefaultLane, InForce, Member},
    directory::{self, Organisation},
    entity::agreement_version,
    store::{self, TreatyRow},
};
use base::{AgreementId, OrgId, OrgKind, PersonId, Refusal, Time};
use storage::Tx;

/// One version of an agreement.
#[derive(Clone, Debug)]
pub struct Treaty {
    /// The agreement.
    pub id: AgreementId,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// The hotline that is party.
    pub hotline: OrgId,
    /// The LEA that is party.
    pub lea: OrgId,
    /// What it says.
    pub document: Document,
    /// From when.
    pub valid_from: Time,
    /// Until when; `None`: open.
    pub valid_until: Option<Time>,
    /// When the hotline signed.
    pub hotline_signed: Option<Time>,
    /// When the LEA signed.
    pub lea_signed: Option<Time>,
    /// When it was suspended.
    pub suspended: Option<Time>,
}

impl Treaty {
    /// Whether it binds at a time: signed by both, begun, not over, not suspended.
    pub fn in_force(&self, now: Time) -> bool {
        self.hotline_signed.is_some()
            && self.lea_signed.is_some()
            && self.suspended.is_none()
            && self.valid_from <= now
            && self.valid_until.is_none_or(|end| now < end)
    }
}

/// What a draft needs.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// Its name.
    pub name: &'a str,
    /// The hotline.
    pub hotline: OrgId,
    /// The LEA.
    pub lea: OrgId,
    /// What it says.
    pub document: Document,
    /// From when.
    pub valid_from: Time,
    /// Until when.
    pub valid_until: Option<Time>,
}

/// Drafts the first version of an agreement between a hotline and an LEA of the same country.
pub async fn draft(tx: &Tx, draft: Draft<'_>) -> Result<(AgreementId, Act)> {
    let name = base::one_line("name", draft.name, 120)?;
    let document = draft.document.checked()?;
    if draft.valid_until.is_some_and(|end| end <= draft.valid_from) {
        return Err(Refusal::new("valid_until", "agreement-ends-early", "the agreement ends before it begins").into());
    }
    let all = directory::organisations(tx).await?;
    let find = |id, kind| all.iter().find(|o: &&Organisation| o.id == id && o.kind == kind);
    let hotline = find(draft.hotline, OrgKind::Hotline)
        .ok_or_else(|| Refusal::new("hotline", "unknown-organisation", "there is no such hotline"))?;
    let lea = find(draft.lea, OrgKind::Lea)
        .ok_or_else(|| Refusal::new("lea", "unknown-organisation", "there is no such LEA"))?;
    if hotline.country != lea.country {
        let reason = "a hotline agrees with the police of its own country only";
        return Err(Refusal::new("lea", "agreement-countries", reason).into());
    }
    let id = tx.id(AgreementId::new)?;
    store::agreement_add(tx, id, &name, draft.hotline, draft.lea).await.map_err(|error| {
        if error.is_duplicate() {
            Error::from(Refusal::new("name", "name-taken", "another agreement has this name"))
        } else {
            error.into()
        }
    })?;
    let row = agreement_version::Model {
        agreement_id: id.0,
        version: 1,
        hotline_id: draft.hotline.0,
        lea_id: draft.lea.0,
        document: serde_json::to_string(&document).map_err(|_| storage::Error::Stored("agreement_version.document"))?,
        valid_from: draft.valid_from.micros(),
        valid_until: draft.valid_until.map(Time::micros),
        signed_hotline_by: None,
        signed_hotline_at: None,
        signed_lea_by: None,
        signed_lea_at: None,
        created_at: tx.now().micros(),
    };
    store::version_add(tx, row).await?;
    Ok((id, Act::Drafted(id, 1)))
}

/// Signs a version for the actor's own organisation, once. Another party's signature cannot be given.
pub async fn sign(tx: &Tx, id: AgreementId, version: i64, person: PersonId) -> Result<Act> {
    let treaty = one(tx, id).await?.into_iter().find(|t| t.version == version).ok_or(Error::NotFound)?;
    let org = tx.actor().org;
    if org != treaty.hotline && org != treaty.lea {
        return Err(Error::NotFound);
    }
    if store::version_sign(tx, id, version, org == treaty.hotline, person).await? {
        Ok(Act::Signed(id, version))
    } else {
        Err(Refusal::new("version", "signed-already", "your organisation has signed this version already").into())
    }
}

/// Every version of every agreement the actor may see.
pub async fn list(tx: &Tx) -> Result<Vec<Treaty>> {
    store::treaties(tx).await?.into_iter().map(treaty).collect()
}

/// The versions of one agreement, newest first; `NotFound` when the actor is no party to it.
pub async fn one(tx: &Tx, id: AgreementId) -> Result<Vec<Treaty>> {
    let rows = store::treaty_versions(tx, id).await?;
    if rows.is_empty() { Err(Error::NotFound) } else { rows.into_iter().map(treaty).collect() }
}

/// Everybody active and every agreement in force now. Only the exchange's machinery sees all of it.
pub async fn network(tx: &Tx, default_lane: Option<DefaultLane>) -> Result<Network> {
    let members = |all: &[Organisation], kind| {
        all.iter()
            .filter(|o| o.active && o.kind == kind)
            .filter_map(|o| Some(Member { org: o.id, name: o.name.clone(), country: o.country? }))
            .collect()
    };
    let all = directory::organisations(tx).await?;
    let mut agreements: Vec<InForce> = Vec::new();
    for t in list(tx).await?.into_iter().filter(|t| t.in_force(tx.now())) {
        // Newest version first: an older one that is still valid gives way.
        if agreements.last().is_none_or(|last| last.agreement != t.id) {
            agreements.push(InForce {
                agreement: t.id,
                name: t.name,
                version: t.version,
                hotline: t.hotline,
                lea: t.lea,
                document: t.document,
            });
        }
    }
    Ok(Network {
        hotlines: members(&all, OrgKind::Hotline),
        leas: members(&all, OrgKind::Lea),
        agreements,
        default_lane,
    })
}

fn treaty(row: TreatyRow) -> Result<Treaty> {
    let document =
        Document::from_json(&row.document).map_err(|_| storage::Error::Stored("agreement_version.document"))?;
    Ok(Treaty {
        id: AgreementId(row.id),
        name: row.name,
        version: row.version,
        hotline: OrgId(row.hotline_id),
        lea: OrgId(row.lea_id),
        document,
        valid_from: Time::from_micros(row.valid_from),
        valid_until: row.valid_until.map(Time::from_micros),
        hotline_signed: row.signed_hotline_at.map(Time::from_micros),
        lea_signed: row.signed_lea_at.map(Time::from_micros),
        suspended: row.suspended_at.map(Time::from_micros),
    })
}
