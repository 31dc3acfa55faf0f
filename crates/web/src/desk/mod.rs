//! The hotline analyst's pages.

pub mod assess;
pub mod doubts;
pub mod hosting;
pub mod new_report;
pub mod owned;
pub mod report;
pub mod reports;
