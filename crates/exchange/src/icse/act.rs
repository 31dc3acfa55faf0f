//! What is done about deliveries to victim identification, in the words of the log.

use audit::{Subject, Verb};
use base::{DispatchId, ItemId, OrgId, ParcelId, ReleaseId};

/// An act on the link.
#[derive(Clone, Debug)]
pub enum Act {
    /// What is to be told of an item was queued, or not.
    Planned(ItemId, &'static str),
    /// Dispatches were put into a parcel: how many, and how many could not be.
    Packed(ParcelId, usize, usize),
    /// A parcel was taken apart before it left.
    Unpacked(ParcelId),
    /// An item was handed to the link.
    Sent {
        /// The dispatch.
        dispatch: DispatchId,
        /// The item.
        item: ItemId,
        /// The hotline whose clause lets it go on.
        by: OrgId,
    },
    /// A parcel was handed over, or could not be.
    Left(ParcelId, &'static str),
    /// Answers were taken in: how many, how many said something new, how many fit nothing.
    AnswersTaken(usize, usize, usize),
    /// Somebody looked at the link.
    LinkRead,
    /// Somebody looked at dispatches.
    DispatchesRead,
    /// Somebody wants a dispatch tried again.
    Retried(DispatchId),
    /// Somebody proposed that evidence may leave, and why.
    ReleaseProposed(ReleaseId, String),
    /// Somebody confirmed it.
    Released(ReleaseId),
    /// Somebody ended that, and why.
    ReleaseEnded(ReleaseId, String),
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Planned(..) => "dispatch.planned",
            Self::Packed(..) => "parcel.packed",
            Self::Unpacked(_) => "parcel.unpacked",
            Self::Sent { .. } => "item.sent_on",
            Self::Left(..) => "parcel.left",
            Self::AnswersTaken(..) => "link.answers_taken",
            Self::LinkRead => "link.read",
            Self::DispatchesRead => "dispatches.read",
            Self::Retried(_) => "dispatch.retried",
            Self::ReleaseProposed(..) => "release.proposed",
            Self::Released(_) => "release.confirmed",
            Self::ReleaseEnded(..) => "release.ended",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Sent { .. } => Verb::Disclose,
            Self::Packed(..) => Verb::Combine,
            Self::LinkRead | Self::DispatchesRead => Verb::Consult,
            Self::Planned(..)
            | Self::Unpacked(_)
            | Self::Left(..)
            | Self::AnswersTaken(..)
            | Self::Retried(_)
            | Self::ReleaseProposed(..)
            | Self::Released(_)
            | Self::ReleaseEnded(..) => Verb::Alter,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Planned(item, _) | Self::Sent { item, .. } => Subject::one("item", item.0),
            Self::Packed(parcel, ..) | Self::Unpacked(parcel) | Self::Left(parcel, _) => {
                Subject::one("parcel", parcel.0)
            }
            Self::AnswersTaken(..) | Self::LinkRead => Subject::list("link"),
            Self::DispatchesRead => Subject::list("dispatches"),
            Self::Retried(dispatch) => Subject::one("dispatch", dispatch.0),
            Self::ReleaseProposed(id, _) | Self::Released(id) | Self::ReleaseEnded(id, _) => {
                Subject::one("release", id.0)
            }
        }
    }

    fn purpose(&self) -> Option<&str> {
        match self {
            Self::ReleaseProposed(_, why) | Self::ReleaseEnded(_, why) => Some(why),
            _ => None,
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        use serde_json::json;
        match self {
            Self::Planned(_, what) | Self::Left(_, what) => Some(json!({ "what": what })),
            Self::Packed(_, items, parked) => Some(json!({ "items": items, "parked": parked })),
            Self::Sent { dispatch, .. } => Some(json!({ "dispatch": dispatch })),
            Self::AnswersTaken(all, new, stray) => Some(json!({ "answers": all, "new": new, "stray": stray })),
            _ => None,
        }
    }

    fn on_behalf_of(&self) -> Option<OrgId> {
        match self {
            Self::Sent { by, .. } => Some(*by),
            _ => None,
        }
    }
}
