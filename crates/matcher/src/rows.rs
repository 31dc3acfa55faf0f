//! Rows of words while an index is built: a list on huge pages, since a page fault for each 4 KiB costs more than the sorting.

use crate::{error::Result, map::Buffer};
use memmap2::MmapMut;
use std::ops::{Deref, DerefMut};

/// Rows made room for at first.
const FEW: usize = 1024;

/// Rows of `N` words, the last of which is an entry's number; their order is that of an index.
pub(crate) struct Rows<const N: usize> {
    memory: MmapMut,
    len: usize,
}

impl<const N: usize> Rows<N> {
    /// None, with room for `count`.
    pub fn with_room(count: usize) -> Result<Self> {
        Ok(Self { memory: Buffer::zeroed(count.max(1) * N * 8)?, len: 0 })
    }

    /// That many rows of zeroes.
    pub fn zeroed(count: usize) -> Result<Self> {
        Ok(Self { len: count, ..Self::with_room(count)? })
    }

    pub fn push(&mut self, row: [u64; N]) -> Result<()> {
        if (self.len + 1) * N * 8 > self.memory.len() {
            let mut more = Self::zeroed((self.len * 2).max(FEW))?;
            more.iter_mut().zip(self.iter()).for_each(|(to, row)| *to = *row);
            more.len = self.len;
            *self = more;
        }
        self.len += 1;
        if let Some(to) = self.last_mut() {
            *to = row;
        }
        Ok(())
    }

    pub fn shorten(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

impl<const N: usize> Deref for Rows<N> {
    type Target = [[u64; N]];
    #[inline(always)]
    fn deref(&self) -> &[[u64; N]] {
        let words: &[u64] = bytemuck::try_cast_slice(&self.memory).unwrap_or_default();
        words.as_chunks::<N>().0.get(..self.len).unwrap_or_default()
    }
}

impl<const N: usize> DerefMut for Rows<N> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [[u64; N]] {
        let words: &mut [u64] = bytemuck::try_cast_slice_mut(&mut self.memory).unwrap_or_default();
        words.as_chunks_mut::<N>().0.get_mut(..self.len).unwrap_or_default()
    }
}
