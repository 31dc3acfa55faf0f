//! What is refused about the block list and its providers.

use base::Refusal;

/// Result of this part of the loading dock.
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
    /// The cellar failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}
