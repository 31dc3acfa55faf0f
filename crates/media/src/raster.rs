//! A decoded picture and how it becomes luma. Every format ends here.

use crate::{
    Kind, Refused, formats, jpeg,
    pdq::{Small, luma_row, shrink},
    png,
    refused::{undecodable, unsupported},
};
use image::{ColorType, ImageDecoder, ImageError};

/// A decoded picture: no more pixels than there is [`Room`] for.
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

/// What a file and all that decoding it takes may take together, in bytes. The cage allows 232 MiB; the rest is air.
const MOST_MEMORY: u64 = 216 << 20;
/// Longest side, in pixels: what hashing takes grows with it.
const MOST_SIDE: u32 = 65_535;

/// What decoding one picture may take.
#[derive(Clone, Copy)]
pub struct Room {
    max_pixels: u64,
    /// Bytes, beside the file itself.
    pub bytes: u64,
}

impl Room {
    /// What is left beside a file.
    pub fn beside(bytes: &[u8], max_pixels: u64) -> Self {
        Self { max_pixels, bytes: MOST_MEMORY.saturating_sub(bytes.len() as u64) }
    }

    /// Refuses a picture by its header: more pixels than allowed, or more than memory holds at so many bytes each.
    pub fn fits(self, width: u32, height: u32, bytes_each: u64) -> Result<(), Refused> {
        let pixels = u64::from(width) * u64::from(height);
        let limit = self.max_pixels.min(self.bytes / bytes_each.max(1));
        if pixels > limit {
            return Err(Refused::TooManyPixels { pixels, limit });
        }
        if width.max(height) > MOST_SIDE {
            return Err(unsupported(format_args!("a side is longer than {MOST_SIDE} pixels, send a smaller picture")));
        }
        Ok(())
    }
}

/// Decodes a picture of known kind, the first one of several. Its size is checked before anything is allocated.
pub fn decode(kind: Kind, bytes: &[u8], max_pixels: u64) -> Result<Raster, Refused> {
    let room = Room::beside(bytes, max_pixels);
    match kind {
        Kind::Jpeg => jpeg::decode(bytes, room),
        Kind::Png => png::decode(bytes, room),
        Kind::Gif => formats::gif(bytes, room),
        Kind::Webp => formats::webp(bytes, room),
        Kind::Bmp => formats::bmp(bytes, room),
        Kind::Tiff => formats::tiff(bytes, room),
        Kind::Mp4 | Kind::Webm | Kind::Mov | Kind::Mkv | Kind::Avi => {
            Err(unsupported("videos are read by a caged ffmpeg only, and none is set up"))
        }
    }
}

/// What a decoder of the image family holds, if it takes no more than there is room for: `beside` bytes a pixel on top
/// of the pixels it hands out.
pub fn through(decoder: impl ImageDecoder, beside: u64, room: Room) -> Result<Raster, Refused> {
    let (width, height) = decoder.dimensions();
    let (channels, deep) = match decoder.color_type() {
        ColorType::L8 => (1, false),
        ColorType::La8 => (2, false),
        ColorType::Rgb8 => (3, false),
        ColorType::Rgba8 => (4, false),
        ColorType::L16 => (1, true),
        ColorType::La16 => (2, true),
        ColorType::Rgb16 => (3, true),
        ColorType::Rgba16 => (4, true),
        other => return Err(unsupported(format_args!("its pixels are stored as {other:?}, send it in another form"))),
    };
    room.fits(width, height, u64::from(decoder.color_type().bytes_per_pixel()) + beside)?;
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).map_err(undecodable)?];
    decoder.read_image(&mut pixels).map_err(refusal)?;
    Ok(Raster { width, height, channels, deep, pixels })
}

/// What a decoder's error means to who sent the file.
pub fn refusal(error: ImageError) -> Refused {
    match error {
        ImageError::Unsupported(what) => unsupported(format_args!("{what}, send it in another form")),
        ImageError::Limits(_) => unsupported("decoding it takes too much memory, send a smaller picture"),
        other => undecodable(other),
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
