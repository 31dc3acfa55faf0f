//! The officer's pages.

pub mod case;
pub mod contact;
pub mod due;
pub mod hold;
pub mod inbox;
pub mod message;
pub mod outcome;
pub mod request;
