//! Stories, each told on SQLite and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod agreements;
mod alerts;
mod audit;
mod bad_input;
mod barrier;
mod capture;
mod changes;
mod dialogue;
mod domains;
mod evidence;
mod hash_sharing;
mod hosting;
mod hunts;
mod identification;
mod inbox;
mod link_faults;
mod linked;
mod lists;
mod lists_by_api;
mod lists_by_page;
mod lookup;
mod main_job;
mod name_server;
mod name_server_faults;
mod package;
mod pages;
mod rights;
mod routing;
mod subscriptions;
mod two_worlds;
