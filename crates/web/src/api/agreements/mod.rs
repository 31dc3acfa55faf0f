//! `/api/v1/agreements`: what a hotline and its country's police have agreed, by its parties and the secretariat. One file a
//! verb.

pub mod change;
pub mod discard;
pub mod draft;
pub mod end;
pub mod export;
pub mod list;
pub mod read;
pub mod redraft;
pub mod resume;
pub mod shape;
pub mod sign;
pub mod simulate;
pub mod suspend;
pub mod version;
