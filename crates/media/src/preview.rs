//! The degraded preview: enough to find a picture again that one has seen, not enough to see it.

use image::{DynamicImage, ImageFormat, imageops::FilterType};
use std::io::Cursor;

/// Longest side in pixels.
const SIDE: u32 = 64;
/// Radius of the blur, in pixels of the preview.
const BLUR: f32 = 1.5;

/// A grey, blurred PNG with at most 64 pixels on its longest side; nothing finer than that is left in it.
pub fn preview(picture: &DynamicImage) -> Option<Vec<u8>> {
    let (width, height) = (picture.width().min(SIDE), picture.height().min(SIDE));
    let small = picture.resize(width.max(1), height.max(1), FilterType::Triangle).blur(BLUR).into_luma8();
    let mut png = Cursor::new(Vec::new());
    small.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}
