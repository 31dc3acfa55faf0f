//! JSON shapes of hash lists. Digests are lower-case hexadecimal, PDQ 64 characters with the highest bit first.

use crate::names::Names;
use base::hex;
use exchange::sets::jsonl;
use hashlists as h;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A hash list, as its publisher or reader sees it.
#[derive(Serialize, ToSchema)]
pub struct HashList {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the organisation that publishes it.
    pub publisher: String,
    /// baseline, national or context.
    pub class: &'static str,
    /// For national: where it is illegal.
    pub country: Option<String>,
    /// By what rule something is on it.
    pub rule: String,
    /// The youngest victim is below this age, where the rule says so.
    pub age_below: Option<i64>,
    /// Bits by which a perceptual hash may differ, 0 to 31.
    pub max_distance: i64,
    /// The number of its last change.
    pub version: i64,
    /// What the caller may do with it: publisher, reader, or offered (accept the terms first).
    pub access: &'static str,
    /// Whether it may judge for the caller's hotline without a person.
    pub may_settle: bool,
    /// Since when nothing is settled by it.
    pub suspended_at: Option<String>,
    /// Why it settles nothing although nobody suspended it.
    pub guarded: Option<String>,
    /// When it was made.
    pub created_at: String,
}

/// The one spelling of what an organisation may do with a list.
pub const fn access(access: h::Access) -> &'static str {
    match access {
        h::Access::Publisher => "publisher",
        h::Access::Offered => "offered",
        h::Access::Reader { .. } => "reader",
    }
}

impl HashList {
    /// As the caller sees it.
    pub fn new(list: &h::List, as_what: h::Access, names: &Names) -> Self {
        Self {
            id: list.id.to_string(),
            name: list.name.clone(),
            publisher: names.of(list.publisher),
            class: list.class.word(),
            country: list.country.map(|c| c.to_string()),
            rule: list.rule.clone(),
            age_below: list.age_below,
            max_distance: list.max_distance,
            version: list.version,
            access: access(as_what),
            may_settle: matches!(as_what, h::Access::Publisher | h::Access::Reader { may_settle: true }),
            suspended_at: list.suspended.map(|t| t.to_string()),
            guarded: list.guarded.clone(),
            created_at: list.created_at.to_string(),
        }
    }
}

/// What one organisation may do with one list.
#[derive(Serialize, ToSchema)]
pub struct Terms {
    /// Their id.
    pub id: String,
    /// Id of the organisation that may read.
    pub organisation_id: String,
    /// Its name.
    pub organisation: String,
    /// Whether content may be settled by it without a person.
    pub may_settle: bool,
    /// When the publisher signed.
    pub offered_at: String,
    /// When the reader signed.
    pub accepted_at: Option<String>,
    /// When one of them ended it.
    pub ended_at: Option<String>,
}

impl Terms {
    /// As both parties see them.
    pub fn new(terms: &h::Terms, names: &Names) -> Self {
        Self {
            id: terms.id.to_string(),
            organisation_id: terms.org.to_string(),
            organisation: names.of(terms.org),
            may_settle: terms.may_settle,
            offered_at: terms.offered_at.to_string(),
            accepted_at: terms.accepted_at.map(|t| t.to_string()),
            ended_at: terms.ended_at.map(|t| t.to_string()),
        }
    }
}

/// An entry as it is now.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Where the publisher has it from; empty: the publisher itself.
    pub source: String,
    /// Its id there.
    pub source_id: String,
    /// baseline, national or context.
    pub class: &'static str,
    /// Age group, where it says.
    pub age_group: &'static str,
    /// Gender, where it says.
    pub gender: &'static str,
    /// The whole record, with digests, PDQ and opaque fingerprints: one object of our JSON Lines format.
    #[schema(value_type = Object)]
    pub record: serde_json::Value,
    /// PDQ of a video's frames.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// The change that added it.
    pub added: i64,
    /// Its last change.
    pub changed: i64,
    /// That it was withdrawn: what it settled is open again.
    pub withdrawn: Option<Withdrawn>,
    /// When it was added.
    pub added_at: String,
    /// When it last changed.
    pub changed_at: String,
}

/// One frame of a video.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// 64 hexadecimal characters.
    pub pdq: String,
    /// 0 to 100.
    pub quality: Option<u8>,
}

/// That an entry was withdrawn.
#[derive(Serialize, ToSchema)]
pub struct Withdrawn {
    /// The change that did it.
    pub version: i64,
    /// Why.
    pub why: String,
}

impl From<&h::Entry> for Entry {
    fn from(entry: &h::Entry) -> Self {
        let frame = |f: &h::Pdq| Frame { pdq: hex(&f.bits), quality: f.quality };
        Self {
            id: entry.id.to_string(),
            source: entry.source.clone(),
            source_id: entry.source_id.clone(),
            class: entry.says.class.word(),
            age_group: entry.says.age_group.word(),
            gender: entry.says.gender.word(),
            record: serde_json::from_str(&jsonl::line(&entry.record)).unwrap_or_default(),
            frames: entry.hashes.frames.iter().map(frame).collect(),
            added: entry.added,
            changed: entry.changed,
            withdrawn: entry.withdrawn.as_ref().map(|(version, why)| Withdrawn { version: *version, why: why.clone() }),
            added_at: entry.added_at.to_string(),
            changed_at: entry.changed_at.to_string(),
        }
    }
}

/// One organisation's word on an entry.
#[derive(Serialize, ToSchema)]
pub struct Vote {
    /// Its id.
    pub id: String,
    /// The entry.
    pub entry_id: String,
    /// Name of who says it.
    pub organisation: String,
    /// confirm or dispute.
    pub vote: &'static str,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: String,
    /// What the publisher answered: withdrawn or stays.
    pub answer: Option<&'static str>,
    /// Why.
    pub answer_reason: Option<String>,
    /// When.
    pub answered_at: Option<String>,
}

impl Vote {
    /// As voter and publisher see it.
    pub fn new(vote: &h::Vote, names: &Names) -> Self {
        let answer = vote.answer.as_ref();
        Self {
            id: vote.id.to_string(),
            entry_id: vote.entry.to_string(),
            organisation: names.of(vote.org),
            vote: vote.word.word(),
            reason: vote.reason.clone(),
            at: vote.at.to_string(),
            answer: answer.map(|(word, ..)| word.word()),
            answer_reason: answer.and_then(|(_, why, _)| why.clone()),
            answered_at: answer.map(|(.., at)| at.to_string()),
        }
    }
}

/// Hashes of one file.
#[derive(Serialize, ToSchema)]
pub struct Hashes {
    /// 32 hexadecimal characters.
    pub md5: Option<String>,
    /// 40.
    pub sha1: Option<String>,
    /// 64.
    pub sha256: Option<String>,
    /// 64.
    pub pdq: Option<String>,
    /// 0 to 100.
    pub pdq_quality: Option<u8>,
    /// PDQ hashes of a video's frames; how many.
    pub frames: usize,
}

impl From<&h::Hashes> for Hashes {
    fn from(hashes: &h::Hashes) -> Self {
        let h::Digests { md5, sha1, sha256 } = &hashes.digests;
        Self {
            md5: md5.as_ref().map(|d| hex(d)),
            sha1: sha1.as_ref().map(|d| hex(d)),
            sha256: sha256.as_ref().map(|d| hex(d)),
            pdq: hashes.pdq.map(|p| hex(&p.bits)),
            pdq_quality: hashes.pdq.and_then(|p| p.quality),
            frames: hashes.frames.len(),
        }
    }
}

/// Content that a hotline's agreement lets the exchange offer to a publisher.
#[derive(Serialize, ToSchema)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// Name of the hotline.
    pub organisation: String,
    /// baseline, national or context.
    pub class: &'static str,
    /// Age group.
    pub age_group: &'static str,
    /// Gender.
    pub gender: &'static str,
    /// Its hashes.
    pub hashes: Hashes,
    /// waiting, accepted or declined.
    pub state: &'static str,
    /// When it was offered.
    pub at: String,
    /// When it was answered.
    pub answered_at: Option<String>,
    /// The entry it became.
    pub entry_id: Option<String>,
}

impl Candidate {
    /// As the publisher and the hotline see it.
    pub fn new(candidate: &h::Candidate, names: &Names) -> Self {
        Self {
            id: candidate.id.to_string(),
            organisation: names.of(candidate.org),
            class: candidate.says.class.word(),
            age_group: candidate.says.age_group.word(),
            gender: candidate.says.gender.word(),
            hashes: (&candidate.hashes).into(),
            state: candidate.state.word(),
            at: candidate.at.to_string(),
            answered_at: candidate.answered_at.map(|t| t.to_string()),
            entry_id: candidate.entry.map(|e| e.to_string()),
        }
    }
}

/// What became of rows.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// Rows read.
    pub lines: i64,
    /// New entries.
    pub added: i64,
    /// Entries that say something else now.
    pub changed: i64,
    /// Rows that changed nothing.
    pub same: i64,
    /// Rows refused.
    pub refused: i64,
    /// Entries withdrawn.
    pub withdrawn: i64,
}

impl From<h::Counts> for Counts {
    fn from(counts: h::Counts) -> Self {
        let h::Counts { lines, added, changed, same, refused, withdrawn } = counts;
        Self { lines, added, changed, same, refused, withdrawn }
    }
}

/// One import into a list.
#[derive(Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// vics, csv, jsonl, text, hashdeep, nsrl or icse; for a subscription, what is spoken there.
    pub format: String,
    /// Name of the file or server.
    pub name: String,
    /// What tells that it is the same input when it is sent again.
    pub fingerprint: String,
    /// running, done, failed, undoing or undone.
    pub state: &'static str,
    /// What became of its rows so far.
    pub rows: Counts,
    /// Why it failed.
    pub trouble: Option<String>,
    /// When it began.
    pub started_at: String,
    /// When it last took rows.
    pub changed_at: String,
}

impl From<&h::Import> for Import {
    fn from(import: &h::Import) -> Self {
        Self {
            id: import.id.to_string(),
            format: import.form.clone(),
            name: import.name.clone(),
            fingerprint: import.fingerprint.clone(),
            state: import.state.word(),
            rows: import.counts.into(),
            trouble: import.trouble.clone(),
            started_at: import.started_at.to_string(),
            changed_at: import.changed_at.to_string(),
        }
    }
}

/// A row that was refused.
#[derive(Serialize, ToSchema)]
pub struct Refused {
    /// Line or row number in the input, from 1.
    pub line: i64,
    /// Field as the input names it.
    pub field: String,
    /// Stable name of the rule.
    pub rule: String,
    /// A sentence.
    pub reason: String,
}

impl From<&h::Refused> for Refused {
    fn from(refused: &h::Refused) -> Self {
        let h::Refused { line, field, rule, reason } = refused;
        Self { line: *line, field: field.clone(), rule: rule.clone(), reason: reason.clone() }
    }
}

/// A list that is filled from another server. The credential is never shown.
#[derive(Serialize, ToSchema)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// cport or hash_sharing.
    pub kind: &'static str,
    /// Where.
    pub url: String,
    /// Whether a user name and password are kept, sealed.
    pub has_credential: bool,
    /// Seconds between two fetches.
    pub every_seconds: i64,
    /// When it is due.
    pub due_at: String,
    /// When it last worked.
    pub fetched_at: Option<String>,
    /// How often in a row it failed.
    pub failures: i64,
    /// Why, the last time.
    pub last_error: Option<String>,
    /// When it was ended.
    pub ended_at: Option<String>,
}

impl From<&h::Subscription> for Subscription {
    fn from(s: &h::Subscription) -> Self {
        Self {
            id: s.id.to_string(),
            kind: s.kind.word(),
            url: s.url.clone(),
            has_credential: s.credential.is_some(),
            every_seconds: s.every_seconds,
            due_at: s.due_at.to_string(),
            fetched_at: s.fetched_at.map(|t| t.to_string()),
            failures: s.failures,
            last_error: s.last_error.clone(),
            ended_at: s.ended_at.map(|t| t.to_string()),
        }
    }
}

/// Why something is done; one line, at most 500 characters.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// The reason.
    pub why: String,
}
