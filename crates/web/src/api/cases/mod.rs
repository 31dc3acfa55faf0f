//! `/api/v1/cases`.

pub mod answer;
pub mod changes;
pub mod list;
pub mod read;
