//! Generated hashes: random, balanced, and skewed as those of real pictures may be.

use matcher::Hash256;

/// Numbers that look random (splitmix64), the same for the same seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub fn hash(&mut self) -> Hash256 {
        let mut bytes = [0; 32];
        bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|b| *b = self.next().to_le_bytes());
        Hash256::from_bytes(bytes)
    }

    /// Exactly 128 ones, like every sound PDQ.
    pub fn balanced(&mut self) -> Hash256 {
        let mut hash = self.hash();
        while hash.ones() != 128 {
            let mut bytes = hash.to_bytes();
            let bit = self.below(256);
            if (bytes[bit / 8] >> (bit % 8) & 1 == 1) == (hash.ones() > 128) {
                bytes[bit / 8] ^= 1 << (bit % 8);
            }
            hash = Hash256::from_bytes(bytes);
        }
        hash
    }

    /// A few prototypes with runs of equal bits, a tenth of their bits changed: many bands are shared by very many.
    pub fn skewed(&mut self) -> Hash256 {
        let kind = (self.below(5) * self.below(4)) as u64;
        let mut bytes = Chance(kind).hash().to_bytes();
        if kind.is_multiple_of(2) {
            bytes[..16].fill(0);
        }
        for _ in 0..self.below(40) {
            let bit = self.below(256);
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        Hash256::from_bytes(bytes)
    }

    /// The hash with exactly `distance` bits changed.
    pub fn at_distance(&mut self, hash: Hash256, distance: u32) -> Hash256 {
        let mut bytes = hash.to_bytes();
        let mut left = distance;
        while left > 0 {
            let bit = self.below(256);
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            if Hash256::from_bytes(changed).distance(&hash) > Hash256::from_bytes(bytes).distance(&hash) {
                (bytes, left) = (changed, left - 1);
            }
        }
        Hash256::from_bytes(bytes)
    }
}
