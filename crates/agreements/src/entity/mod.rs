//! The tables this room owns, as they stand in the database.

pub mod agreement_version;
pub mod organisation;
pub mod person;
