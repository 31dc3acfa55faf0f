//! `/api/v1/cases`.

pub mod answer;
pub mod list;
pub mod listing;
pub mod read;
