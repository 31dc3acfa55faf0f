//! Perceptual hashes by distance, in `matcher`'s index: every one within the radius.

use matcher::{Hash256, NearIndex, Reach};

/// Hashes with a number each. A number may stand at several hashes.
pub struct Near(Option<NearIndex>);

/// Hashes that came since the last merge, beyond which every query is slower than need be.
const MERGE_AT: usize = 20_000;

impl Default for Near {
    fn default() -> Self {
        // An index of nothing needs no memory worth the name; without it nothing would ever match, which `holds` tells.
        Self(NearIndex::build([], 1).ok())
    }
}

impl Near {
    /// Whether there is an index at all.
    pub const fn holds(&self) -> bool {
        self.0.is_some()
    }

    /// Adds a hash.
    pub fn put(&self, bits: &[u8; 32], number: u64) {
        self.0.as_ref().map(|index| index.insert(Hash256::from_bytes(*bits), number, Reach::Near));
    }

    /// Takes a hash away.
    pub fn take(&self, bits: &[u8; 32], number: u64) {
        self.0.as_ref().map(|index| index.remove(Hash256::from_bytes(*bits), number));
    }

    /// Numbers whose hash differs by at most `radius` bits, each with its distance.
    pub fn search(&self, bits: &[u8; 32], radius: u32) -> Vec<(u64, u32)> {
        let Some(index) = &self.0 else { return Vec::new() };
        index.view().search(&Hash256::from_bytes(*bits), radius).into_iter().map(|h| (h.id, h.distance)).collect()
    }

    /// Makes queries fast again after many changes. Takes seconds of all cores for ten million; searches go on.
    pub fn tidy(&self) -> matcher::Result<bool> {
        match &self.0 {
            Some(index) if index.counts().head + index.counts().dead > MERGE_AT => {
                let threads = std::thread::available_parallelism().map_or(1, usize::from);
                index.merge(threads).map(|()| true)
            }
            _ => Ok(false),
        }
    }
}
