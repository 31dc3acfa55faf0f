//! The lens from outside: nothing is missed, nothing is invented, nothing is lost.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod batches;
mod data;
mod exact;
mod model;
mod recall;
mod snapshot;
mod threads;
