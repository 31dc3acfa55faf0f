//! What this room refuses, in its own words.

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
    /// The role may not do this at all.
    #[error("your role does not include this")]
    NotYours,
    /// Not signed in, or not any more.
    #[error("sign in first")]
    SignInFirst,
    /// The cellar failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}
