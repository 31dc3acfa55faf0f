//! `/api/v1/cases`.

pub mod acts;
pub mod answer;
pub mod changes;
pub mod contact;
pub mod holds;
pub mod items;
pub mod list;
pub mod listing;
pub mod messages;
pub mod notes;
pub mod read;
pub mod requests;
pub mod shape;
