//! A decoded picture and how it becomes luma. Every format ends here.

use crate::{
    Kind, Refused,
    pdq::{Small, luma_row, shrink},
};

/// A decoded picture: at most 256 MiB of pixels (see [`fits`]).
pub struct Raster {
    pub width: u32,
    pub height: u32,
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
    pub channels: usize,
    /// Two bytes a channel, in the machine's order; one otherwise.
    pub deep: bool,
    /// Rows from the top, without gaps.
    pub pixels: Vec<u8>,
}

/// What decoding one picture may take, in bytes, beside the file itself.
pub const MOST_MEMORY: u64 = 256 << 20;

/// Refuses a picture by its header: more pixels than allowed, or more than memory holds at so many bytes each.
pub fn fits(width: u32, height: u32, bytes_each: u64, most: u64) -> Result<(), Refused> {
    let pixels = u64::from(width) * u64::from(height);
    let limit = most.min(MOST_MEMORY / bytes_each.max(1));
    if pixels > limit { Err(Refused::TooManyPixels { pixels, limit }) } else { Ok(()) }
}

/// Decodes a picture of known kind. `max_pixels` is checked before anything is allocated.
pub fn decode(kind: Kind, bytes: &[u8], max_pixels: u64) -> Result<Raster, Refused> {
    match kind {
        Kind::Jpeg => crate::jpeg::decode(bytes, max_pixels),
        Kind::Png => crate::png::decode(bytes, max_pixels),
    }
}

impl Raster {
    /// The small grey raster that PDQ and the preview are made of.
    pub fn shrink(&self) -> Small {
        let row_bytes = self.width as usize * self.channels * if self.deep { 2 } else { 1 };
        let mut rows = self.pixels.chunks_exact(row_bytes.max(1));
        let mut narrow = Vec::new();
        shrink(self.width as usize, self.height as usize, |luma| {
            let row = rows.next().unwrap_or_default();
            if self.deep {
                // The high byte, as libpng and Pillow narrow 16 bits.
                narrow.clear();
                narrow.extend(row.as_chunks::<2>().0.iter().map(|two| (u16::from_ne_bytes(*two) >> 8) as u8));
                luma_row(&narrow, self.channels, luma);
            } else {
                luma_row(row, self.channels, luma);
            }
        })
    }
}
