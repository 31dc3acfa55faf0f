//! Votes on fingerprints: as they stand in an entry, and as a member submits one.

use super::{FORMAT, Fingerprint, NAMESPACE, root, unexpected};
use crate::{
    Limits,
    xml::{Draft, Element},
};
use base::Refusal;
use hashlists::{Member, Record};
use serde_json::Value;

/// One member's vote on one fingerprint of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vote {
    /// What it is on, as the entry says it, such as `Md5`.
    pub kind: String,
    /// Who gave it.
    pub member: Member,
    /// Why it should not be there: name and id of the reason; `None` for approval.
    pub against: Option<(String, String)>,
    /// When, as the entry says it.
    pub at: Option<String>,
}

impl Vote {
    /// The votes that were read with a record.
    pub fn of(record: &Record) -> Vec<Self> {
        let votes = record.rest.get(FORMAT, "feedback").and_then(Value::as_array);
        votes.into_iter().flatten().filter_map(Self::from_value).collect()
    }

    /// Puts votes beside a record, in place of those it had.
    pub fn keep(record: &mut Record, votes: &[Self]) {
        record.rest.take(FORMAT, "feedback");
        if !votes.is_empty() {
            record.rest.keep(FORMAT, "feedback", votes.iter().map(Self::value).collect());
        }
    }

    fn value(&self) -> Value {
        let mut members = serde_json::Map::new();
        let mut state = |name: &str, text: &str| members.insert(name.to_owned(), Value::from(text));
        state("kind", &self.kind);
        state("member", &self.member.id);
        state("name", &self.member.name);
        if let Some((reason, guid)) = &self.against {
            state("reason", reason);
            state("guid", guid);
        }
        if let Some(at) = &self.at {
            state("at", at);
        }
        Value::Object(members)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let member = Member { id: text("member")?, name: text("name").unwrap_or_default() };
        let against = text("guid").map(|guid| (text("reason").unwrap_or_default(), guid));
        Some(Self { kind: text("kind")?, member, against, at: text("at") })
    }
}

/// Reads an entry's `feedback`. What is not of the documented shape is passed over: a vote is an opinion, not the entry.
pub fn read(feedback: &Element) -> Vec<Vote> {
    let mut votes = Vec::new();
    for sentiment in &feedback.children {
        let kind = sentiment.tag.attribute("type").unwrap_or_default();
        match sentiment.tag.name.as_str() {
            "affirmativeFeedback" => {
                sentiment.child("members").into_iter().for_each(|m| take(&mut votes, kind, None, m))
            }
            "negativeFeedback" => {
                // Pairs: a reason, then who gave it.
                let mut reason = None;
                for part in sentiment.child("reasons").map(|r| r.children.as_slice()).unwrap_or_default() {
                    let text = |name| part.tag.attribute(name).unwrap_or_default().to_owned();
                    match part.tag.name.as_str() {
                        "reason" => reason = Some((text("name"), text("guid"))),
                        "members" if reason.is_some() => take(&mut votes, kind, reason.take(), part),
                        _ => (),
                    }
                }
            }
            _ => (),
        }
    }
    votes
}

fn take(votes: &mut Vec<Vote>, kind: &str, against: Option<(String, String)>, members: &Element) {
    let at = members.tag.attribute("timestamp").map(str::to_owned);
    for member in members.children.iter().filter(|m| m.tag.name == "member") {
        let id = member.tag.attribute("id").unwrap_or_default().to_owned();
        let member = Member { id, name: member.text.clone() };
        votes.push(Vote { kind: kind.to_owned(), member, against: against.clone(), at: at.clone() });
    }
}

/// Writes votes as an entry's `feedback`.
pub fn write(draft: &mut Draft, votes: &[Vote]) {
    if votes.is_empty() {
        return;
    }
    let latest = votes.iter().filter_map(|v| v.at.as_deref()).max();
    let attribute = latest.map(|at| ("lastUpdateTimestamp", at));
    draft.open("feedback", attribute.as_slice());
    let mut kinds: Vec<&str> = votes.iter().map(|v| v.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of_kind = || votes.iter().filter(move |v| v.kind == kind);
        let approving: Vec<&Vote> = of_kind().filter(|v| v.against.is_none()).collect();
        if !approving.is_empty() {
            draft.open("affirmativeFeedback", &[("type", kind)]);
            members(draft, &approving);
            draft.close("affirmativeFeedback");
        }
        let mut reasons: Vec<&(String, String)> = of_kind().filter_map(|v| v.against.as_ref()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        if !reasons.is_empty() {
            draft.open("negativeFeedback", &[("type", kind)]).open("reasons", &[]);
            for reason in reasons {
                draft.empty("reason", &[("guid", &reason.1), ("name", &reason.0), ("type", kind)]);
                members(draft, &of_kind().filter(|v| v.against.as_ref() == Some(reason)).collect::<Vec<_>>());
            }
            draft.close("reasons").close("negativeFeedback");
        }
    }
    draft.close("feedback");
}

fn members(draft: &mut Draft, votes: &[&Vote]) {
    let latest = votes.iter().filter_map(|v| v.at.as_deref()).max();
    draft.open("members", latest.map(|at| ("timestamp", at)).as_slice());
    for vote in votes {
        super::about::member(draft, &vote.member);
    }
    draft.close("members");
}

/// The body with which a member votes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Submission {
    /// It belongs there.
    Affirmative,
    /// It does not, for reasons by their ids.
    Negative(Vec<String>),
}

/// Reads a `feedbackSubmission`.
pub fn read_submission(bytes: &[u8], limits: &Limits) -> Result<Submission, Refusal> {
    let root = root(bytes, limits)?;
    if root.tag.name != "feedbackSubmission" {
        return Err(unexpected("feedbackSubmission"));
    }
    let guids = |negative: &Element| -> Vec<String> {
        let ids = negative.child("reasonIds").map(|r| r.children.as_slice()).unwrap_or_default();
        ids.iter().filter(|i| i.tag.name == "guid" && !i.text.is_empty()).map(|i| i.text.clone()).collect()
    };
    match (root.child("affirmative"), root.child("negative").map(guids)) {
        (Some(_), None) => Ok(Submission::Affirmative),
        (None, Some(guids)) if !guids.is_empty() => Ok(Submission::Negative(guids)),
        (None, Some(_)) => Err(Refusal::new("reasonIds", "missing", "a vote against needs a reason's guid")),
        _ => Err(Refusal::new("feedbackSubmission", "malformed", "a vote is either affirmative or negative")),
    }
}

/// Writes a `feedbackSubmission`.
pub fn submission(submission: &Submission) -> String {
    let mut draft = Draft::new("feedbackSubmission", NAMESPACE);
    match submission {
        Submission::Affirmative => _ = draft.empty("affirmative", &[]),
        Submission::Negative(guids) => {
            draft.open("negative", &[]).open("reasonIds", &[]);
            guids.iter().for_each(|guid| _ = draft.text("guid", &[], guid));
            draft.close("reasonIds").close("negative");
        }
    }
    draft.finish("feedbackSubmission")
}

impl Fingerprint {
    /// Whether a vote is on this fingerprint.
    pub fn is_of(self, vote: &Vote) -> bool {
        Self::parse(&vote.kind) == Some(self)
    }
}
