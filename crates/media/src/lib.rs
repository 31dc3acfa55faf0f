#![doc = include_str!("../README.md")]

mod cage;
mod describe;
mod kind;
pub mod pdq;
mod preview;
mod worker;
mod workshop;

pub use cage::enter as enter_cage;
pub use describe::{Facts, Limits, Refused, describe};
pub use kind::Kind;
pub use pdq::Pdq;
pub use worker::run_worker;
pub use workshop::Workshop;
