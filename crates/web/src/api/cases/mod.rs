//! `/api/v1/cases`.

pub mod answer;
pub mod list;
pub mod read;
