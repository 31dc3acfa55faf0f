//! GIF, WebP, BMP and TIFF through the decoders of the image family, each checked to be whole as far as it tells.
//!
//! Of a moving picture, and of a TIFF with several pages, the first one is decoded and nothing more.

use crate::{
    Refused,
    raster::{Raster, Room, refusal, through},
    refused::undecodable,
    whole,
};
use image::{
    ImageDecoder, Limits,
    codecs::{bmp::BmpDecoder, gif::GifDecoder, tiff::TiffDecoder, webp::WebPDecoder},
};
use std::io::Cursor;

/// The canvas with the first frame on it; where that leaves it bare it is black and transparent.
pub fn gif(bytes: &[u8], room: Room) -> Result<Raster, Refused> {
    let frame = whole::gif(bytes)?;
    room.fits(frame.width, frame.height, 4)?;
    let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    // A frame that is not as large as the canvas is decoded beside it.
    let beside = u64::from(frame.width) * u64::from(frame.height) * 4 / (u64::from(width) * u64::from(height)).max(1);
    decoder.set_limits(alloc(room)).map_err(refusal)?;
    through(decoder, beside + 1, room)
}

/// Lossy and lossless; of a moving one the canvas with the first frame on it.
pub fn webp(bytes: &[u8], room: Room) -> Result<Raster, Refused> {
    let (width, height) = whole::webp(bytes)?;
    // Planes or a lossless raster beside the pixels; of a moving one a canvas as well.
    room.fits(width, height, 10)?;
    through(WebPDecoder::new(Cursor::new(bytes)).map_err(refusal)?, 6, room)
}

/// Palettes expanded, runs unpacked.
pub fn bmp(bytes: &[u8], room: Room) -> Result<Raster, Refused> {
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    room.fits(width, height, 1)?;
    whole::bmp(bytes)?;
    through(decoder, 0, room)
}

/// The first page.
pub fn tiff(bytes: &[u8], room: Room) -> Result<Raster, Refused> {
    let mut decoder = TiffDecoder::new(Cursor::new(bytes)).map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    let each = u64::from(decoder.color_type().bytes_per_pixel());
    // It decodes into a buffer of its own, strip by strip, and CMYK has a channel more than RGB.
    room.fits(width, height, each * 3)?;
    decoder.set_limits(alloc(room)).map_err(refusal)?;
    if width == 0 || height == 0 {
        return Err(undecodable("it has no pixels"));
    }
    through(decoder, each * 2, room)
}

fn alloc(room: Room) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(room.bytes);
    limits
}
