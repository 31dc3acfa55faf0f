#![doc = include_str!("../README.md")]

mod act;
pub mod compare;
pub mod decide;
pub mod directory;
mod document;
mod entity;
mod error;
mod grant;
pub mod narrow;
mod rights;
mod sentence;
pub mod sign_in;
mod store;
pub mod template;
pub mod treaty;

pub use act::Act;
pub use decide::{Decision, Facts, Kept, Network, Ruling, decide};
pub use document::{
    Approval, Contact, Document, HostNotice, Hosting, InformedOn, Lane, Notifier, Novelty, Onward, Party, Reality,
};
pub use error::{Error, Result};
pub use grant::{CLAUSE as REQUEST_CLAUSE, Grant, widen};
pub use rights::{Doing, may, require};
pub use template::Template;
