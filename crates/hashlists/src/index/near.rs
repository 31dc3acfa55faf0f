//! Perceptual hashes by distance, in `matcher`'s index: every one within the radius.

use super::keep::Trouble;
use matcher::{Change, Hash256, Mark, NearIndex, Reach};
use std::path::Path;

/// Hashes with a number each. A number may stand at several hashes.
pub struct Near(Option<NearIndex>);

/// Hashes that came since the last merge, beyond which every query is slower than need be.
const MERGE_AT: usize = 20_000;

impl Near {
    /// An index of these; of nothing when memory cannot be had, which [`holds`](Self::holds) tells.
    pub fn of(all: Vec<(Hash256, u64)>, threads: usize) -> Self {
        Self(NearIndex::build(all.into_iter().map(|(hash, number)| (hash, number, Reach::Near)), threads).ok())
    }

    /// A snapshot, read against its checksums.
    pub fn open(path: &Path, mark: &Mark) -> Result<Self, Trouble> {
        let (index, written) = NearIndex::open(path)?;
        super::keep::same(mark, &written)?;
        index.verify()?;
        Ok(Self(Some(index)))
    }

    /// Writes a snapshot of all that was put before.
    pub fn save(&self, path: &Path, mark: &Mark, threads: usize) -> Result<(), Trouble> {
        Ok(self.0.as_ref().ok_or(Trouble::NoMemory)?.save(path, mark, threads)?)
    }

    /// Whether there is an index at all.
    pub const fn holds(&self) -> bool {
        self.0.is_some()
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |index| index.counts().bytes)
    }

    /// Adds hashes.
    pub fn put(&self, all: Vec<(Hash256, u64)>) {
        if let Some(index) = self.0.as_ref().filter(|_| !all.is_empty()) {
            index.apply(all.into_iter().map(|(hash, number)| Change::Insert(hash, number, Reach::Near)));
        }
    }

    /// Numbers whose hash differs by at most `radius` bits, each with its distance.
    pub fn search(&self, bits: &[u8; 32], radius: u32) -> Vec<(u64, u32)> {
        let Some(index) = &self.0 else { return Vec::new() };
        index.view().search(&Hash256::from_bytes(*bits), radius).into_iter().map(|h| (h.id, h.distance)).collect()
    }

    /// The same of many hashes, in no order: place of the hash, number, distance.
    pub fn search_each(&self, hashes: &[Hash256], radius: u32, mut found: impl FnMut(usize, u64, u32)) {
        if let Some(index) = &self.0 {
            index.view().search_each(hashes, radius, |k, hit| found(k, hit.id, hit.distance));
        }
    }

    /// Makes queries fast again after many changes; without those that are gone, if there are any. Takes seconds of all
    /// cores for ten million; searches go on.
    pub fn tidy(&self, gone: Option<&dyn Fn(u64) -> bool>, threads: usize) -> matcher::Result<bool> {
        match (&self.0, gone) {
            (Some(index), Some(gone)) => index.retain(|number| !gone(number), threads).map(|()| true),
            (Some(index), None) if index.counts().head + index.counts().dead > MERGE_AT => {
                index.merge(threads).map(|()| true)
            }
            _ => Ok(false),
        }
    }
}
