//! What the loading dock refuses, in its own words.

use crate::iwol::model::Why;
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
    /// The rules of the block list do not allow it.
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

impl Error {
    pub(crate) fn conflict(rule: &'static str, field: &'static str, reason: impl Into<String>) -> Self {
        Self::Conflict { rule, field, reason: reason.into() }
    }
}
