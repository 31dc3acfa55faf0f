//! INTERPOL's pages.

pub mod complaints;
pub mod domains;
pub mod link;
