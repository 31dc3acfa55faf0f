//! From 64 by 64 samples to bits and quality.

#![expect(clippy::indexing_slicing, reason = "numeric kernels over arrays of fixed size")]

use super::{SIDE, Small};
use std::{f64::consts::PI, sync::LazyLock};

/// Side of the block of low frequencies that becomes bits.
const BLOCK: usize = 16;

/// Rows 1 to 16 of the DCT matrix.
static COSINES: LazyLock<[[f32; SIDE]; BLOCK]> = LazyLock::new(|| {
    let scale = f64::from((2.0 / SIDE as f64).sqrt() as f32);
    let step = PI / 2.0 / SIDE as f64;
    std::array::from_fn(|i| {
        std::array::from_fn(|j| (scale * (step * (i as f64 + 1.0) * (2.0 * j as f64 + 1.0)).cos()) as f32)
    })
});

/// Sum of the differences between neighbours, each in hundredths of full scale and cut to a whole number; 0 to 100.
pub fn quality(small: &Small) -> u8 {
    let step = |(u, v): (&f32, &f32)| (((u - v) * 100.0 / 255.0) as i32).abs();
    let down: i32 = small.windows(2).flat_map(|rows| rows[0].iter().zip(&rows[1])).map(step).sum();
    let across: i32 = small.iter().flat_map(|row| row.iter().zip(&row[1..])).map(step).sum();
    u8::try_from(((down + across) / 90).min(100)).unwrap_or(100)
}

/// A bit for each low frequency above the median, which is the 128th smallest of the 256.
pub fn bits(small: &Small) -> [u8; 32] {
    let block = transform(small);
    let mut sorted = block.as_flattened().to_vec();
    let (_, median, _) = sorted.select_nth_unstable_by(127, f32::total_cmp);
    let mut bits = [0; 32];
    for (k, value) in block.as_flattened().iter().enumerate() {
        bits[31 - k / 8] |= u8::from(*value > *median) << (k % 8);
    }
    bits
}

/// The block of low frequencies: `D A Dᵀ`. Each sum runs in the order of its index, as the reference's.
fn transform(small: &Small) -> [[f32; BLOCK]; BLOCK] {
    let d: &[[f32; SIDE]; BLOCK] = &COSINES;
    let mut half = [[0.0; SIDE]; BLOCK];
    for (to, weights) in half.iter_mut().zip(d) {
        for (weight, row) in weights.iter().zip(small) {
            to.iter_mut().zip(row).for_each(|(to, value)| *to += weight * value);
        }
    }
    let mut block = [[0.0; BLOCK]; BLOCK];
    for (to, row) in block.iter_mut().zip(&half) {
        for (k, value) in row.iter().enumerate() {
            to.iter_mut().zip(d).for_each(|(to, weights)| *to += value * weights[k]);
        }
    }
    block
}
