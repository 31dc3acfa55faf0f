#![doc = include_str!("../README.md")]

mod cage;
mod describe;
mod digest;
mod jpeg;
mod kind;
pub mod pdq;
mod png;
mod preview;
mod raster;
mod refused;
mod worker;
mod workshop;

pub use cage::enter as enter_cage;
pub use describe::{Device, Facts, Frame, Limits, Video, describe};
pub use kind::Kind;
pub use pdq::Pdq;
pub use refused::Refused;
pub use worker::run_worker;
pub use workshop::Workshop;
