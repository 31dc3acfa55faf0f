//! The officer's pages.

pub mod case;
pub mod folders;
pub mod inbox;
pub mod package;
pub mod search;
pub mod team;
pub mod urgency;
