//! Digests of one kind and the entries that have them, in `matcher`'s index: about 17 bytes each. It knows the first 16
//! bytes of a digest; whoever asks compares the whole.

use matcher::{DigestIndex, Key};

/// Digests with a number each. A number stands at one digest; a digest may have many.
pub struct Exact(Option<DigestIndex>);

/// Digests that came since the last merge, beyond which look-ups are slower than need be.
const MERGE_AT: usize = 100_000;

impl Default for Exact {
    fn default() -> Self {
        Self(DigestIndex::build([], 0, 1).ok())
    }
}

impl Exact {
    /// Whether there is an index at all.
    pub const fn holds(&self) -> bool {
        self.0.is_some()
    }

    /// Adds a digest.
    pub fn put(&self, digest: Option<&[u8]>, number: u32) {
        if let (Some(index), Some(key)) = (&self.0, digest.and_then(Key::of)) {
            index.insert(key, u64::from(number));
        }
    }

    /// Takes a digest away.
    pub fn take(&self, digest: Option<&[u8]>, number: u32) {
        if let (Some(index), Some(key)) = (&self.0, digest.and_then(Key::of)) {
            index.remove(key, u64::from(number));
        }
    }

    /// Numbers whose digest begins with the same 16 bytes.
    pub fn find(&self, digest: Option<&[u8]>) -> Vec<u32> {
        let (Some(index), Some(key)) = (&self.0, digest.and_then(Key::of)) else { return Vec::new() };
        index.view().find(key).into_iter().filter_map(|n| u32::try_from(n).ok()).collect()
    }

    /// Makes look-ups fast again after many changes.
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
