//! JSON shapes of agreements that several calls share.

use crate::{error::Result, names::Names};
use agreements::{
    Document, Lane, compare,
    treaty::{self, Treaty},
};
use base::{OrgKind, Refusal, Time};
use serde::{Deserialize, Serialize};
use storage::Tx;
use utoipa::ToSchema;

/// One version of an agreement.
#[derive(Serialize, ToSchema)]
pub struct Agreement {
    /// The agreement's id; its versions share it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// The hotline that is party.
    pub hotline: String,
    /// The LEA that is party.
    pub lea: String,
    /// draft, half_signed, signed, discarded, to_come, in_force, suspended or ended.
    pub status: &'static str,
    /// Whether it binds now.
    pub in_force: bool,
    /// From when, as the text says.
    pub valid_from: String,
    /// Until when, as the text says; null: open.
    pub valid_until: Option<String>,
    /// When the hotline signed.
    pub hotline_signed: Option<String>,
    /// When the LEA signed.
    pub lea_signed: Option<String>,
    /// When the secretariat countersigned.
    pub network_signed: Option<String>,
    /// From when it binds, once countersigned.
    pub live_from: Option<String>,
    /// Until when it binds, once countersigned: by its own end, or because a newer version takes its place then; null: open.
    pub live_until: Option<String>,
    /// Since when the agreement is suspended.
    pub suspended: Option<String>,
    /// Counts changes of the draft; send it back with a change or a signature.
    pub revision: i64,
    /// Its clauses.
    pub clauses: Vec<Clause>,
}

/// One clause in words.
#[derive(Serialize, ToSchema)]
pub struct Clause {
    /// Its number.
    pub clause: String,
    /// For which items, and what police get.
    pub sentence: String,
    /// Who tells the host.
    pub host_notice: String,
    /// What must be approved first.
    pub approval: String,
    /// Whether police may ask to leave content up.
    pub hold: String,
    /// Where police may pass things on.
    pub onward: String,
    /// Whether an outcome is owed, and how long things are kept.
    pub duty: String,
}

impl From<&Lane> for Clause {
    fn from(lane: &Lane) -> Self {
        Self {
            clause: lane.clause.clone(),
            sentence: lane.sentence(),
            host_notice: lane.notice_sentence(),
            approval: lane.approval_sentence(),
            hold: lane.hold_sentence(),
            onward: lane.onward_sentence(),
            duty: lane.duty_sentence(),
        }
    }
}

impl Agreement {
    /// A version with names.
    pub fn new(t: &Treaty, names: &Names, now: Time) -> Self {
        let said = |time: Option<Time>| time.map(|x| x.to_string());
        Self {
            id: t.id.to_string(),
            name: t.name.clone(),
            version: t.version,
            hotline: names.of(t.hotline),
            lea: names.of(t.lea),
            status: t.status(now).word(),
            in_force: t.in_force(now),
            valid_from: t.valid_from.to_string(),
            valid_until: said(t.valid_until),
            hotline_signed: said(t.hotline_signed),
            lea_signed: said(t.lea_signed),
            network_signed: said(t.network_signed),
            live_from: said(t.live.map(|(from, _)| from)),
            live_until: said(t.live.map(|(_, until)| until).filter(|until| until.micros() < i64::MAX)),
            suspended: said(t.suspended),
            revision: t.revision,
            clauses: t.document.lanes.iter().map(Into::into).collect(),
        }
    }
}

/// One version with its text and what a reader has to know of it.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// The version in words.
    #[serde(flatten)]
    pub agreement: Agreement,
    /// The text as data, as it is sent to draft one.
    #[schema(value_type = Object)]
    pub document: Document,
    /// Clauses that are for the same items, and which of them applies.
    pub overlaps: Vec<String>,
    /// What distinguishes it from the version before it that was countersigned; null where there is none.
    pub difference: Option<Difference>,
}

/// What distinguishes a text from an older one, in words.
#[derive(Serialize, ToSchema)]
pub struct Difference {
    /// The older version.
    pub from_version: i64,
    /// Clauses that only the new text has.
    pub added: Vec<String>,
    /// Clauses that only the old text has.
    pub removed: Vec<String>,
    /// Clauses that say something else.
    pub changed: Vec<Changed>,
    /// A kind of item of which police would get more; null where there is none.
    pub wider: Option<String>,
    /// A kind of item of which police would get less; null where there is none.
    pub narrower: Option<String>,
}

/// A clause that says something else.
#[derive(Serialize, ToSchema)]
pub struct Changed {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

impl Version {
    /// A version among all of its agreement, newest first.
    pub fn new(t: &Treaty, all: &[Treaty], names: &Names, now: Time) -> Self {
        let before = all.iter().find(|o| o.version < t.version && o.live.is_some());
        Self {
            agreement: Agreement::new(t, names, now),
            document: t.document.clone(),
            overlaps: t.document.overlaps().into_iter().map(|o| o.sentence).collect(),
            difference: before.map(|old| difference(old, t)),
        }
    }
}

fn difference(old: &Treaty, new: &Treaty) -> Difference {
    let found = compare::difference(&old.document, &new.document);
    Difference {
        from_version: old.version,
        added: found.added,
        removed: found.removed,
        changed: found.changed.into_iter().map(|c| Changed { before: c.before, after: c.after }).collect(),
        wider: found.wider,
        narrower: found.narrower,
    }
}

/// A version as it stands now, to answer with.
pub async fn version_now(tx: &Tx, id: base::AgreementId, version: i64) -> Result<Version> {
    let all = treaty::one(tx, id).await?;
    let found = all.iter().find(|t| t.version == version).ok_or(crate::Error::NOT_FOUND)?;
    Ok(Version::new(found, &all, &Names::read(tx).await?, tx.now()))
}

/// The text and time of a draft: the text either as data or as TOML.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTerms {
    /// The text as data.
    #[schema(value_type = Option<Object>)]
    document: Option<serde_json::Value>,
    /// The text as TOML.
    toml: Option<String>,
    /// From when, RFC 3339; at once when not given.
    valid_from: Option<String>,
    /// Until when, RFC 3339; open when not given.
    valid_until: Option<String>,
}

impl NewTerms {
    /// The terms that were sent; what they say is checked by who drafts.
    pub fn read(&self, now: Time) -> Result<treaty::Terms, Refusal> {
        let time = |field, text: &Option<String>| {
            let given = text.as_deref().map(str::trim).filter(|t| !t.is_empty());
            given.map(|t| t.parse::<Time>().map_err(|e| Refusal::new(field, "bad-time", e))).transpose()
        };
        let document = match (&self.document, &self.toml) {
            (Some(document), None) => Document::from_json(&document.to_string())?,
            (None, Some(toml)) => Document::from_toml(toml)?,
            (Some(_), Some(_)) | (None, None) => {
                let reason = "send the text once, as `document` or as `toml`";
                return Err(Refusal::new("document", "missing", reason));
            }
        };
        Ok(treaty::Terms {
            document,
            valid_from: time("valid_from", &self.valid_from)?.unwrap_or(now),
            valid_until: time("valid_until", &self.valid_until)?,
        })
    }
}

/// As what an organisation signs: hotline, lea or network.
pub fn party(text: Option<&str>) -> Result<Option<OrgKind>, Refusal> {
    let given = text.map(str::trim).filter(|t| !t.is_empty());
    given.map(|t| t.parse().map_err(|r: Refusal| Refusal::new("as", "unknown-party", r.reason))).transpose()
}

/// Why something is done; one line, at most 500 characters.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The reason.
    pub reason: String,
}

/// A version's number out of a route; anything else does not exist.
pub fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| crate::Error::NOT_FOUND)
}
