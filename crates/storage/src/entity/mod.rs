//! The tables this room owns, as they stand in the database.

pub mod audit_entry;
pub mod blob;
