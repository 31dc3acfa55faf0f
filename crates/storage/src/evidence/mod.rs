//! Sealed evidence: bytes go in once, come out only with an act, and are bound to their object and organisation.

mod keys;
mod seal;
mod vault;

pub use keys::RootKey;
pub use vault::{Digests, Locked, Sealed, Sealing, Vault};
