//! The mutable part: rows that came since the segment was built, scanned plane by plane.
//!
//! A plane holds one word of each hash. Two planes, half of each hash, decide nearly always. Blocks are shared between
//! the versions that readers hold; a change copies the one block it touches.

use super::Entry;
use crate::{
    hash::{Hash256, Reach},
    layers::Head,
    simd::{Kernel, Work},
};
use std::sync::Arc;

type Row = (Hash256, u64);

/// Rows of a block.
const ROWS: usize = 1024;
/// Rows compared at once.
const LANES: usize = 8;

/// Up to 1,024 rows, word by word.
#[derive(Clone)]
pub(crate) struct Block {
    planes: [[u64; ROWS]; 4],
    ids: [u64; ROWS],
    len: usize,
}

/// Rows in no order, cheap to copy.
#[derive(Clone, Default)]
pub(crate) struct Blocks {
    blocks: Vec<Arc<Block>>,
}

/// What came since the last merge.
#[derive(Clone, Default)]
pub(crate) struct Fresh {
    /// Entries found near.
    pub near: Blocks,
    /// Entries found by the very same hash only.
    pub alone: Blocks,
}

impl Head for Fresh {
    type Row = Entry;

    fn len(&self) -> usize {
        self.near.len() + self.alone.len()
    }

    fn push(&mut self, (hash, id, reach): Entry) {
        self.of(reach).push((hash, id));
    }

    fn remove(&mut self, (hash, id, reach): &Entry) -> bool {
        self.of(*reach).remove((*hash, *id))
    }

    fn each(&self, mut each: impl FnMut(Entry)) {
        self.near.iter().for_each(|(hash, id)| each((hash, id, Reach::Near)));
        self.alone.iter().for_each(|(hash, id)| each((hash, id, Reach::Exact)));
    }
}

impl Fresh {
    fn of(&mut self, reach: Reach) -> &mut Blocks {
        match reach {
            Reach::Near => &mut self.near,
            Reach::Exact => &mut self.alone,
        }
    }
}

impl Block {
    /// Row `k`; what stood there before if it is beyond the end.
    fn row(&self, k: usize) -> Row {
        let words = self.planes.each_ref().map(|plane| plane.get(k).copied().unwrap_or_default());
        (Hash256(words), self.ids.get(k).copied().unwrap_or_default())
    }

    fn rows(&self) -> impl Iterator<Item = Row> {
        (0..self.len).map(|k| self.row(k))
    }

    fn put(&mut self, k: usize, (hash, id): Row) {
        for (plane, word) in self.planes.iter_mut().zip(hash.0) {
            if let Some(to) = plane.get_mut(k) {
                *to = word;
            }
        }
        if let Some(to) = self.ids.get_mut(k) {
            *to = id;
        }
    }
}

impl Blocks {
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.len).sum()
    }

    pub fn push(&mut self, row: Row) {
        if self.blocks.last().is_none_or(|block| block.len == ROWS) {
            self.blocks.push(Arc::new(Block { planes: [[0; ROWS]; 4], ids: [0; ROWS], len: 0 }));
        }
        if let Some(block) = self.blocks.last_mut() {
            let block = Arc::make_mut(block);
            block.put(block.len, row);
            block.len += 1;
        }
    }

    /// Whether the row was there. The last row of its block takes its place.
    pub fn remove(&mut self, row: Row) -> bool {
        let place =
            self.blocks.iter().enumerate().find_map(|(n, block)| Some((n, block.rows().position(|r| r == row)?)));
        let Some((n, k)) = place else { return false };
        if let Some(block) = self.blocks.get_mut(n).map(Arc::make_mut) {
            block.len -= 1;
            block.put(k, block.row(block.len));
            if block.len == 0 {
                self.blocks.remove(n);
            }
        }
        true
    }

    pub fn iter(&self) -> impl Iterator<Item = Row> {
        self.blocks.iter().flat_map(|block| block.rows())
    }
}

/// Finds ids and distances of the rows within `radius`.
pub(crate) struct Scan<'a, F> {
    pub rows: &'a Blocks,
    pub query: Hash256,
    pub radius: u32,
    pub found: F,
}

impl<F: FnMut(u64, u32)> Work for Scan<'_, F> {
    type Out = ();

    #[inline(always)]
    fn go<K: Kernel>(mut self, kernel: K) {
        let [first, second, ..] = self.query.0;
        for block in &self.rows.blocks {
            let [one, two, ..] = &block.planes;
            let lanes = one.as_chunks::<LANES>().0.iter().zip(two.as_chunks::<LANES>().0);
            for (k, (one, two)) in lanes.enumerate().take(block.len.div_ceil(LANES)) {
                if kernel.any_close(one, two, [first, second], u64::from(self.radius)) {
                    self.compare(block, k * LANES);
                }
            }
        }
    }
}

impl<F: FnMut(u64, u32)> Scan<'_, F> {
    #[inline(never)]
    fn compare(&mut self, block: &Block, from: usize) {
        for (hash, id) in block.rows().skip(from).take(LANES) {
            let distance = self.query.distance(&hash);
            if distance <= self.radius {
                (self.found)(id, distance);
            }
        }
    }
}
