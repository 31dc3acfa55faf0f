//! The immutable part of an index of digests: sorted records behind a directory that takes over their leading bytes.
//!
//! Keys are spread evenly, so their `bits` leading bits name one of about as many *cells* as there are keys. The cells are
//! written in unary: a one for each key in the cell, then a zero; every 64 cells `starts` says how many keys came before. So
//! the directory costs about 2.3 bits for each key, and a record needs neither the whole bytes of its cell's number nor more
//! bytes for its entry than the largest needs: 13 and 3 bytes for ten million.

use super::{Key, Row};
use crate::{
    error::{Error, Result},
    file::{Draft, FIELDS, Kind, Mark, Parts},
    lists::{Lists, Sizes, fill, measure},
    packed::Width,
    rows::Rows,
    simd::{Kernel, Work, prefetch},
    sort::sorted,
};
use std::path::Path;

/// Most keys or entries of a table.
const MOST: usize = 1 << 31;
/// Cells between two starts.
const CELLS: usize = 64;
/// Bytes behind the last record, so that sixteen can be read anywhere.
const PAD: usize = 16;
/// Keys that are on their way to memory at the same time.
const TOGETHER: usize = 32;

/// Names of the sections, in their order.
mod section {
    pub const RECORDS: usize = 0;
    pub const CELLS: usize = 1;
    pub const STARTS: usize = 2;
    pub const MORE_AT: usize = 3;
    pub const MORE_START: usize = 4;
    pub const MORE_IDS: usize = 5;
}

/// Numbers that say how long everything is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shape {
    sizes: Sizes,
    /// Leading bits of a key that name its cell, 6 to 34.
    bits: u32,
    /// How entry ids are stored.
    width: Width,
    /// The caller's number for the kind of digest.
    tag: u64,
}

impl Shape {
    /// Leading bytes of a key that its record leaves out.
    fn cut(&self) -> usize {
        self.bits as usize / 8
    }

    /// Bytes of the key in a record.
    fn rest(&self) -> usize {
        16 - self.cut()
    }

    fn record(&self) -> usize {
        self.rest() + self.width.bytes
    }

    fn lens(&self) -> [usize; 6] {
        let cells = 1_usize << self.bits;
        [
            self.sizes.rows * self.record() + PAD,
            (cells + self.sizes.rows).div_ceil(64) * 8 + 8,
            cells / CELLS * 4,
            self.sizes.shared * 4,
            (self.sizes.shared + 1) * 4,
            self.sizes.more * 8,
        ]
    }

    fn fields(&self) -> [u64; FIELDS] {
        let mut fields = [0; FIELDS];
        let Sizes { rows, shared, more } = self.sizes;
        let (bits, Width { base, bytes }) = (u64::from(self.bits), self.width);
        let numbers = [rows as u64, shared as u64, more as u64, bits, base, bytes as u64, self.tag];
        fields.iter_mut().zip(numbers).for_each(|(to, n)| *to = n);
        fields
    }

    fn read(fields: &[u64; FIELDS]) -> Option<Self> {
        let [rows, shared, more, bits, base, bytes, tag, ..] = *fields;
        let count = |n: u64| usize::try_from(n).ok().filter(|n| *n <= MOST);
        Some(Self {
            sizes: Sizes { rows: count(rows)?, shared: count(shared)?, more: count(more)? },
            bits: u32::try_from(bits).ok().filter(|bits| (6..=34).contains(bits))?,
            width: Width { base, bytes: usize::try_from(bytes).ok().filter(|bytes| (1..=8).contains(bytes))? },
            tag,
        })
    }
}

/// The table and where its arrays lie.
#[derive(Debug)]
pub(crate) struct Table {
    parts: Parts,
    shape: Shape,
}

/// Builds from rows in any order; the same row twice counts once.
pub(crate) fn build(rows: Rows<3>, tag: u64, threads: usize) -> Result<Table> {
    if rows.len() > MOST {
        return Err(Error::TooMany("entries"));
    }
    let rows = sorted(rows, threads)?;
    let (sizes, width) = measure(&rows);
    let bits = (sizes.rows.max(1).ilog2() + 1).max(6);
    let shape = Shape { sizes, bits, width, tag };
    let mut draft = Draft::new(&shape.lens())?;
    let [records, cells, starts, more_at, more_start, more_ids, ..] = draft.sections();
    let cells: &mut [u64] = bytemuck::cast_slice_mut(cells);
    let starts: &mut [u32] = bytemuck::cast_slice_mut(starts);
    let more =
        (bytemuck::cast_slice_mut(more_at), bytemuck::cast_slice_mut(more_start), bytemuck::cast_slice_mut(more_ids));
    let mut to = records.chunks_exact_mut(shape.record());
    let mut started = 0;
    fill(&rows, more, |row, [high, low, id]| {
        let key = u128::from(*high) << 64 | u128::from(*low);
        if let Some((rest, number)) = to.next().and_then(|record| record.split_at_mut_checked(shape.rest())) {
            rest.copy_from_slice(key.to_le_bytes().get(..shape.rest()).unwrap_or_default());
            shape.width.put(number, 0, *id);
        }
        // The key's one comes after a zero for each cell before its own and a one for each key before it.
        let cell = (key >> (128 - shape.bits)) as usize;
        if let Some(word) = cells.get_mut((cell + row) / 64) {
            *word |= 1 << ((cell + row) % 64);
        }
        while started <= cell / CELLS {
            if let Some(start) = starts.get_mut(started) {
                *start = row as u32;
            }
            started += 1;
        }
    });
    starts.iter_mut().skip(started).for_each(|start| *start = sizes.rows as u32);
    Ok(Table { parts: draft.done(Kind::Exact, shape.fields()), shape })
}

impl Table {
    pub fn open(path: &Path, tag: u64) -> Result<(Self, Mark)> {
        let (parts, mark) = Parts::open(path, Kind::Exact)?;
        let shape = Shape::read(&parts.fields).ok_or(Error::Damaged("its numbers make no sense"))?;
        parts.check_lens(&shape.lens())?;
        if shape.tag != tag {
            return Err(Error::Kind);
        }
        Ok((Self { parts, shape }, mark))
    }

    pub fn save(&self, path: &Path, mark: &Mark) -> Result<()> {
        self.parts.save(path, mark)
    }

    pub fn verify(&self) -> Result<()> {
        self.parts.verify()
    }

    pub fn bytes(&self) -> usize {
        self.parts.len()
    }

    pub fn tag(&self) -> u64 {
        self.shape.tag
    }

    pub fn slots(&self) -> usize {
        self.shape.sizes.rows + self.shape.sizes.more
    }

    fn lists(&self) -> Lists<'_> {
        Lists {
            at: self.parts.section(section::MORE_AT),
            start: self.parts.section(section::MORE_START),
            ids: self.parts.section(section::MORE_IDS),
        }
    }

    /// All rows in order, with their slot.
    pub fn each(&self, mut each: impl FnMut(Row, usize) -> Result<()>) -> Result<()> {
        let (shape, cells) = (self.shape, self.parts.section::<u64>(section::CELLS));
        let lists = self.lists();
        let mut others = lists.all().peekable();
        let (mut cell, mut row) = (0_u128, 0);
        let records = self.parts.section::<u8>(section::RECORDS);
        let mut records = records.chunks_exact(shape.record()).take(shape.sizes.rows);
        for bit in (0..cells.len() * 64).map(|at| cells.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)) {
            if !bit {
                cell += 1;
                continue;
            }
            let Some((rest, number)) = records.next().and_then(|record| record.split_at_checked(shape.rest())) else {
                break;
            };
            let rest = rest.iter().rev().fold(0, |all, byte| all << 8 | u128::from(*byte));
            // The record repeats those bits of the cell that do not fill a byte.
            let key = Key(cell << (128 - shape.bits) | rest);
            let id = number.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte));
            each(super::row(key, shape.width.base.wrapping_add(id)), row)?;
            while let Some((_, place, id)) = others.next_if(|(at, ..)| *at == row) {
                each(super::row(key, id), shape.sizes.rows + place)?;
            }
            row += 1;
        }
        Ok(())
    }
}

/// Looks keys up and calls `hit` with the key's place, the entry's slot and id.
pub(crate) struct Batch<'a, F> {
    pub table: &'a Table,
    pub keys: &'a [Key],
    pub hit: F,
}

/// A key on its way.
#[derive(Clone, Copy, Default)]
struct Way {
    /// First a bit among the cells, then a record.
    at: usize,
    /// Records of the key's cell.
    count: u32,
}

impl<F: FnMut(usize, usize, u64)> Work for Batch<'_, F> {
    type Out = ();

    #[inline(always)]
    fn go<K: Kernel>(mut self, kernel: K) {
        let (table, shape) = (self.table, self.table.shape);
        let records: &[u8] = table.parts.section(section::RECORDS);
        let cells: &[u64] = table.parts.section(section::CELLS);
        let starts: &[u32] = table.parts.section(section::STARTS);
        let lists = table.lists();
        let (record, rest) = (shape.record(), shape.rest());
        let mask = u128::MAX >> (8 * shape.cut());
        let cell = |key: &Key| (key.0 >> (128 - shape.bits)) as usize;
        let mut ways = [Way::default(); TOGETHER];
        for (group, keys) in self.keys.chunks(TOGETHER).enumerate() {
            for key in keys {
                prefetch(starts, cell(key) / CELLS);
            }
            for (key, way) in keys.iter().zip(&mut ways) {
                let group = cell(key) / CELLS;
                way.at = starts.get(group).map_or(0, |start| *start as usize + group * CELLS);
                prefetch(cells, way.at / 64);
            }
            for (key, way) in keys.iter().zip(&mut ways) {
                *way = locate(kernel, cells, way.at, cell(key));
                prefetch(records, way.at * record);
            }
            for (k, (key, way)) in keys.iter().zip(&ways).enumerate() {
                for row in way.at..way.at + way.count as usize {
                    let Some(bytes) = records.get(row * record..).and_then(|rest| rest.first_chunk::<16>()) else {
                        break;
                    };
                    let found = u128::from_le_bytes(*bytes);
                    if (found ^ key.0) & mask != 0 {
                        continue;
                    }
                    let number = records.get(row * record + rest..).unwrap_or_default();
                    let place = group * TOGETHER + k;
                    (self.hit)(place, row, shape.width.get(number, 0));
                    let (first, others) = lists.of(row);
                    for (n, id) in others.iter().enumerate() {
                        (self.hit)(place, shape.sizes.rows + first + n, *id);
                    }
                }
            }
        }
    }
}

/// Records of a cell, given the bit at which its group of cells begins.
#[inline(always)]
fn locate<K: Kernel>(kernel: K, cells: &[u64], from: usize, cell: usize) -> Way {
    let mut left = (cell % CELLS) as u32;
    let mut at = from;
    // Skip as many zeroes as cells of the group come before.
    while left > 0 {
        let Some(word) = cells.get(at / 64) else { return Way::default() };
        let zeroes = !word & u64::MAX << (at % 64);
        let count = zeroes.count_ones();
        if count >= left {
            at = at / 64 * 64 + kernel.select(zeroes, left - 1) as usize + 1;
            left = 0;
        } else {
            left -= count;
            at = (at / 64 + 1) * 64;
        }
    }
    let mut count = 0;
    loop {
        let end = at + count as usize;
        let Some(word) = cells.get(end / 64) else { break };
        let ones = (word >> (end % 64)).trailing_ones();
        count += ones;
        if ones == 0 || (end % 64) as u32 + ones < 64 {
            break;
        }
    }
    Way { at: at - cell, count }
}
