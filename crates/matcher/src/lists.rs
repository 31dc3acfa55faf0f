//! Further entries of a row that has several: most rows have one, which stands in a column of its own.

use crate::packed::Width;

/// How many of what, for laying out the sections.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sizes {
    /// Different keys.
    pub rows: usize,
    /// Keys with several entries.
    pub shared: usize,
    /// Entries beyond the first of their key.
    pub more: usize,
}

/// Further entries by row.
#[derive(Clone, Copy)]
pub(crate) struct Lists<'a> {
    /// Rows that have some, ascending.
    pub at: &'a [u32],
    /// Where the list of each begins, and one more.
    pub start: &'a [u32],
    /// The lists.
    pub ids: &'a [u64],
}

impl<'a> Lists<'a> {
    /// Place and ids of a row's further entries.
    #[inline]
    pub fn of(&self, row: usize) -> (usize, &'a [u64]) {
        if self.at.is_empty() {
            return (0, &[]);
        }
        let list = self.at.binary_search(&(row as u32)).ok().and_then(|k| self.start.get(k..)?.first_chunk::<2>());
        let [from, to] = list.copied().unwrap_or_default();
        (from as usize, self.ids.get(from as usize..to as usize).unwrap_or_default())
    }

    /// Row, place and id of all.
    pub fn all(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        self.at.iter().zip(self.start.windows(2)).flat_map(|(row, list)| {
            let [from, to] = list.first_chunk::<2>().copied().unwrap_or_default();
            let ids = self.ids.get(from as usize..to as usize).unwrap_or_default();
            ids.iter().enumerate().map(move |(k, id)| (*row as usize, from as usize + k, *id))
        })
    }
}

/// Counts keys and entries of sorted rows, and how wide a column of first ids must be. The last word of a row is its entry.
pub(crate) fn measure<const N: usize>(rows: &[[u64; N]]) -> (Sizes, Width) {
    let (mut keys, mut shared) = (0, 0);
    let firsts = groups(rows).filter_map(|same| {
        keys += 1;
        shared += usize::from(same.len() > 1);
        same.first()?.last().copied()
    });
    let width = Width::of(firsts);
    (Sizes { rows: keys, shared, more: rows.len() - keys }, width)
}

/// Rows of the same key.
fn groups<const N: usize>(rows: &[[u64; N]]) -> impl Iterator<Item = &[[u64; N]]> {
    rows.chunk_by(|a, b| a.iter().zip(b).take(N - 1).all(|(a, b)| a == b))
}

/// Walks sorted rows: calls `first` with each key's number and its first row, and writes the lists of the other entries.
pub(crate) fn fill<const N: usize>(
    rows: &[[u64; N]],
    (at, start, ids): (&mut [u32], &mut [u32], &mut [u64]),
    mut first: impl FnMut(usize, &[u64; N]),
) {
    let (mut at, mut start, mut ids) = (at.iter_mut(), start.iter_mut(), ids.iter_mut());
    let mut place = 0;
    for (number, same) in groups(rows).enumerate() {
        let Some((row, others)) = same.split_first() else { continue };
        first(number, row);
        if others.is_empty() {
            continue;
        }
        if let (Some(at), Some(start)) = (at.next(), start.next()) {
            (*at, *start) = (number as u32, place);
        }
        for (other, to) in others.iter().zip(&mut ids) {
            *to = other.last().copied().unwrap_or_default();
            place += 1;
        }
    }
    start.for_each(|start| *start = place);
}
