//! PNG: palettes expanded, the default picture of an animated one, and nothing that ends before its end.

use crate::{
    Refused,
    raster::{MOST_MEMORY, Raster, fits},
    refused::undecodable,
};
use image::{ColorType, ImageDecoder, Limits, codecs::png::PngDecoder};
use std::io::Cursor;

/// Decodes a PNG. What follows its last chunk is not looked at.
pub fn decode(bytes: &[u8], max_pixels: u64) -> Result<Raster, Refused> {
    let (width, height) = header(bytes).ok_or_else(|| undecodable("its header is missing"))?;
    fits(width, height, 1, max_pixels)?;
    if !ends(bytes) {
        return Err(undecodable("its end is missing"));
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(undecodable)?;
    let (channels, deep) = match decoder.color_type() {
        ColorType::L8 => (1, false),
        ColorType::La8 => (2, false),
        ColorType::Rgb8 => (3, false),
        ColorType::Rgba8 => (4, false),
        ColorType::L16 => (1, true),
        ColorType::La16 => (2, true),
        ColorType::Rgb16 => (3, true),
        ColorType::Rgba16 => (4, true),
        other => return Err(undecodable(format_args!("its pixels are stored as {other:?}"))),
    };
    fits(width, height, u64::from(decoder.color_type().bytes_per_pixel()), max_pixels)?;
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(undecodable)?];
    decoder.read_image(&mut pixels).map_err(undecodable)?;
    Ok(Raster { width, height, channels, deep, pixels })
}

/// Width and height, from the first chunk.
fn header(bytes: &[u8]) -> Option<(u32, u32)> {
    let chunk = bytes.get(12..24)?.strip_prefix(b"IHDR")?;
    let (width, height) = chunk.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height.first_chunk::<4>()?)))
}

/// Whether the chunks lead to the last one. Decoders stop at the last pixel and forgive a missing end; evidence does
/// not.
fn ends(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let Some(chunk) = after.get(..4) else { return false };
        let Some(next) = usize::try_from(u32::from_be_bytes(*length)).ok().and_then(|data| data.checked_add(8)) else {
            return false;
        };
        if after.len() < next {
            return false;
        }
        if chunk == b"IEND" {
            return true;
        }
        rest = after.get(next..).unwrap_or_default();
    }
    false
}
