#![doc = include_str!("../README.md")]

pub mod hold;

mod act;
mod entity;
mod error;
mod model;
mod store;

pub use act::Act;
pub use error::{Error, Result};
pub use model::{Approved, Hold, Refused, State, Step, Terms, allowed, terms};
