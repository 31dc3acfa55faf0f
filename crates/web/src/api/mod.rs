//! The native API, `/api/v1`. One file per call, named by noun and verb; shapes that several share are in `shape`.

pub mod agreements;
pub mod audit;
pub mod captures;
pub mod cases;
pub mod doubts;
pub mod evidence;
pub mod items;
pub mod lists;
pub mod matching;
pub mod matching_many;
pub mod me;
pub mod news;
pub mod reports;
pub mod settlements;
pub mod shape;
