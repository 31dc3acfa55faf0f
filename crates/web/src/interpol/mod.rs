//! INTERPOL's pages.

pub mod link;
