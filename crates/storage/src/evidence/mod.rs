//! Sealed evidence: bytes go in once, come out only with an act, and are bound to their object and organisation.

mod digests;
mod folder;
mod keys;
mod opening;
mod s3;
mod seal;
mod sealing;
mod shelves;
mod vault;

pub use digests::Digests;
pub use keys::RootKey;
pub use opening::Opening;
pub use sealing::{Sealed, Sealing};
pub use shelves::Drained;
pub use vault::{Locked, Vault};
