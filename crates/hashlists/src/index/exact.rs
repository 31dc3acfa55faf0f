//! Digests of one kind and the numbers that have them, in `matcher`'s index: about 17 bytes each. It knows the first 16
//! bytes of a digest, which no one can make two files share by intent.

use super::keep::Trouble;
use matcher::{DigestIndex, Key, Mark};
use std::path::Path;

/// Digests with a number each. A number stands at one digest; a digest may have many.
pub struct Exact(Option<DigestIndex>);

/// Digests that came since the last merge, beyond which look-ups are slower than need be.
const MERGE_AT: usize = 100_000;

impl Exact {
    /// An index of these; of nothing when memory cannot be had, which [`holds`](Self::holds) tells.
    pub fn of(all: Vec<(Key, u64)>, tag: u64, threads: usize) -> Self {
        Self(DigestIndex::build(all, tag, threads).ok())
    }

    /// A snapshot, read against its checksums.
    pub fn open(path: &Path, tag: u64, mark: &Mark) -> Result<Self, Trouble> {
        let (index, written) = DigestIndex::open(path, tag)?;
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

    /// Adds digests.
    pub fn put(&self, all: Vec<(Key, u64)>) {
        if let Some(index) = self.0.as_ref().filter(|_| !all.is_empty()) {
            index.insert_all(all);
        }
    }

    /// Takes digests away.
    pub fn take(&self, all: Vec<(Key, u64)>) {
        if let Some(index) = self.0.as_ref().filter(|_| !all.is_empty()) {
            index.remove_all(all);
        }
    }

    /// Numbers whose digest begins with the same 16 bytes.
    pub fn find(&self, digest: Option<&[u8]>) -> Vec<u32> {
        let (Some(index), Some(key)) = (&self.0, digest.and_then(Key::of)) else { return Vec::new() };
        index.view().find(key).into_iter().filter_map(|n| u32::try_from(n).ok()).collect()
    }

    /// The same of many keys, in no order.
    pub fn find_each(&self, keys: &[Key], mut found: impl FnMut(usize, u32)) {
        let Some(index) = &self.0 else { return };
        index.view().find_each(keys, |k, number| {
            if let Ok(number) = u32::try_from(number) {
                found(k, number);
            }
        });
    }

    /// Makes look-ups fast again after many changes; without those that are gone, if there are any.
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
