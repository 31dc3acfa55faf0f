//! Drawn pictures, the same as pdq_golden.py draws, and files made of them.

use image::{ImageFormat, RgbImage};
use std::io::Cursor;

pub fn draw(width: usize, height: usize, seed: u32, style: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
    let (w, h) = (width as i64, height as i64);
    let mut pixels = Vec::with_capacity(width * height * 3);
    for y in 0..h {
        for x in 0..w {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = i64::from(state >> 24);
            let rgb = match style {
                0 => [noise, (noise * 7) & 255, (noise * 13) & 255],
                1 => [x * 255 / w, y * 255 / h, (x + y) * 255 / (w + h)],
                2 => {
                    let reach = w.min(h) * (3 + i64::from(seed) % 5) / 8;
                    let inside = (x * 2 - w).pow(2) + (y * 2 - h).pow(2) < reach.pow(2);
                    if inside { [220, 40, 60] } else { [20 + noise / 16, 60, 120] }
                }
                _ => [120 + (x / 9 + y / 7) % 3, 120, 121 + noise / 128],
            };
            pixels.extend(rgb.map(|c| c as u8));
        }
    }
    pixels
}

pub fn file(format: ImageFormat, width: u32, height: u32, seed: u32) -> Vec<u8> {
    let pixels = draw(width as usize, height as usize, seed, 2);
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_raw(width, height, pixels).unwrap().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub const FORMATS: [ImageFormat; 2] = [ImageFormat::Jpeg, ImageFormat::Png];

/// A file that files/make.py drew.
pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)).unwrap()
}

/// One JPEG of every coding: sequential, with restarts, subsampled, progressive, four colours.
pub const JPEGS: [&str; 5] = ["plain.jpg", "restarts.jpg", "progressive.jpg", "grey_progressive.jpg", "cmyk.jpg"];

/// How many bits differ between two hashes in hexadecimal.
pub fn distance(one: &str, other: &str) -> u32 {
    let digits = |hex: &str| hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect::<Vec<_>>();
    digits(one).iter().zip(digits(other)).map(|(one, other)| (one ^ other).count_ones()).sum()
}
