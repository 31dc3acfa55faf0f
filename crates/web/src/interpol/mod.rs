//! INTERPOL's pages.

pub mod complaints;
pub mod domains;
