//! Stories, each told on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod audit;
mod bad_input;
mod barrier;
mod capture;
mod evidence;
mod hash_sharing;
mod hosting;
mod hunts;
mod lists;
mod lists_by_api;
mod lists_by_page;
mod lookup;
mod main_job;
mod pages;
mod rights;
mod routing;
mod subscriptions;
