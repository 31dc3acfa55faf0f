//! `/api/v1/items`.

pub mod assess;
pub mod confirm;
pub mod evidence;
pub mod file;
pub mod preview;
pub mod read;
pub mod suggestion;
pub mod waiting;
