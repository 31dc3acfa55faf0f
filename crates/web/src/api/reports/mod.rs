//! `/api/v1/reports`.

pub mod captures;
pub mod create;
pub mod files;
pub mod list;
pub mod outcomes;
pub mod read;
pub mod site;
pub mod trace;
