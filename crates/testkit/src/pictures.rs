//! Drawn pictures, another for every seed.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A drawn PNG.
pub fn png(seed: u32) -> Vec<u8> {
    file(seed, ImageFormat::Png)
}

/// A drawn JPEG.
pub fn jpeg(seed: u32) -> Vec<u8> {
    file(seed, ImageFormat::Jpeg)
}

fn file(seed: u32, format: ImageFormat) -> Vec<u8> {
    let shade = |n: u32| (n.wrapping_mul(seed.wrapping_mul(37) | 1) >> 2) as u8;
    let picture = RgbImage::from_fn(96, 72, |x, y| {
        let inside = (x as i64 - 48).pow(2) + (y as i64 - 36).pow(2) < i64::from(200 + seed % 900);
        if inside { Rgb([200, 40, shade(1)]) } else { Rgb([shade(x), shade(y), 90]) }
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, format).expect("draws");
    bytes.into_inner()
}
