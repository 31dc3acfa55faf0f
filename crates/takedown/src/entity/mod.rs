//! The tables this room owns, as they stand in the database.

pub mod removal_hold;
