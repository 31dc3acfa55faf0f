//! `/api/v1/cases`.

pub mod acts;
pub mod answer;
pub mod list;
pub mod notes;
pub mod read;
pub mod shape;
