//! What is done on the way off the web, in the words of the log.

use audit::{Subject, Verb};
use base::{ApprovalForm, CaseId, HoldId};

/// An act of this room.
#[derive(Clone, Debug)]
pub enum Act {
    /// Police asked to leave content up, and why.
    Placed(HoldId, CaseId, String),
    /// A magistrate's approval was recorded.
    Approved(HoldId, CaseId, ApprovalForm),
    /// A hold was made longer, and why.
    Extended(HoldId, CaseId, String),
    /// A hold was ended early, and why.
    Ended(HoldId, CaseId, String),
    /// Somebody looked at the holds of a case.
    Read(CaseId),
    /// Somebody looked at holds in force.
    ListRead,
}

impl audit::Act for Act {
    fn name(&self) -> &'static str {
        match self {
            Self::Placed(..) => "hold.placed",
            Self::Approved(..) => "hold.approved",
            Self::Extended(..) => "hold.extended",
            Self::Ended(..) => "hold.ended",
            Self::Read(_) => "hold.read",
            Self::ListRead => "holds.read",
        }
    }

    fn verb(&self) -> Verb {
        match self {
            Self::Placed(..) | Self::Approved(..) | Self::Extended(..) | Self::Ended(..) => Verb::Alter,
            Self::Read(_) | Self::ListRead => Verb::Consult,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Placed(hold, ..) | Self::Approved(hold, ..) | Self::Extended(hold, ..) | Self::Ended(hold, ..) => {
                Subject::one("hold", hold.0)
            }
            Self::Read(case) => Subject::one("case", case.0),
            Self::ListRead => Subject::list("holds"),
        }
    }

    fn purpose(&self) -> Option<&str> {
        match self {
            Self::Placed(.., why) | Self::Extended(.., why) | Self::Ended(.., why) => Some(why),
            Self::Approved(..) | Self::Read(_) | Self::ListRead => None,
        }
    }

    fn detail(&self) -> Option<serde_json::Value> {
        match self {
            Self::Placed(_, case, _) | Self::Extended(_, case, _) | Self::Ended(_, case, _) => {
                Some(serde_json::json!({ "case": case }))
            }
            Self::Approved(_, case, form) => Some(serde_json::json!({ "case": case, "form": form })),
            Self::Read(_) | Self::ListRead => None,
        }
    }
}
