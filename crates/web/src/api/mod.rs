//! The native API, `/api/v1`. One file per call, named by noun and verb; shapes that several share are in `shape`.

pub mod agreements;
pub mod audit;
pub mod blocklist;
pub mod captures;
pub mod cases;
pub mod dialogue;
pub mod domains;
pub mod doubts;
pub mod evidence;
pub mod folders;
pub mod items;
pub mod link;
pub mod lists;
pub mod matching;
pub mod matching_many;
pub mod me;
pub mod news;
pub mod outcomes;
pub mod packages;
pub mod reports;
pub mod requests;
pub mod searches;
pub mod settlements;
pub mod shape;
pub mod urgency;
pub mod webhook;
