//! The 256-bit value that is compared, and who may be compared loosely.

use std::fmt;

/// How many bands a hash is cut into.
pub(crate) const BANDS: usize = 16;

/// A perceptual hash of 256 bits, such as PDQ. The order is that of its hexadecimal text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash256(pub(crate) [u64; 4]);

impl Hash256 {
    /// From 32 bytes, the first of which is the leftmost of the hexadecimal text.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self(words)
    }

    /// The 32 bytes, the leftmost of the hexadecimal text first.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (to, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(self.0) {
            *to = word.to_be_bytes();
        }
        bytes
    }

    /// From 64 hexadecimal digits in either case, as PDQ is written; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut words = [0; 4];
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        for (word, digits) in words.iter_mut().zip(text.as_bytes().chunks(16)) {
            *word = u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(words))
    }

    /// How many bits differ, 0 to 256.
    #[inline(always)]
    pub fn distance(&self, other: &Self) -> u32 {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        (a ^ e).count_ones() + (b ^ f).count_ones() + (c ^ g).count_ones() + (d ^ h).count_ones()
    }

    /// How many bits are set, 0 to 256.
    pub fn ones(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The 16 bands of 16 bits, leftmost first.
    #[inline(always)]
    pub(crate) fn bands(&self) -> [u16; BANDS] {
        let [a, b, c, d] = self.0;
        let band = |word: u64, k: u32| (word >> (48 - 16 * k)) as u16;
        std::array::from_fn(|i| {
            let word = match i / 4 {
                0 => a,
                1 => b,
                2 => c,
                _ => d,
            };
            band(word, (i % 4) as u32)
        })
    }
}

/// Shows the first two bytes only: a hash of evidence does not belong in logs.
impl fmt::Debug for Hash256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash256({:04x}…)", self.bands().first().copied().unwrap_or_default())
    }
}

/// How an entry may be found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Reach {
    /// Within any distance asked for.
    Near,
    /// By the very same hash only: degenerate values lie close to each other without their pictures being alike.
    Exact,
}

impl Reach {
    /// What a PDQ hash of this quality (0 to 100) deserves: [`Near`](Self::Near) from quality 50 on if exactly 128 bits are
    /// set. PDQ sets the bits above the median, so another count marks a malformed value or a picture without contrast.
    pub fn of_pdq(hash: &Hash256, quality: u8) -> Self {
        if quality >= 50 && hash.ones() == 128 { Self::Near } else { Self::Exact }
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash256, Reach};

    #[test]
    fn a_hash_reads_and_writes_the_same_bits() {
        let hex = "0123456789abcdeffedcba98765432100f1e2d3c4b5a69788796a5b4c3d2e1f0";
        let hash = Hash256::from_hex(hex).unwrap();
        assert_eq!(hash, Hash256::from_bytes(hash.to_bytes()));
        assert_eq!(hash.bands()[..5], [0x0123, 0x4567, 0x89ab, 0xcdef, 0xfedc]);
        assert_eq!(hash.to_bytes()[..3], [0x01, 0x23, 0x45]);
        assert_eq!(hash, Hash256::from_hex(&hex.to_uppercase()).unwrap());
        for wrong in ["", "01", &hex[1..], &format!("{hex}0"), &hex.replace('a', "+"), &hex.replace('a', "é")] {
            assert_eq!(Hash256::from_hex(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{hash:?}"), "Hash256(0123…)");
    }

    #[test]
    fn only_a_balanced_pdq_of_quality_is_near() {
        let half = Hash256([u64::MAX, u64::MAX, 0, 0]);
        assert_eq!(Reach::of_pdq(&half, 50), Reach::Near);
        assert_eq!(Reach::of_pdq(&half, 49), Reach::Exact);
        assert_eq!(Reach::of_pdq(&Hash256::default(), 100), Reach::Exact);
        assert_eq!(Reach::of_pdq(&Hash256([u64::MAX, u64::MAX, 1, 0]), 100), Reach::Exact);
    }
}
