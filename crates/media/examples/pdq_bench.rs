//! Figures for the workshop: `cargo run --release -p media --example pdq_bench`.
//!
//! Prints hashes a second for PDQ alone at 0.5, 2 and 12 megapixels, and files a second for `describe` end to end
//! (digests, decoding, PDQ, preview) with small JPEGs. One thread, the best of all
//! rounds; the pictures are drawn, not read.

#![expect(clippy::print_stdout, reason = "an example that prints figures")]

use image::{ImageFormat, RgbImage};
use media::{Limits, describe, pdq::hash_rgb};
use std::{
    hint::black_box,
    io::Cursor,
    time::{Duration, Instant},
};

/// How long each figure is measured.
const SPAN: Duration = Duration::from_secs(2);

fn main() {
    for (width, height) in [(816, 612), (1632, 1224), (4000, 3000)] {
        let pixels = draw(width, height);
        let rate = rate(|| {
            black_box(hash_rgb(black_box(&pixels), width, height));
        });
        let megapixels = (width * height) as f64 / 1e6;
        println!("pdq      {megapixels:5.1} Mpx  {rate:9.1} a second  {:7.2} ms each", 1000.0 / rate);
    }
    for (width, height) in [(320, 240), (640, 480), (1632, 1224)] {
        let file = jpeg(width, height);
        let rate = rate(|| {
            black_box(describe(black_box(&file), &Limits::default()).is_ok());
        });
        let kib = file.len() / 1024;
        println!("describe {width:4}x{height:<4} {kib:4} KiB  {rate:7.1} a second  {:7.2} ms each", 1000.0 / rate);
    }
}

fn rate(work: impl Fn()) -> f64 {
    work();
    let (start, mut best) = (Instant::now(), Duration::MAX);
    while start.elapsed() < SPAN {
        let begun = Instant::now();
        work();
        best = best.min(begun.elapsed());
    }
    1.0 / best.as_secs_f64()
}

/// A gradient with a little noise, row by row as RGB.
fn draw(width: usize, height: usize) -> Vec<u8> {
    let mut state = 1_u32;
    (0..width * height)
        .flat_map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y, noise) = (i % width, i / width, (state >> 28) as usize);
            [x * 239 / width + noise, y * 239 / height + noise, (x / 40 + y / 30) % 8 * 30 + noise].map(|c| c as u8)
        })
        .collect()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let picture = RgbImage::from_raw(width, height, draw(width as usize, height as usize));
    let written = picture.is_some_and(|picture| picture.write_to(&mut file, ImageFormat::Jpeg).is_ok());
    if written { file.into_inner() } else { Vec::new() }
}
