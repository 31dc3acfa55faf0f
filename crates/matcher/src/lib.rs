#![doc = include_str!("../README.md")]

mod cluster;
mod dead;
mod error;
mod exact;
mod file;
mod hash;
mod layers;
mod lists;
mod map;
mod near;
mod packed;
mod rows;
mod simd;
mod sort;
mod video;

pub use cluster::group;
pub use error::{Error, Result};
pub use exact::{DigestIndex, DigestView, Key};
pub use file::Mark;
pub use hash::{Hash256, Reach};
pub use near::{Change, Counts, Hit, NearIndex, View};
pub use simd::Lanes;
pub use video::{Frame, Share, VideoHit, VideoIndex};
