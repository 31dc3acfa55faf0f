//! What the spine refuses, in its own words.

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
    /// A file cannot be used.
    #[error("{why}")]
    File {
        /// Its name as the caller sent it.
        name: String,
        /// Why.
        why: media::Refused,
    },
    /// A file is not what it was declared to be.
    #[error("`{name}` was sent as {declared} but is {found}, send it with its true type")]
    LyingType {
        /// Its name as the caller sent it.
        name: String,
        /// The type that was declared.
        declared: String,
        /// The type it has.
        found: &'static str,
    },
    /// The house law refused.
    #[error(transparent)]
    Agreements(#[from] agreements::Error),
    /// The library refused.
    #[error(transparent)]
    Lists(#[from] hashlists::Error),
    /// The cellar failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl Error {
    pub(crate) fn conflict(rule: &'static str, field: &'static str, reason: impl Into<String>) -> Self {
        Self::Conflict { rule, field, reason: reason.into() }
    }
}
