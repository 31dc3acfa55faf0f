//! `/api/v1/requests`, `/holds`, `/messages`, `/contacts`: what waits for a hotline, from all cases that it answers.

pub mod answer;
pub mod contacts;
pub mod list;
