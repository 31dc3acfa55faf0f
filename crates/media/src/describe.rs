//! Bytes in, facts out. Pure; in production it runs inside the cage.

use crate::{Kind, Pdq, pdq, preview::preview};
use image::{DynamicImage, ImageDecoder, ImageReader};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use std::{io::Cursor, time::Duration};

/// What can be said of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its type.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// MD5 of the bytes.
    pub md5: [u8; 16],
    /// SHA-1 of the bytes.
    pub sha1: [u8; 20],
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// PDQ of the picture.
    pub pdq: Pdq,
    /// Degraded preview, a PNG of at most 64 by 64 pixels.
    pub preview_png: Vec<u8>,
}

/// What is looked at, at most.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a file.
    pub max_bytes: u64,
    /// Pixels of a picture.
    pub max_pixels: u64,
    /// Time for one file.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 64 << 20, max_pixels: 40_000_000, timeout: Duration::from_secs(20) }
    }
}

/// Why a file was not described.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refused {
    /// No bytes.
    #[error("the file is empty, send its contents")]
    Empty,
    /// More bytes than allowed.
    #[error("the file is larger than {limit} bytes, send a smaller one")]
    TooLarge {
        /// Bytes allowed.
        limit: u64,
    },
    /// Not a type that is taken.
    #[error("the file is not a JPEG or PNG picture, send one of these")]
    UnknownType,
    /// Truncated or corrupt.
    #[error("the picture cannot be decoded, it is truncated or damaged ({reason})")]
    Undecodable {
        /// What the decoder said.
        reason: String,
    },
    /// More pixels than allowed.
    #[error("the picture has {pixels} pixels, more than {limit}")]
    TooManyPixels {
        /// Pixels found.
        pixels: u64,
        /// Pixels allowed.
        limit: u64,
    },
    /// The worker died on it.
    #[error("the picture could not be read safely")]
    WorkerDied,
    /// The worker took too long.
    #[error("the picture took too long to read")]
    TimedOut,
}

/// Describes a file.
pub fn describe(bytes: &[u8], limits: &Limits) -> Result<Facts, Refused> {
    let size = bytes.len() as u64;
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    if size > limits.max_bytes {
        return Err(Refused::TooLarge { limit: limits.max_bytes });
    }
    let kind = Kind::sniff(bytes).ok_or(Refused::UnknownType)?;
    complete(kind, bytes)?;
    let picture = decode(kind, bytes, limits)?;
    let (width, height) = (picture.width(), picture.height());
    let undecodable = || Refused::Undecodable { reason: "no preview can be made".into() };
    let preview_png = preview(&picture).ok_or_else(undecodable)?;
    let rgb = picture.into_rgb8();
    let sha1 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    Ok(Facts {
        kind,
        size,
        width,
        height,
        md5: Md5::digest(bytes).into(),
        sha1: sha1.as_ref().try_into().unwrap_or([0; 20]),
        sha256: sha256.as_ref().try_into().unwrap_or([0; 32]),
        pdq: pdq::hash_rgb(rgb.as_raw(), width as usize, height as usize),
        preview_png,
    })
}

fn decode(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<DynamicImage, Refused> {
    let undecodable = |e: image::ImageError| Refused::Undecodable { reason: e.to_string().chars().take(200).collect() };
    let format = match kind {
        Kind::Jpeg => image::ImageFormat::Jpeg,
        Kind::Png => image::ImageFormat::Png,
    };
    let decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(undecodable)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.max_pixels {
        return Err(Refused::TooManyPixels { pixels, limit: limits.max_pixels });
    }
    DynamicImage::from_decoder(decoder).map_err(undecodable)
}

/// Decoders forgive a missing end; evidence does not. A JPEG ends with its end marker, a PNG with its last chunk.
fn complete(kind: Kind, bytes: &[u8]) -> Result<(), Refused> {
    let whole = match kind {
        // Some cameras append padding or a trailer after the marker, so it need not be the very last.
        Kind::Jpeg => jpeg_ends(bytes),
        Kind::Png => bytes.windows(8).rev().take(1 << 20).any(|w| w == b"IEND\xae\x42\x60\x82"),
    };
    if whole { Ok(()) } else { Err(Refused::Undecodable { reason: "its end is missing".into() }) }
}

/// Whether an end-of-image marker follows the last scan: walks the segments, then looks past the entropy-coded data.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    let mut scanned = false;
    while let Some(&[0xff, marker]) = bytes.get(at..at + 2).and_then(|w| w.first_chunk::<2>()) {
        match marker {
            0xd9 => return scanned,
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4).and_then(|w| w.first_chunk::<2>()) else {
                    return false;
                };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
                if marker == 0xda {
                    scanned = true;
                    at = past_scan(bytes, at);
                }
            }
        }
    }
    false
}

/// The first marker after entropy-coded data that is neither a stuffed byte nor a restart.
fn past_scan(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let end =
        rest.windows(2).position(|w| matches!(w, &[0xff, m] if m != 0 && !(0xd0..=0xd7).contains(&m) && m != 0xff));
    from + end.unwrap_or(rest.len())
}
