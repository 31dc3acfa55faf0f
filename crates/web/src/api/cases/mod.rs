//! `/api/v1/cases`.

pub mod answer;
pub mod contact;
pub mod holds;
pub mod items;
pub mod list;
pub mod messages;
pub mod read;
pub mod requests;
