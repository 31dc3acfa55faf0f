//! Drawn pictures, another for every number: circles and stripes, nothing else.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A drawing as a file; JPEG when the number is odd, otherwise PNG.
pub fn picture(seed: u32) -> Vec<u8> {
    let (width, height) = (200 + seed % 60, 150 + seed % 40);
    let drawing = RgbImage::from_fn(width, height, |x, y| pixel(seed, x, y, width, height));
    let format = if seed.is_multiple_of(2) { ImageFormat::Png } else { ImageFormat::Jpeg };
    let mut file = Cursor::new(Vec::new());
    // Writing to memory fails only for colours a format cannot have, and RGB is none of these.
    drop(DynamicImage::ImageRgb8(drawing).write_to(&mut file, format));
    file.into_inner()
}

/// The media type of a drawing.
pub fn kind(seed: u32) -> &'static str {
    if seed.is_multiple_of(2) { "image/png" } else { "image/jpeg" }
}

fn pixel(seed: u32, x: u32, y: u32, width: u32, height: u32) -> Rgb<u8> {
    const COLOURS: [[u8; 3]; 6] =
        [[38, 70, 83], [42, 157, 143], [233, 196, 106], [244, 162, 97], [231, 111, 81], [120, 144, 156]];
    let colour = |n: u32| Rgb(COLOURS.get((n % 6) as usize).copied().unwrap_or([0; 3]));
    let mixed = seed.wrapping_add(77).wrapping_mul(2_654_435_761);
    for ring in 0..3 {
        let turned = mixed.rotate_left(ring * 9);
        let (cx, cy) = (i64::from(turned % width), i64::from((turned >> 8) % height));
        let radius = i64::from(15 + (turned >> 16) % 45);
        let (dx, dy) = (i64::from(x) - cx, i64::from(y) - cy);
        if dx * dx + dy * dy < radius * radius {
            return colour(seed + ring + 1);
        }
    }
    let stripe = (x + y * (1 + mixed % 3)) / (9 + (mixed >> 4) % 17);
    if stripe.is_multiple_of(2) { colour(seed) } else { Rgb([236, 239, 241]) }
}
