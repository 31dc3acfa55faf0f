//! Sealed evidence on real parts: a SQLite file, folders, an S3 server, a software token, a full disk.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests stop at the first surprise, and say what they measured"
)]

mod bucket;
mod erase;
mod full;
mod place;
mod proof;
mod rotate;
mod server;
mod stream;
mod token;
