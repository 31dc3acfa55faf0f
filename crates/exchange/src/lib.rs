#![doc = include_str!("../README.md")]

pub mod forms;
pub mod icse;
pub mod input;
pub mod json;
mod limits;
pub mod loose;
pub mod ncmec;
mod row;
pub mod sets;
pub mod vics;
pub mod xml;

pub use limits::Limits;
pub use row::{Done, End, Place, Row};
