//! Agreements between one hotline and its country's police: drafted, signed by both, countersigned by the secretariat, in
//! force from their start to their end while nobody has suspended them; and the network that a decision is made on.
//!
//! At most one version binds at a time: a newer one that comes into force ends the older ones where it begins.

mod draft;
mod sign;
mod suspend;

pub use draft::{Draft, Terms, change, discard, draft, redraft};
pub use sign::{Signing, sign};
pub use suspend::{end, resume, suspend};

use crate::{
    Document, Error, Network, Result,
    decide::{DefaultLane, InForce, Member},
    directory::{self, Organisation},
    store::{self, TreatyRow},
};
use base::{AgreementId, OrgId, OrgKind, Time};
use storage::Tx;

/// Queued when an agreement changed: what was disclosed under it is decided anew.
pub const CHANGED: &str = "agreement";
/// Planned for the next time at which a version begins or ends by itself.
pub const TURNS: &str = "agreement_turns";

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
    /// From when, as the text says.
    pub valid_from: Time,
    /// Until when, as the text says; `None`: open.
    pub valid_until: Option<Time>,
    /// When the hotline signed.
    pub hotline_signed: Option<Time>,
    /// When the LEA signed.
    pub lea_signed: Option<Time>,
    /// When the secretariat countersigned.
    pub network_signed: Option<Time>,
    /// From when and until when it binds, once countersigned; a newer version may have ended it early.
    pub live: Option<(Time, Time)>,
    /// Since when the agreement is suspended.
    pub suspended: Option<Time>,
    /// When the agreement was ended early, by whom, and why.
    pub ended: Option<(Time, OrgId, String)>,
    /// Counts changes of the draft; the entity tag.
    pub revision: i64,
    /// The organisation that drafted it.
    pub drafted_by: Option<OrgId>,
    /// When the draft was discarded.
    pub discarded: Option<Time>,
}

/// Where a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Being written; nobody has signed.
    Draft,
    /// One party has signed.
    HalfSigned,
    /// Both parties have signed, the secretariat has not.
    Signed,
    /// Put away unsigned or half signed.
    Discarded,
    /// Countersigned, and begins later.
    ToCome,
    /// Binds.
    InForce,
    /// Would bind, but somebody has suspended the agreement.
    Suspended,
    /// Over: by its end, by a newer version, or ended early.
    Ended,
}

impl Status {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::HalfSigned => "half_signed",
            Self::Signed => "signed",
            Self::Discarded => "discarded",
            Self::ToCome => "to_come",
            Self::InForce => "in_force",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
        }
    }
}

impl Treaty {
    /// Where the version is at a time.
    pub fn status(&self, now: Time) -> Status {
        match (self.live, self.hotline_signed, self.lea_signed) {
            (Some((_, until)), ..) if until <= now => Status::Ended,
            (Some(_), ..) if self.suspended.is_some() => Status::Suspended,
            (Some((from, _)), ..) if now < from => Status::ToCome,
            (Some(_), ..) => Status::InForce,
            (None, ..) if self.discarded.is_some() => Status::Discarded,
            (None, Some(_), Some(_)) => Status::Signed,
            (None, None, None) => Status::Draft,
            (None, Some(_), None) | (None, None, Some(_)) => Status::HalfSigned,
        }
    }

    /// Whether it binds at a time.
    pub fn in_force(&self, now: Time) -> bool {
        self.status(now) == Status::InForce
    }

    /// Whether it still waits for a signature.
    pub const fn is_open(&self) -> bool {
        self.live.is_none() && self.discarded.is_none()
    }

    /// As what an organisation signs it: as one of the parties, or as the secretariat.
    pub fn signs_as(&self, org: OrgId, kind: OrgKind) -> Option<OrgKind> {
        if org == self.hotline {
            Some(OrgKind::Hotline)
        } else if org == self.lea {
            Some(OrgKind::Lea)
        } else {
            (kind == OrgKind::Network).then_some(OrgKind::Network)
        }
    }

    fn signed_by(&self, who: OrgKind) -> Option<Time> {
        match who {
            OrgKind::Hotline => self.hotline_signed,
            OrgKind::Lea => self.lea_signed,
            OrgKind::Network => self.network_signed,
            OrgKind::Interpol | OrgKind::Asp => None,
        }
    }

    fn has_text_signed(&self) -> bool {
        self.hotline_signed.is_some() || self.lea_signed.is_some()
    }
}

/// One organisation's suspension of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// Who.
    pub by: OrgId,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: Time,
    /// Until when; `None`: still.
    pub ended: Option<Time>,
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

/// One version of an agreement.
pub async fn version(tx: &Tx, id: AgreementId, version: i64) -> Result<Treaty> {
    one(tx, id).await?.into_iter().find(|t| t.version == version).ok_or(Error::NotFound)
}

/// Suspensions of an agreement that the actor has found, newest first.
pub async fn suspensions(tx: &Tx, id: AgreementId) -> Result<Vec<Suspension>> {
    let rows = store::suspensions(tx, id).await?;
    Ok(rows
        .into_iter()
        .map(|r| Suspension {
            by: OrgId(r.org_id),
            reason: r.reason,
            at: Time::from_micros(r.at),
            ended: r.ended_at.map(Time::from_micros),
        })
        .collect())
}

/// When the next version of an agreement begins or ends by itself.
pub async fn next_turn(tx: &Tx, id: AgreementId) -> Result<Option<Time>> {
    store::next_change(tx, id).await
}

/// Everybody active and every agreement in force now. Only the exchange's machinery sees all of it.
pub async fn network(tx: &Tx, default_lane: Option<DefaultLane>) -> Result<Network> {
    let all = directory::organisations(tx).await?;
    let treaties = list(tx).await?;
    let agreements = treaties.into_iter().filter(|t| t.in_force(tx.now())).map(InForce::from).collect();
    Ok(Network {
        hotlines: members(&all, OrgKind::Hotline),
        leas: members(&all, OrgKind::Lea),
        agreements,
        default_lane,
    })
}

/// Active organisations of a kind, as a decision needs them.
pub fn members(all: &[Organisation], kind: OrgKind) -> Vec<Member> {
    all.iter()
        .filter(|o| o.active && o.kind == kind)
        .filter_map(|o| Some(Member { org: o.id, name: o.name.clone(), country: o.country? }))
        .collect()
}

impl From<Treaty> for InForce {
    fn from(t: Treaty) -> Self {
        Self { agreement: t.id, name: t.name, version: t.version, hotline: t.hotline, lea: t.lea, document: t.document }
    }
}

fn treaty(row: TreatyRow) -> Result<Treaty> {
    let document =
        Document::from_json(&row.document).map_err(|_| storage::Error::Stored("agreement_version.document"))?;
    let time = Time::from_micros;
    Ok(Treaty {
        id: AgreementId(row.id),
        name: row.name,
        version: row.version,
        hotline: OrgId(row.hotline_id),
        lea: OrgId(row.lea_id),
        document,
        valid_from: time(row.valid_from),
        valid_until: row.valid_until.map(time),
        hotline_signed: row.signed_hotline_at.map(time),
        lea_signed: row.signed_lea_at.map(time),
        network_signed: row.signed_network_at.map(time),
        live: row.live_from.zip(row.live_until).map(|(from, until)| (time(from), time(until))),
        suspended: row.suspended_at.map(time),
        ended: row.ended_at.zip(row.ended_by).map(|(at, by)| (time(at), OrgId(by), row.ended_why.unwrap_or_default())),
        revision: row.revision,
        drafted_by: row.drafted_by.map(OrgId),
        discarded: row.discarded_at.map(time),
    })
}
