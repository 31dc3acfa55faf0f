//! The real binary, as an operator types it: set up, serve, submit, check, kill and start again.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod demo;
mod evidence;
mod index;
mod link;
mod lists;
mod operate;
mod program;
