//! What the workshop says of drawn pictures: digests, PDQ against the reference, refusals, and workers that die.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod floods;
mod memory;
mod mutations;
mod notes;
mod pictures;
mod reference;
mod refusals;
mod videos;
mod workers;
