//! The tables this room owns, as they stand in the database.

pub mod assessment;
pub mod disclosure;
pub mod item;
pub mod media_object;
pub mod outcome;
pub mod police_case;
pub mod report;
pub mod withheld;
