//! What the block list's room refuses, in its own words.

use super::model::Why;
use base::Refusal;

/// Result of this room.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What was refused or went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value cannot be used.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such thing, or not for this actor: nobody learns which.
    #[error("not found")]
    NotFound,
    /// The rules of [`super::model`] do not allow it.
    #[error("{}", .0.reason())]
    Rule(Why),
    /// The state of things does not allow it.
    #[error("{reason}")]
    Conflict {
        /// Stable name of the rule.
        rule: &'static str,
        /// Field as the caller knows it.
        field: &'static str,
        /// A sentence for a person.
        reason: String,
    },
    /// Too many want the same at once.
    #[error("too many complaints come in now, send it again in an hour")]
    TooMany,
    /// The house law refused.
    #[error(transparent)]
    Agreements(#[from] agreements::Error),
    /// The spine refused.
    #[error(transparent)]
    Reports(#[from] reports::Error),
    /// The cellar failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl From<Why> for Error {
    fn from(why: Why) -> Self {
        Self::Rule(why)
    }
}

impl Error {
    pub(super) fn conflict(rule: &'static str, field: &'static str, reason: impl Into<String>) -> Self {
        Self::Conflict { rule, field, reason: reason.into() }
    }
}

impl Why {
    /// The field at fault, as a caller knows it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::NoReason => "reason",
            Self::SameCountry | Self::TooFew => "organisations",
            Self::NotYours
            | Self::NotAsked
            | Self::NotNow
            | Self::OwnEdit
            | Self::SamePerson
            | Self::SameAgency
            | Self::NotGuarded
            | Self::NotOver => "id",
        }
    }
}
