//! What the workshop says of drawn pictures: digests, PDQ against the reference, refusals, and workers that die.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests stop at the first surprise and print what they measured"
)]

mod floods;
mod memory;
mod mutations;
mod notes;
mod pictures;
mod reference;
mod refusals;
mod videos;
mod workers;
