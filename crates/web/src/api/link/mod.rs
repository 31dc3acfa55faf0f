//! `/api/v1/link`: deliveries to victim identification, as INTERPOL's desk and the secretariat see them: counts, times and
//! reasons, never what is in an item.

pub mod dispatches;
pub mod read;
pub mod releases;
