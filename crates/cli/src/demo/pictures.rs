//! Drawn pictures: circles and stripes in a few colours, another for every seed. Harmless, and recognisably so.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// A drawn picture as a PNG (even seeds) or JPEG (odd seeds) file, with its name.
pub fn draw(seed: u32) -> (String, Vec<u8>) {
    let (width, height) = (320 + seed % 5 * 40, 240 + seed % 3 * 30);
    let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| pixel(seed, x, y, width, height)));
    let (format, ending) = if seed.is_multiple_of(2) { (ImageFormat::Png, "png") } else { (ImageFormat::Jpeg, "jpg") };
    let mut file = Cursor::new(Vec::new());
    // Writing to memory fails only for colour types a format cannot have, and RGB is none of these.
    drop(picture.write_to(&mut file, format));
    (format!("drawing-{seed}.{ending}"), file.into_inner())
}

fn pixel(seed: u32, x: u32, y: u32, width: u32, height: u32) -> Rgb<u8> {
    const COLOURS: [[u8; 3]; 6] =
        [[38, 70, 83], [42, 157, 143], [233, 196, 106], [244, 162, 97], [231, 111, 81], [120, 144, 156]];
    let colour = |n: u32| Rgb(COLOURS.get((n % 6) as usize).copied().unwrap_or([0; 3]));
    for ring in 0..3 {
        let mixed = seed.wrapping_mul(2_654_435_761).rotate_left(ring * 7);
        let (cx, cy) = (i64::from(mixed % width), i64::from((mixed >> 8) % height));
        let radius = i64::from(30 + (mixed >> 16) % 50);
        let (dx, dy) = (i64::from(x) - cx, i64::from(y) - cy);
        if dx * dx + dy * dy < radius * radius {
            return colour(seed + ring + 1);
        }
    }
    let stripe = (x + y * (1 + seed % 3)) / (20 + seed % 17);
    if stripe.is_multiple_of(2) { colour(seed) } else { Rgb([236, 239, 241]) }
}
