#![doc = include_str!("../README.md")]

pub mod icse;
pub mod input;
pub mod json;
mod limits;
pub mod loose;
mod row;
pub mod sets;
pub mod vics;

pub use limits::Limits;
pub use row::{Done, End, Place, Row};
