//! CIRCL's hashlookup, an open protocol for exact look-ups, as `pyhashlookup` speaks it.

mod form;

pub use form::{Bulk, found, info, malformed, not_found};
