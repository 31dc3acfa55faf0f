//! `/api/v1/blocklist`: the block list as an access provider gets it, and what the provider has here.

pub mod fetches;
pub mod file;
pub mod keys;
pub mod provider;
pub mod secondaries;
