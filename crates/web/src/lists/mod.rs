//! Pages of hash lists, for whoever publishes or reads them.

pub mod acts;
pub mod candidates;
pub mod imports;
pub mod list;
pub mod manage;
pub mod new;
pub mod overview;
