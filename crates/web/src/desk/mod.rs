//! The hotline analyst's pages.

pub mod assess;
pub mod doubts;
pub mod hosting;
pub mod new_report;
pub mod outcomes;
pub mod owned;
pub mod police;
pub mod report;
pub mod reports;
pub mod thread;
