//! The tables this room owns, as they stand in the database.

pub mod assessment;
pub mod capture;
pub mod case_message;
pub mod contact_approach;
pub mod contact_ask;
pub mod context_request;
pub mod disclosure;
pub mod item;
pub mod media_object;
pub mod news;
pub mod outcome;
pub mod police_case;
pub mod report;
pub mod sighting;
pub mod trace;
pub mod widening;
pub mod withheld;
