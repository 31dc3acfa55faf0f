//! `/api/v1/captures`: what was fetched of reported pages.

pub mod open;
pub mod read;
