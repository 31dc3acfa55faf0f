//! JPEG: checked to be whole, then decoded.
//!
//! Decoders fill what is missing with grey, also the strict ones when only the end marker survived. So every scan is
//! walked code by code first (`walk`, `scan`, `bits`), which takes two fifths of the time of decoding.

mod bits;
mod scan;
mod walk;

use crate::{
    Refused,
    raster::{Raster, Room},
    refused::undecodable,
};
use walk::Frame;
use zune_jpeg::{
    JpegDecoder,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

/// Decodes the first picture of a JPEG; what follows its end marker (a second picture, a trailer) is not looked at.
/// CMYK becomes RGB.
pub fn decode(bytes: &[u8], room: Room) -> Result<Raster, Refused> {
    let frame = walk::check(bytes, |frame| room.fits(frame.width, frame.height, 1))?;
    let grey = frame.components.len() == 1;
    let channels = if grey { 1 } else { 3 };
    room.fits(frame.width, frame.height, channels + buffered(&frame))?;
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(walk::MOST_SCANS)
        .jpeg_set_out_colorspace(if grey { ColorSpace::Luma } else { ColorSpace::RGB });
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let pixels = decoder.decode().map_err(undecodable)?;
    let size = decoder.info().map(|info| (u32::from(info.width), u32::from(info.height)));
    let (width, height) = (frame.width, frame.height);
    let expected = u64::from(width) * u64::from(height) * channels;
    if size != Some((width, height)) || pixels.len() as u64 != expected {
        return Err(undecodable("its size is not the one its header says"));
    }
    Ok(Raster { width, height, channels: channels as usize, deep: false, pixels })
}

/// Bytes a pixel that the decoder keeps of coefficients when it cannot finish row by row, rounded up.
fn buffered(frame: &Frame) -> u64 {
    if !frame.progressive && !frame.several_scans {
        return 0;
    }
    let blocks: usize = frame.components.iter().map(|c| c.across * c.down).sum();
    (2 * blocks).div_ceil((frame.across * frame.down).max(1)) as u64
}
