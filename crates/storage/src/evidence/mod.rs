//! Sealed evidence: bytes go in once, come out only with an act, and are bound to their object and organisation.

mod act;
mod digests;
mod folder;
mod keys;
mod opening;
mod pkcs11;
mod proof;
mod root;
mod rotate;
mod s3;
mod seal;
mod sealing;
mod shelves;
mod vault;

pub use digests::Digests;
pub use opening::Opening;
pub use proof::{Finding, Flaw, Proof, Sweep, Swept};
pub use root::RootKey;
pub use rotate::Rotated;
pub use s3::bucket;
pub use sealing::{Sealed, Sealing};
pub use shelves::Drained;
pub use vault::{Locked, Vault};
