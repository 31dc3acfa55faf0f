//! `/api/v1/domains`: the block list of domains, from evidence to the list. INTERPOL runs it; police propose and review.

pub mod acts;
pub mod complaints;
pub mod list;
pub mod picture;
pub mod proposals;
pub mod reviews;
pub mod shape;
