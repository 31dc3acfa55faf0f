#![doc = include_str!("../README.md")]

mod act;
mod chain;
mod entry;

pub use act::{Act, Subject, Verb};
pub use chain::{Broken, Flaw, Head, link, verify};
pub use entry::Entry;
