//! What the loading dock refuses, in its own words.

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
