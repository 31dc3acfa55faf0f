#![doc = include_str!("../README.md")]

mod cage;
mod describe;
pub mod digest;
mod exif;
mod formats;
#[cfg(fuzzing)]
pub mod fuzzing;
mod jpeg;
mod kind;
pub mod pdq;
mod png;
mod preview;
mod raster;
mod refused;
mod rendition;
mod video;
mod whole;
mod worker;
mod workshop;

pub use cage::enter as enter_cage;
pub use describe::{Device, Facts, Frame, Limits, Video, describe, rendition};
pub use kind::Kind;
pub use pdq::Pdq;
pub use refused::Refused;
pub use video::exec as exec_caged;
pub use worker::run_worker;
pub use workshop::Workshop;
