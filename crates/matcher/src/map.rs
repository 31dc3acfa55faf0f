//! Memory of an index: anonymous and page aligned while it is built, or a file mapped read only.

#![expect(unsafe_code, reason = "mapping a file (docs/decisions/0014)")]

use memmap2::{Mmap, MmapMut};
use std::{fs::File, io, ops::Deref};

/// Bytes that begin at a page and do not move.
#[derive(Debug)]
pub(crate) enum Buffer {
    /// Built in this process.
    Built(MmapMut),
    /// A snapshot.
    Mapped(Mmap),
}

impl Buffer {
    /// Zeroes, on huge pages where the system gives them.
    pub fn zeroed(len: usize) -> io::Result<MmapMut> {
        let memory = MmapMut::map_anon(len)?;
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::HugePage); // slower without, never wrong
        Ok(memory)
    }

    /// Maps a file as it is now.
    pub fn map(file: &File) -> io::Result<Self> {
        // SAFETY: the bytes are only ever read as integers, for which every pattern is valid, and never cached across a
        // check. Snapshots are written beside and renamed, so nobody of ours changes one in place. Whoever truncates the
        // file by hand makes a later read fail with SIGBUS, which ends the process: the README says so.
        let map = unsafe { Mmap::map(file) }?;
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::Random);
        Ok(Self::Mapped(map))
    }
}

impl Deref for Buffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Self::Built(memory) => memory,
            Self::Mapped(map) => map,
        }
    }
}
