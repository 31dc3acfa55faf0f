//! What is done in this room, in the words of the log.

use audit::{Subject, Verb};
use base::{CandidateId, HashId, ImportId, ListId, OrgId, SubscriptionId, TermsId, Time, VoteId};

/// An act of this room.
#[derive(Clone, Debug)]
pub enum Act {
    /// A list was made.
    Created(ListId),
    /// The rule, age or distance of a list was changed.
    Changed(ListId),
    /// A publisher stopped its list from settling anything, and why.
    Suspended(ListId, String),
    /// A suspended list settles again.
    Resumed(ListId),
    /// The exchange stopped a list that hits too much.
    Guarded(ListId, OrgId),
    /// Somebody asked whether a list hits nearly everything.
    Weighed(ListId),
    /// A publisher offered terms to an organisation.
    Offered(TermsId, ListId, OrgId),
    /// The reader accepted them.
    Accepted(TermsId, ListId),
    /// One of them ended them.
    Ended(TermsId, ListId),
    /// Entries were written by hand or from candidates: how many.
    EntriesWritten(ListId, i64, i64),
    /// An entry was withdrawn, and why.
    Withdrawn(HashId, ListId, String),
    /// An organisation said a word on an entry.
    Voted(VoteId, HashId),
    /// A publisher answered a dispute.
    VoteAnswered(VoteId, HashId, bool),
    /// Somebody looked at votes.
    VotesRead(ListId),
    /// A publisher answered candidates: accepted, declined.
    CandidatesAnswered(ListId, i64, i64),
    /// A hotline's content was offered to a list, on its behalf.
    CandidateOffered(CandidateId, ListId, OrgId),
    /// Somebody looked at candidates.
    CandidatesRead(ListId),
    /// Somebody looked at what their own organisation offered to lists.
    OwnCandidatesRead,
    /// An import began.
    ImportBegun(ImportId, ListId),
    /// An import took rows.
    ImportTook(ImportId, crate::Counts),
    /// An import ended.
    ImportEnded(ImportId, ListId),
    /// Somebody asked to take back what an import changed, and why.
    ImportUndone(ImportId, String),
    /// Some of it was taken back; how many entries.
    ImportTakenBack(ImportId, i64, OrgId),
    /// Somebody looked at imports.
    ImportsRead(ListId),
    /// A subscription was made, changed or ended.
    SubscriptionSet(SubscriptionId, ListId),
    /// A subscription was fetched; whether that failed.
    SubscriptionFetched(SubscriptionId, bool, OrgId),
    /// Somebody looked at subscriptions.
    SubscriptionsRead(ListId),
    /// Somebody looked at the lists they may know.
    ListsRead,
    /// Somebody looked at one list.
    ListRead(ListId),
    /// Somebody read entries of a list, from which change on.
    EntriesRead(ListId, i64),
    /// Somebody read entries of every list they may read, changed from a time on: how many.
    EntriesReadSince(Time, usize),
    /// Somebody asked what lists know of some hashes: how many, and how many were known.
    Asked(usize, usize),
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Created(_) => "list.created",
            Self::Changed(_) => "list.changed",
            Self::Suspended(..) => "list.suspended",
            Self::Resumed(_) => "list.resumed",
            Self::Guarded(..) => "list.guarded",
            Self::Weighed(_) => "list.weighed",
            Self::Offered(..) => "terms.offered",
            Self::Accepted(..) => "terms.accepted",
            Self::Ended(..) => "terms.ended",
            Self::EntriesWritten(..) => "entries.written",
            Self::Withdrawn(..) => "entry.withdrawn",
            Self::Voted(..) => "entry.voted",
            Self::VoteAnswered(..) => "vote.answered",
            Self::VotesRead(_) => "votes.read",
            Self::CandidatesAnswered(..) => "candidates.answered",
            Self::CandidateOffered(..) => "candidate.offered",
            Self::CandidatesRead(_) | Self::OwnCandidatesRead => "candidates.read",
            Self::ImportBegun(..) => "import.begun",
            Self::ImportTook(..) => "import.took",
            Self::ImportEnded(..) => "import.ended",
            Self::ImportUndone(..) => "import.undone",
            Self::ImportTakenBack(..) => "import.taken_back",
            Self::ImportsRead(_) => "imports.read",
            Self::SubscriptionSet(..) => "subscription.set",
            Self::SubscriptionFetched(..) => "subscription.fetched",
            Self::SubscriptionsRead(_) => "subscriptions.read",
            Self::ListsRead => "lists.read",
            Self::ListRead(_) => "list.read",
            Self::EntriesRead(..) | Self::EntriesReadSince(..) => "entries.read",
            Self::Asked(..) => "hashes.asked",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Created(_)
            | Self::EntriesWritten(..)
            | Self::ImportBegun(..)
            | Self::ImportTook(..)
            | Self::ImportEnded(..)
            | Self::SubscriptionFetched(..) => Verb::Collect,
            Self::Changed(_)
            | Self::Suspended(..)
            | Self::Resumed(_)
            | Self::Guarded(..)
            | Self::Ended(..)
            | Self::Withdrawn(..)
            | Self::Voted(..)
            | Self::VoteAnswered(..)
            | Self::CandidatesAnswered(..)
            | Self::ImportUndone(..)
            | Self::ImportTakenBack(..)
            | Self::SubscriptionSet(..)
            | Self::Accepted(..) => Verb::Alter,
            Self::Offered(..) | Self::CandidateOffered(..) => Verb::Disclose,
            Self::Weighed(_) => Verb::Combine,
            Self::VotesRead(_)
            | Self::CandidatesRead(_)
            | Self::OwnCandidatesRead
            | Self::ImportsRead(_)
            | Self::SubscriptionsRead(_)
            | Self::ListsRead
            | Self::ListRead(_)
            | Self::EntriesRead(..)
            | Self::EntriesReadSince(..)
            | Self::Asked(..) => Verb::Consult,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Created(list)
            | Self::Changed(list)
            | Self::Suspended(list, _)
            | Self::Resumed(list)
            | Self::Guarded(list, _)
            | Self::Weighed(list)
            | Self::EntriesWritten(list, ..)
            | Self::VotesRead(list)
            | Self::CandidatesAnswered(list, ..)
            | Self::CandidatesRead(list)
            | Self::ImportsRead(list)
            | Self::SubscriptionsRead(list)
            | Self::ListRead(list)
            | Self::EntriesRead(list, _) => Subject::one("list", list.0),
            Self::Offered(terms, ..) | Self::Accepted(terms, _) | Self::Ended(terms, _) => {
                Subject::one("terms", terms.0)
            }
            Self::Withdrawn(entry, ..) => Subject::one("entry", entry.0),
            Self::Voted(vote, _) | Self::VoteAnswered(vote, ..) => Subject::one("vote", vote.0),
            Self::CandidateOffered(candidate, ..) => Subject::one("candidate", candidate.0),
            Self::ImportBegun(import, _)
            | Self::ImportTook(import, _)
            | Self::ImportEnded(import, _)
            | Self::ImportUndone(import, _)
            | Self::ImportTakenBack(import, ..) => Subject::one("import", import.0),
            Self::SubscriptionSet(subscription, _) | Self::SubscriptionFetched(subscription, ..) => {
                Subject::one("subscription", subscription.0)
            }
            Self::ListsRead => Subject::list("lists"),
            Self::EntriesReadSince(..) => Subject::list("entries"),
            Self::OwnCandidatesRead => Subject::list("candidates"),
            Self::Asked(..) => Subject::list("hashes"),
        }
    }

    fn purpose(&self) -> Option<&str> {
        match self {
            Self::Suspended(_, why) | Self::Withdrawn(.., why) | Self::ImportUndone(_, why) => Some(why),
            _ => None,
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        use serde_json::json;
        match self {
            Self::Offered(_, list, org) => Some(json!({ "list": list, "to": org })),
            Self::Accepted(_, list) | Self::Ended(_, list) | Self::Withdrawn(_, list, _) => {
                Some(json!({ "list": list }))
            }
            Self::EntriesWritten(_, added, changed) => Some(json!({ "added": added, "changed": changed })),
            Self::Voted(_, entry) => Some(json!({ "entry": entry })),
            Self::VoteAnswered(_, entry, withdrawn) => Some(json!({ "entry": entry, "withdrawn": withdrawn })),
            Self::CandidatesAnswered(_, accepted, declined) => {
                Some(json!({ "accepted": accepted, "declined": declined }))
            }
            Self::CandidateOffered(_, list, _)
            | Self::ImportBegun(_, list)
            | Self::ImportEnded(_, list)
            | Self::SubscriptionSet(_, list) => Some(json!({ "list": list })),
            Self::ImportTook(_, counts) => Some(json!(counts)),
            Self::ImportTakenBack(_, entries, _) => Some(json!({ "entries": entries })),
            Self::SubscriptionFetched(_, failed, _) => Some(json!({ "failed": failed })),
            Self::EntriesRead(_, from) => Some(json!({ "from": from })),
            Self::EntriesReadSince(from, entries) => Some(json!({ "since": from.to_string(), "entries": entries })),
            Self::Asked(hashes, known) => Some(json!({ "hashes": hashes, "known": known })),
            _ => None,
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::Guarded(_, org)
            | Self::CandidateOffered(.., org)
            | Self::ImportTakenBack(.., org)
            | Self::SubscriptionFetched(.., org) => Some(*org),
            _ => None,
        }
    }
}
