//! The officer's pages.

pub mod case;
pub mod contact;
pub mod domains;
pub mod due;
pub mod folders;
pub mod hold;
pub mod inbox;
pub mod listing;
pub mod message;
pub mod outcome;
pub mod package;
pub mod request;
pub mod search;
pub mod team;
pub mod urgency;
