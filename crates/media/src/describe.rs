//! Bytes in, facts out. Pure; in production it runs inside the cage.

use crate::{
    Kind, Pdq, Refused, digest, exif, kind,
    preview::preview,
    raster,
    refused::{undecodable, unsupported},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What can be said of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Its type, by its first bytes.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// Pixels, as stored: a rotation noted in the file is not applied.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// MD5 of the bytes.
    pub md5: [u8; 16],
    /// SHA-1 of the bytes.
    pub sha1: [u8; 20],
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// PDQ of the picture at full size: palettes expanded, alpha and noted rotation ignored. A video has one a frame
    /// instead.
    pub pdq: Option<Pdq>,
    /// What only moving pictures have.
    pub video: Option<Video>,
    /// What the device noted in the file. Intelligence: kept apart from the picture, shown only to who may see it.
    pub device: Option<Device>,
    /// Degraded preview, a grey, blurred PNG of at most 64 by 64 pixels; of a video, from the middle.
    pub preview_png: Vec<u8>,
}

/// What only moving pictures have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Video {
    /// Milliseconds.
    pub duration_ms: u64,
    /// Frames looked at, in order (vPDQ).
    pub frames: Vec<Frame>,
    /// Whether there were more frames to look at than allowed.
    pub more: bool,
}

/// One frame of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Milliseconds from the start.
    pub at_ms: u64,
    /// Its hash.
    pub pdq: Pdq,
}

/// What the device noted in the file (Exif 2.32). Texts are at most 200 characters, without control characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// Maker of the camera.
    pub make: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Program that wrote the file.
    pub software: Option<String>,
    /// When the picture was taken, as written: `2026-03-01 14:05:00`, with the offset when one is noted.
    pub taken: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

/// What is looked at, at most.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a file; 64 MiB unless told. A caged worker takes a picture of at most 128 MiB and a video of at most
    /// 1 GiB whatever is set here.
    pub max_bytes: u64,
    /// Pixels of a picture; 100 million unless told. A file and what decoding it takes fit into 216 MiB together
    /// whatever is set here: a small JPEG or RGB file up to 75 million, a progressive JPEG up to 25 to 37 million.
    pub max_pixels: u64,
    /// Time for one picture in a caged worker; 5 seconds unless told. Not counted: waiting for a free worker.
    pub timeout: Duration,
    /// Time for one video; 60 seconds unless told.
    pub video_timeout: Duration,
    /// Frames of a video that are hashed; 120 unless told, never more than 1,000.
    pub max_frames: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            max_pixels: 100_000_000,
            timeout: Duration::from_secs(5),
            video_timeout: Duration::from_secs(60),
            max_frames: 120,
        }
    }
}

/// What both answers begin with: whether the file is taken at all, and as what.
pub(crate) fn taken(bytes: &[u8], most: u64) -> Result<Kind, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    if bytes.len() as u64 > most {
        return Err(Refused::TooLarge { limit: most });
    }
    Kind::sniff(bytes).ok_or_else(|| match kind::still_of(bytes) {
        Some(name) => unsupported(format_args!("{name} pictures are not read yet, send it as JPEG or PNG")),
        None => Refused::UnknownType,
    })
}

/// Describes a file in this very process. No time limit here; memory is bounded by what [`Limits`] says.
///
/// # Errors
/// Every [`Refused`] but `WorkerDied` and `TimedOut`; every video is `Unsupported`, for that takes a
/// [`crate::Workshop`].
pub fn describe(bytes: &[u8], limits: &Limits) -> Result<Facts, Refused> {
    let kind = taken(bytes, limits.max_bytes)?;
    let picture = raster::decode(kind, bytes, limits.max_pixels)?;
    let (width, height, small) = (picture.width, picture.height, picture.shrink());
    drop(picture);
    Ok(Facts {
        kind,
        size: bytes.len() as u64,
        width,
        height,
        md5: digest::md5(bytes),
        sha1: digest::sha1(bytes),
        sha256: digest::sha256(bytes),
        pdq: Some(Pdq::of(&small, width as usize, height as usize)),
        video: None,
        device: exif::device(kind, bytes),
        preview_png: preview(&small, width, height).ok_or_else(|| undecodable("no preview can be made"))?,
    })
}

/// The display rendition of a picture, made in this very process: a JPEG of at most 1,600 by 1,600 pixels without
/// anything but the picture, what is transparent over white, turned as the file notes.
///
/// # Errors
/// As [`describe`].
pub fn rendition(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Refused> {
    let kind = taken(bytes, limits.max_bytes)?;
    let picture = raster::decode(kind, bytes, limits.max_pixels)?;
    crate::rendition::of(&picture, exif::orientation(kind, bytes))
        .ok_or_else(|| undecodable("no rendition can be made"))
}
