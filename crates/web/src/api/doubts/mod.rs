//! `/api/v1/doubts`.

pub mod list;
pub mod resolve;
