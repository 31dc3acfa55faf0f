//! INTERPOL's ICSE: its list as a table, as an open reader (IPED) knows it, and the link by which confirmed material goes to
//! victim identification and answers come back.

pub mod dispatch;
mod form;

pub use form::{FORMAT, REGION, read};
