//! The officer's pages.

pub mod case;
pub mod inbox;
pub mod listing;
