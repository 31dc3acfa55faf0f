//! PNG: palettes expanded, the default picture of an animated one, and nothing that ends before its end.

use crate::{
    Refused,
    raster::{Raster, Room, refusal, through},
    refused::undecodable,
};
use image::{Limits, codecs::png::PngDecoder};
use std::io::Cursor;

/// Decodes a PNG. What follows its last chunk is not looked at.
pub fn decode(bytes: &[u8], room: Room) -> Result<Raster, Refused> {
    let (width, height) = header(bytes).ok_or_else(|| undecodable("its header is missing"))?;
    room.fits(width, height, 1)?;
    if !ends(bytes) {
        return Err(undecodable("its end is missing"));
    }
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(room.bytes);
    through(PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(refusal)?, 0, room)
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
