#![doc = include_str!("../README.md")]

pub mod age;
mod asked;
pub mod blocklist;
pub mod caseuco;
pub mod cport;
pub mod eokm;
mod error;
pub mod format;
pub mod hashlookup;
pub mod hma;
pub mod icse;
pub mod input;
pub mod iwol;
pub mod json;
mod limits;
pub mod loose;
pub mod mail;
pub mod ncmec;
pub mod package;
pub mod pdf;
pub mod peer;
pub mod pull;
mod row;
pub mod rpz;
pub mod sets;
pub mod shield;
mod signer;
pub mod vics;
pub mod webhooks;
pub mod xml;

pub use asked::Asked;
pub use error::{Error, Result};
pub use limits::Limits;
pub use row::{Done, End, Place, Row, Totals};
pub use signer::Signer;
