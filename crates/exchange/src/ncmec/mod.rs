//! The hash-sharing API of NCMEC, version 2, as public documentation and the open client `threatexchange` speak it: the
//! forms of both sides, no network. `entries` is the one large answer, `feedback` the votes, `about` the small documents.
//!
//! An entry is keyed by (member id, entry id). A member's id is a number, its name is never empty: the client insists.
//! How entries are submitted, changed and withdrawn is not public; an exchange that offers it does so as its own extension.

mod about;
pub mod client;
mod entries;
mod feedback;
mod fingerprint;
mod query;
pub mod sync;

pub use about::{
    Group, Reason, Status, categorizations, feedback_reasons, members, read_members, read_reasons, read_status, status,
};
pub use entries::{Entries, Page, Set, query_result, read};
pub use feedback::{Submission, Vote, read_submission, submission};
pub use fingerprint::Fingerprint;
pub use query::EntriesQuery;

/// The namespace of every document.
pub const NAMESPACE: &str = "https://hashsharing.ncmec.org/hashsharing/v2";
/// Name before the point in [`hashlists::Rest`].
pub const FORMAT: &str = "ncmec";
/// Whose verdicts A1 to B2 are: the industry's scheme, a profile of this region.
pub const REGION: &str = "INDUSTRY";
/// The profile of that scheme.
pub const PROFILE: &str = "industry";

/// Reads a small document whole.
fn root(bytes: &[u8], limits: &crate::Limits) -> Result<crate::xml::Element, base::Refusal> {
    let mut input = crate::input::Utf8::new(bytes);
    crate::xml::Xml::new(&mut input, limits).root()
}

/// A document of another kind than was asked for.
fn unexpected(wanted: &str) -> base::Refusal {
    base::Refusal::new("file", "other-format", format!("the answer is not a `{wanted}`"))
}
