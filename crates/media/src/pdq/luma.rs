//! Luma as the reference weighs it.
//!
//! It sums `0.299 R + 0.587 G + 0.114 B` in f64 and rounds to f32. A thousand times that is a whole number below 2^24, so
//! one f32 division of exact values rounds to the very same f32; the test tries all 2^24 colours. Tables are what is
//! fastest without vector shuffles.

use super::LEVEL;
use fearless_simd::{Simd, dispatch};

/// Luma (0 to 255) of a row of 8-bit pixels with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) bytes each. Alpha
/// counts for nothing: the colour under it is hashed. Pixels beyond the shorter of the two rows are left alone.
pub fn luma_row(pixels: &[u8], channels: usize, luma: &mut [f32]) {
    dispatch!(*LEVEL, simd => luma_row_in(simd, pixels, channels, luma));
}

#[inline(always)]
fn luma_row_in<S: Simd>(_: S, pixels: &[u8], channels: usize, luma: &mut [f32]) {
    match channels {
        1 => luma.iter_mut().zip(pixels).for_each(|(to, grey)| *to = f32::from(*grey)),
        2 => luma.iter_mut().zip(pixels.as_chunks::<2>().0).for_each(|(to, [grey, _])| *to = f32::from(*grey)),
        3 => luma.iter_mut().zip(pixels.as_chunks::<3>().0).for_each(|(to, [r, g, b])| *to = weigh(*r, *g, *b)),
        _ => luma.iter_mut().zip(pixels.as_chunks::<4>().0).for_each(|(to, [r, g, b, _])| *to = weigh(*r, *g, *b)),
    }
}

#[inline(always)]
fn weigh(r: u8, g: u8, b: u8) -> f32 {
    (i32::from(r) * 299 + i32::from(g) * 587 + i32::from(b) * 114) as f32 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::{luma_row, weigh};

    #[test]
    fn every_colour_weighs_what_the_reference_says() {
        for (r, g, b) in (0..=255_u8).flat_map(|r| (0..=255_u8).flat_map(move |g| (0..=255).map(move |b| (r, g, b)))) {
            let reference = (0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)) as f32;
            assert_eq!(weigh(r, g, b).to_bits(), reference.to_bits(), "{r} {g} {b}");
        }
    }

    #[test]
    fn alpha_counts_for_nothing_and_grey_is_itself() {
        let mut luma = [0.0; 2];
        for (channels, row) in [(1, vec![7, 9]), (2, vec![7, 0, 9, 255]), (4, vec![7, 7, 7, 0, 9, 9, 9, 255])] {
            luma_row(&row, channels, &mut luma);
            assert_eq!(luma, [7.0, 9.0], "{channels} channels");
        }
    }
}
