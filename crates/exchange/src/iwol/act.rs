//! What is done about the block list, in the words of the log.

use audit::{Subject, Verb};
use base::{ComplaintId, ItemId, ProposalId, ReviewId};

/// An act of this room.
#[derive(Clone, Debug)]
pub enum Act {
    /// Somebody looked at domains on which evidence has accumulated.
    CandidatesRead,
    /// Somebody held the criteria against a domain.
    Checked,
    /// Somebody looked at proposals.
    ProposalsRead,
    /// Somebody looked at one proposal.
    ProposalRead(ProposalId),
    /// Somebody looked at what waits for their agency.
    ReviewsRead,
    /// A reviewer looked at a proposal.
    ReviewRead(ProposalId),
    /// Somebody opened the picture of a page, and why.
    PictureOpened(ProposalId, String),
    /// Somebody looked at the list, or at a domain's history.
    ListRead,
    /// Somebody looked at what waits for INTERPOL.
    TasksRead,
    /// Somebody looked at complaints.
    ComplaintsRead,
    /// What is known of an item on a domain was noted, or taken back.
    EvidenceNoted(ItemId, bool),
    /// A domain was proposed.
    Proposed(ProposalId),
    /// A new version was made.
    Edited(ProposalId, i64),
    /// INTERPOL said who reviews it: how many.
    Assigned(ProposalId, usize),
    /// A reviewer has looked at the evidence.
    EvidenceSeen(ProposalId),
    /// An agency's person said a word on it.
    WordSaid(ReviewId, ProposalId, &'static str),
    /// A word was counted; by which rule not, where not.
    WordCounted(ReviewId, ProposalId, Option<&'static str>),
    /// A domain was listed; whose word it was, if the machinery counted it.
    Listed(ProposalId, i64),
    /// INTERPOL gave the extra confirmation, and why.
    Meant(ProposalId, String),
    /// INTERPOL closed it, and why.
    Closed(ProposalId, String),
    /// Somebody asked that a domain be removed, and why.
    RemovalAsked(ProposalId, String),
    /// It is kept against that, and why.
    Kept(ProposalId, String),
    /// A domain was removed, and why.
    Removed(ProposalId, String),
    /// A domain was withdrawn at once, and why.
    Withdrawn(ProposalId, String),
    /// Another person stood by that.
    Seconded(ProposalId),
    /// A listing was looked at on its schedule: in a word, what came of it.
    Followed(ProposalId, &'static str),
    /// A complaint came in.
    Complained(ComplaintId),
    /// Somebody asked by their code what became of a complaint.
    ComplaintAsked,
    /// A complaint was decided, and why.
    ComplaintDecided(ComplaintId, &'static str, String),
    /// A queued step had nothing to do any more.
    NotNeeded,
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::CandidatesRead => "domains.candidates_read",
            Self::Checked => "domain.checked",
            Self::ProposalsRead => "domains.proposals_read",
            Self::ProposalRead(_) => "domain.proposal_read",
            Self::ReviewsRead => "domains.reviews_read",
            Self::ReviewRead(_) => "domain.review_read",
            Self::PictureOpened(..) => "domain.picture_opened",
            Self::ListRead => "domains.read",
            Self::TasksRead => "domains.tasks_read",
            Self::ComplaintsRead => "domains.complaints_read",
            Self::EvidenceNoted(_, true) => "domain.evidence_noted",
            Self::EvidenceNoted(_, false) => "domain.evidence_withdrawn",
            Self::Proposed(_) => "domain.proposed",
            Self::Edited(..) => "domain.edited",
            Self::Assigned(..) => "domain.assigned",
            Self::EvidenceSeen(_) => "domain.evidence_seen",
            Self::WordSaid(..) => "domain.word_said",
            Self::WordCounted(..) => "domain.word_counted",
            Self::Listed(..) => "domain.listed",
            Self::Meant(..) => "domain.meant",
            Self::Closed(..) => "domain.closed",
            Self::RemovalAsked(..) => "domain.removal_asked",
            Self::Kept(..) => "domain.kept",
            Self::Removed(..) => "domain.removed",
            Self::Withdrawn(..) => "domain.withdrawn",
            Self::Seconded(_) => "domain.seconded",
            Self::Followed(..) => "domain.followed",
            Self::Complained(_) => "domain.complained",
            Self::ComplaintAsked => "domain.complaint_asked",
            Self::ComplaintDecided(..) => "domain.complaint_decided",
            Self::NotNeeded => "domain.not_needed",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::CandidatesRead
            | Self::Checked
            | Self::ProposalsRead
            | Self::ProposalRead(_)
            | Self::ReviewsRead
            | Self::ReviewRead(_)
            | Self::PictureOpened(..)
            | Self::ListRead
            | Self::TasksRead
            | Self::ComplaintsRead
            | Self::ComplaintAsked => Verb::Consult,
            Self::EvidenceNoted(_, true) | Self::Complained(_) => Verb::Collect,
            Self::EvidenceNoted(_, false)
            | Self::Edited(..)
            | Self::EvidenceSeen(_)
            | Self::WordSaid(..)
            | Self::WordCounted(..)
            | Self::Listed(..)
            | Self::Meant(..)
            | Self::Closed(..)
            | Self::RemovalAsked(..)
            | Self::Kept(..)
            | Self::Removed(..)
            | Self::Withdrawn(..)
            | Self::Seconded(_)
            | Self::Followed(..)
            | Self::ComplaintDecided(..)
            | Self::NotNeeded => Verb::Alter,
            Self::Proposed(_) => Verb::Combine,
            Self::Assigned(..) => Verb::Disclose,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::CandidatesRead
            | Self::Checked
            | Self::ProposalsRead
            | Self::ReviewsRead
            | Self::ListRead
            | Self::TasksRead
            | Self::ComplaintsRead
            | Self::ComplaintAsked
            | Self::NotNeeded => Subject::list("domains"),
            Self::EvidenceNoted(item, _) => Subject::one("item", item.0),
            Self::Complained(id) | Self::ComplaintDecided(id, ..) => Subject::one("complaint", id.0),
            Self::ProposalRead(id)
            | Self::ReviewRead(id)
            | Self::PictureOpened(id, _)
            | Self::Proposed(id)
            | Self::Edited(id, _)
            | Self::Assigned(id, _)
            | Self::EvidenceSeen(id)
            | Self::WordSaid(_, id, _)
            | Self::WordCounted(_, id, _)
            | Self::Listed(id, _)
            | Self::Meant(id, _)
            | Self::Closed(id, _)
            | Self::RemovalAsked(id, _)
            | Self::Kept(id, _)
            | Self::Removed(id, _)
            | Self::Withdrawn(id, _)
            | Self::Seconded(id)
            | Self::Followed(id, _) => Subject::one("proposal", id.0),
        }
    }

    fn purpose(&self) -> Option<&str> {
        match self {
            Self::PictureOpened(_, why)
            | Self::Meant(_, why)
            | Self::Closed(_, why)
            | Self::RemovalAsked(_, why)
            | Self::Kept(_, why)
            | Self::Removed(_, why)
            | Self::Withdrawn(_, why)
            | Self::ComplaintDecided(_, _, why) => Some(why),
            _ => None,
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        use serde_json::json;
        match self {
            Self::Edited(_, version) => Some(json!({ "version": version })),
            Self::Assigned(_, agencies) => Some(json!({ "agencies": agencies })),
            Self::WordSaid(word, _, said) => Some(json!({ "review": word, "word": said })),
            Self::WordCounted(word, _, refused) => Some(json!({ "review": word, "refused": refused })),
            Self::Listed(_, serial) => Some(json!({ "serial": serial })),
            Self::Followed(_, came) => Some(json!({ "came": came })),
            Self::ComplaintDecided(_, word, _) => Some(json!({ "decision": word })),
            _ => None,
        }
    }
}
