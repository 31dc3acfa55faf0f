//! PDQ, the perceptual hash of pictures (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
//! Algorithm", 2019), bit-exact with the reference on the same pixels.
//!
//! The last bit of a hash hangs on the order of the sums, so every step keeps the reference's order in f32, without
//! fused multiply-add. Pictures are hashed at full size; the reference's file tool shrinks large ones to 512 by 512 with
//! nearest neighbours first and gives other bits. Rows are taken as they come: memory grows with the width alone.
//!
//! `luma` weighs colours, `means` blurs and decimates to 64 by 64, `dct` makes the bits and the quality.

mod dct;
mod luma;
mod means;
mod turn;

use fearless_simd::Level;
use std::sync::LazyLock;

pub(crate) use luma::luma_row;
pub(crate) use means::shrink;

/// What this processor's vector units can do; asked once.
static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);

/// Side of the raster that is transformed, in pixels.
pub(crate) const SIDE: usize = 64;
/// That raster: luma (0 to 255), blurred as far as the picture was larger. [`Pdq`] and the preview are made of it.
pub(crate) type Small = [[f32; SIDE]; SIDE];

/// A PDQ hash with its quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pdq {
    /// 256 bits, highest first: bit `16 i + j` of the DCT block counts from the right end.
    pub bits: [u8; 32],
    /// 0 to 100; below 50 it must not be matched.
    pub quality: u8,
}

impl Pdq {
    /// What a picture too small to hash (a side under 5 pixels) gets; its quality forbids matching it.
    pub const NONE: Self = Self { bits: [0; 32], quality: 0 };

    /// Of the small raster of a picture that is `width` by `height` pixels large.
    pub(crate) fn of(small: &Small, width: usize, height: usize) -> Self {
        if width < 5 || height < 5 {
            return Self::NONE;
        }
        Self { bits: dct::bits(small), quality: dct::quality(small) }
    }

    /// 64 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        self.bits.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// Hashes a picture given as 8-bit RGB, row by row, `width * height * 3` bytes. Fewer bytes than that give
/// [`Pdq::NONE`], more are ignored.
pub fn hash_rgb(rgb: &[u8], width: usize, height: usize) -> Pdq {
    let bytes = width.checked_mul(3);
    if bytes.and_then(|row| row.checked_mul(height)).is_none_or(|all| all == 0 || rgb.len() < all) {
        return Pdq::NONE;
    }
    let mut rows = rgb.chunks_exact(width * 3);
    let small = shrink(width, height, |luma| luma_row(rows.next().unwrap_or_default(), 3, luma));
    Pdq::of(&small, width, height)
}
