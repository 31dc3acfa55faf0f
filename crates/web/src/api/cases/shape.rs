//! JSON shapes of the inbox and of what a unit keeps about its cases.

use crate::api::shape::ListedCase;
use reports::{
    self as r,
    inbox::Ranked,
    team::{Done, Note},
    urgency::Reason,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A case, and what makes it stand where it does.
#[derive(Serialize, ToSchema)]
pub struct RankedCase {
    /// The case.
    #[serde(flatten)]
    pub case: ListedCase,
    /// Points by the unit's weights; age is not in them.
    pub points: i64,
    /// Why, what counts most first.
    pub reasons: Vec<Why>,
    /// When a hotline first received it.
    pub first_seen_at: String,
    /// The youngest age group in it.
    pub age_group: &'static str,
    /// Own cases that hold the very same files, this one included, counted up to 1,000; 0 where digests are not disclosed.
    pub alike: i64,
    /// Who works on it.
    pub assigned_to: Option<String>,
    /// Whether the caller has read it.
    pub read: bool,
}

/// One reason of urgency.
#[derive(Serialize, ToSchema)]
pub struct Why {
    /// new, known, age, baseline, several, self_generated, home or seen.
    pub reason: &'static str,
    /// For `age` the group.
    pub age_group: Option<&'static str>,
    /// For `seen` the number of own cases with the same file, counted up to 1,000.
    pub cases: Option<u32>,
    /// Points that it counts.
    pub points: i64,
}

impl From<&(Reason, i64)> for Why {
    fn from((reason, points): &(Reason, i64)) -> Self {
        let (word, age_group, cases) = match reason {
            Reason::New => ("new", None, None),
            Reason::Known => ("known", None, None),
            Reason::Age(age) => ("age", Some(age.word()), None),
            Reason::Baseline => ("baseline", None, None),
            Reason::Several => ("several", None, None),
            Reason::SelfGenerated => ("self_generated", None, None),
            Reason::Home => ("home", None, None),
            Reason::Seen(n) => ("seen", None, Some(*n)),
            Reason::Identified => ("identified", None, None),
        };
        Self { reason: word, age_group, cases, points: *points }
    }
}

impl From<&Ranked> for RankedCase {
    fn from(ranked: &Ranked) -> Self {
        Self {
            case: (&ranked.case).into(),
            points: ranked.points,
            reasons: ranked.reasons.iter().map(Into::into).collect(),
            first_seen_at: ranked.since.to_string(),
            age_group: ranked.age.word(),
            alike: ranked.alike,
            assigned_to: ranked.assigned.map(|p| p.to_string()),
            read: ranked.read,
        }
    }
}

/// A note on a case.
#[derive(Serialize, ToSchema)]
pub struct NoteShape {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Who reads it: private, unit or hotline.
    pub reach: &'static str,
    /// What it says.
    pub body: String,
    /// When.
    pub at: String,
    /// Id of the LEA that wrote it.
    pub lea: String,
}

impl From<&Note> for NoteShape {
    fn from(note: &Note) -> Self {
        Self {
            id: note.id.to_string(),
            author: note.author.clone(),
            reach: note.reach.word(),
            body: note.body.clone(),
            at: note.at.to_string(),
            lea: note.lea.to_string(),
        }
    }
}

/// With how many cases it was done.
#[derive(Serialize, ToSchema)]
pub struct DoneWith {
    /// So many.
    pub done: usize,
    /// Ids that are no case of the caller's unit.
    pub unknown: usize,
}

impl From<&Done> for DoneWith {
    fn from(done: &Done) -> Self {
        Self { done: done.done.len(), unknown: done.unknown }
    }
}

/// Somebody of the caller's unit.
#[derive(Serialize, ToSchema)]
pub struct ColleagueShape {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
}

impl From<&r::team::Colleague> for ColleagueShape {
    fn from(colleague: &r::team::Colleague) -> Self {
        Self { id: colleague.id.to_string(), name: colleague.name.clone() }
    }
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}
