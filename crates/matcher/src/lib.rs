#![doc = include_str!("../README.md")]

mod dead;
mod error;
mod file;
mod hash;
mod map;
mod near;
mod packed;
mod simd;

pub use error::{Error, Result};
pub use file::Mark;
pub use hash::{Hash256, Reach};
pub use near::{Change, Counts, Hit, NearIndex, View};
pub use simd::Lanes;
