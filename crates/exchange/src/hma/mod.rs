//! Meta's hasher-matcher-actioner, its look-ups only.

mod form;

pub use form::{Found, compare, compare_answer, error, index_status, lookup, raw_lookup, signal};
