//! The bare check of EOKM's HashDB, as the hotline tool SCART asks it.

mod form;

pub use form::{answer, check};
