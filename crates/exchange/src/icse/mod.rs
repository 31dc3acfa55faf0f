//! INTERPOL's list as a table, as an open reader (IPED) knows it. What else goes between an exchange and INTERPOL is not here
//! yet.

mod form;

pub use form::{FORMAT, REGION, read};
