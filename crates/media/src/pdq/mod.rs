//! PDQ, the perceptual hash of pictures (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
//! Algorithm", 2019), bit-exact with the reference on the same pixels: every sum is f32 in the reference's order of
//! operations, without fused multiply-add. Pictures are hashed at full size.

#![expect(clippy::indexing_slicing, reason = "numeric kernels over arrays whose bounds are fixed above each loop")]

use std::f64::consts::PI;

/// A PDQ hash with its quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pdq {
    /// 256 bits, highest first: bit `16 i + j` of the DCT block counts from the right end.
    pub bits: [u8; 32],
    /// 0 to 100; below 50 it must not be matched.
    pub quality: u8,
}

impl Pdq {
    /// What a picture too small to hash gets: nothing matches it.
    pub const NONE: Self = Self { bits: [0; 32], quality: 0 };

    /// 64 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        self.bits.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Side of the raster that is transformed.
const SIDE: usize = 64;

/// Hashes a picture given as 8-bit RGB, row by row.
pub fn hash_rgb(rgb: &[u8], width: usize, height: usize) -> Pdq {
    if width < 5 || height < 5 || rgb.len() < width * height * 3 {
        return Pdq::NONE;
    }
    let mut luma: Vec<f32> = rgb.as_chunks::<3>().0.iter().take(width * height).map(luma).collect();
    hash_luma(&mut luma, width, height)
}

fn luma(&[r, g, b]: &[u8; 3]) -> f32 {
    (0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b)) as f32
}

fn hash_luma(luma: &mut [f32], width: usize, height: usize) -> Pdq {
    let mut small = [[0_f32; SIDE]; SIDE];
    if width == SIDE && height == SIDE {
        for (to, from) in small.iter_mut().flatten().zip(luma.iter()) {
            *to = *from;
        }
    } else {
        let (across, down) = (width.div_ceil(128), height.div_ceil(128));
        let mut other = vec![0_f32; luma.len()];
        for _ in 0..2 {
            for (from, to) in luma.chunks_exact(width).zip(other.chunks_exact_mut(width)) {
                mean_along_row(from, to, across);
            }
            mean_along_columns(&other, luma, width, height, down);
        }
        for (i, row) in small.iter_mut().enumerate() {
            let y = ((i as f64 + 0.5) * height as f64 / SIDE as f64) as usize;
            for (j, to) in row.iter_mut().enumerate() {
                let x = ((j as f64 + 0.5) * width as f64 / SIDE as f64) as usize;
                *to = luma[y * width + x];
            }
        }
    }
    Pdq { bits: bits(&transform(&small)), quality: quality(&small) }
}

/// Moving mean with a window of `w`: one running sum, add on the right first, then drop on the left.
fn mean_along_row(from: &[f32], to: &mut [f32], w: usize) {
    let (n, h) = (from.len(), w.midpoint(2));
    let mut sum = 0_f32;
    let mut inside = 0_u32;
    for value in &from[..(h - 1).min(n)] {
        sum += value;
        inside += 1;
    }
    for (o, out) in to.iter_mut().enumerate() {
        if let Some(value) = from.get(o + h - 1) {
            sum += value;
            inside += 1;
        }
        if let Some(left) = (o + h).checked_sub(w + 1) {
            sum -= from[left];
            inside -= 1;
        }
        *out = sum / inside as f32;
    }
}

/// The same along columns, all columns of a row at once so that memory is read in order.
fn mean_along_columns(from: &[f32], to: &mut [f32], width: usize, height: usize, w: usize) {
    let h = w.midpoint(2);
    let row = |y: usize| &from[y * width..(y + 1) * width];
    let mut sums = vec![0_f32; width];
    let mut inside = 0_u32;
    for y in 0..(h - 1).min(height) {
        sums.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum += value);
        inside += 1;
    }
    for (o, out) in to.chunks_exact_mut(width).enumerate() {
        if o + h - 1 < height {
            sums.iter_mut().zip(row(o + h - 1)).for_each(|(sum, value)| *sum += value);
            inside += 1;
        }
        if let Some(left) = (o + h).checked_sub(w + 1) {
            sums.iter_mut().zip(row(left)).for_each(|(sum, value)| *sum -= value);
            inside -= 1;
        }
        let count = inside as f32;
        out.iter_mut().zip(&sums).for_each(|(out, sum)| *out = sum / count);
    }
}

/// Sum of the differences between neighbours, each in hundredths of full scale and cut to a whole number.
fn quality(small: &[[f32; SIDE]; SIDE]) -> u8 {
    let step = |u: f32, v: f32| (((u - v) * 100.0 / 255.0) as i32).abs();
    let down: i32 = (0..SIDE - 1)
        .flat_map(|i| (0..SIDE).map(move |j| (i, j)))
        .map(|(i, j)| step(small[i][j], small[i + 1][j]))
        .sum();
    let across: i32 = (0..SIDE)
        .flat_map(|i| (0..SIDE - 1).map(move |j| (i, j)))
        .map(|(i, j)| step(small[i][j], small[i][j + 1]))
        .sum();
    u8::try_from(((down + across) / 90).min(100)).unwrap_or(100)
}

/// Rows 1 to 16 of the two-dimensional DCT.
fn transform(small: &[[f32; SIDE]; SIDE]) -> [[f32; 16]; 16] {
    let d = cosines();
    let mut half = [[0_f32; SIDE]; 16];
    for (i, row) in half.iter_mut().enumerate() {
        for (j, to) in row.iter_mut().enumerate() {
            *to = (0..SIDE).fold(0_f32, |sum, k| sum + d[i][k] * small[k][j]);
        }
    }
    let mut block = [[0_f32; 16]; 16];
    for (i, row) in block.iter_mut().enumerate() {
        for (j, to) in row.iter_mut().enumerate() {
            *to = (0..SIDE).fold(0_f32, |sum, k| sum + half[i][k] * d[j][k]);
        }
    }
    block
}

fn cosines() -> [[f32; SIDE]; 16] {
    let scale = (2.0_f64 / SIDE as f64).sqrt() as f32;
    let mut d = [[0_f32; SIDE]; 16];
    for (i, row) in d.iter_mut().enumerate() {
        for (j, to) in row.iter_mut().enumerate() {
            let angle = PI / 2.0 / SIDE as f64 * (i as f64 + 1.0) * (2.0 * j as f64 + 1.0);
            *to = (f64::from(scale) * angle.cos()) as f32;
        }
    }
    d
}

/// A bit for each value above the median, the 128th smallest.
fn bits(block: &[[f32; 16]; 16]) -> [u8; 32] {
    let mut sorted: Vec<f32> = block.iter().flatten().copied().collect();
    let (_, median, _) = sorted.select_nth_unstable_by(127, f32::total_cmp);
    let mut bits = [0_u8; 32];
    for (k, value) in block.iter().flatten().enumerate() {
        if *value > *median {
            bits[31 - k / 8] |= 1 << (k % 8);
        }
    }
    bits
}
