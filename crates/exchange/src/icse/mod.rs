//! INTERPOL's ICSE: its list as a table, as an open reader (IPED) knows it, and the link by which confirmed material goes to
//! victim identification and answers come back.

pub mod act;
pub mod desk;
pub mod dispatch;
mod form;
pub mod plan;
pub mod release;
mod store;

pub use form::{FORMAT, REGION, read};
