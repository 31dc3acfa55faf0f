//! The immutable part of an index of 256-bit hashes: flat arrays, built once, searched by many.
//!
//! Hashes stand sorted and once each. For each of the 16 bands all of them are listed in the order of that band's leading
//! `bits` bits (`starts` says where each value begins), and beside each stands the *next* band of the same hash, the filter
//! that is scanned, and its row with as many bits of the band after that as fit into 32 bits.

use super::build::{Row, row};
use crate::{
    error::{Error, Result},
    file::{Draft, FIELDS, Kind, Mark, Parts},
    hash::{BANDS, Hash256},
    lists::{Lists, Sizes},
    packed::Width,
};
use std::path::Path;

/// Names of the sections, in their order.
mod section {
    pub const ROWS: usize = 0;
    pub const NEXT: usize = 1;
    pub const LINKS: usize = 2;
    pub const STARTS: usize = 3;
    pub const IDS: usize = 4;
    pub const MORE_AT: usize = 5;
    pub const MORE_START: usize = 6;
    pub const MORE_IDS: usize = 7;
    pub const ALONE: usize = 8;
    pub const ALONE_IDS: usize = 9;
}

/// Numbers that say how long everything is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Shape {
    /// Hashes and entries.
    pub sizes: Sizes,
    /// Entries that are found by the very same hash only.
    pub alone: usize,
    /// Leading bits of a band that make its key, 1 to 16.
    pub bits: u32,
    /// How entry ids are stored.
    pub width: Width,
    /// Bands, the cheapest to look at first, four bits each.
    pub order: u64,
    /// 0: all hashes have an even number of ones, 1: odd, 2: both occur.
    pub parity: u64,
}

impl Shape {
    /// Length of a band's column, in values. The last scan may read 32 beyond the end.
    pub fn column(&self) -> usize {
        self.sizes.rows.next_multiple_of(32) + 32
    }

    /// Length of a band's directory, in values.
    pub fn directory(&self) -> usize {
        (1 << self.bits) + 16
    }

    /// Bits of a link that hold the row; the others hold bits of the band after the next.
    pub fn row_bits(&self) -> u32 {
        usize::BITS - self.sizes.rows.saturating_sub(1).leading_zeros()
    }

    /// Bits of the band after the next that a link holds, 0 to 16.
    pub fn tag_bits(&self) -> u32 {
        (32 - self.row_bits()).min(16)
    }

    /// Entries, dead ones included.
    pub fn slots(&self) -> usize {
        self.sizes.rows + self.sizes.more + self.alone
    }

    fn lens(&self) -> [usize; 10] {
        [
            self.sizes.rows * 32,
            self.column() * 2 * BANDS,
            self.sizes.rows * 4 * (BANDS - 1),
            self.directory() * 4 * BANDS,
            self.width.len(self.sizes.rows),
            self.sizes.shared * 4,
            (self.sizes.shared + 1) * 4,
            self.sizes.more * 8,
            self.alone * 32,
            self.alone * 8,
        ]
    }

    fn fields(&self) -> [u64; FIELDS] {
        let mut fields = [0; FIELDS];
        let numbers = [
            self.sizes.rows as u64,
            self.sizes.shared as u64,
            self.sizes.more as u64,
            self.alone as u64,
            u64::from(self.bits),
            self.width.base,
            self.width.bytes as u64,
            self.order,
            self.parity,
        ];
        fields.iter_mut().zip(numbers).for_each(|(to, n)| *to = n);
        fields
    }

    /// Reads and bounds what a file says.
    fn read(fields: &[u64; FIELDS]) -> Option<Self> {
        let [rows, shared, more, alone, bits, base, bytes, order, parity, ..] = *fields;
        let count = |n: u64| usize::try_from(n).ok().filter(|n| *n <= MOST);
        Some(Self {
            sizes: Sizes { rows: count(rows)?, shared: count(shared)?, more: count(more)? },
            alone: count(alone)?,
            bits: u32::try_from(bits).ok().filter(|bits| (1..=16).contains(bits))?,
            width: Width { base, bytes: usize::try_from(bytes).ok().filter(|bytes| (1..=8).contains(bytes))? },
            order: Some(order)
                .filter(|order| (0..BANDS).fold(0_u32, |seen, k| seen | 1 << (order >> (4 * k) & 15)) == 0xffff)?,
            parity: Some(parity).filter(|parity| *parity <= 2)?,
        })
    }
}

/// The most hashes or entries an index holds.
pub(crate) const MOST: usize = 1 << 31;

/// Sections to be written.
pub(crate) struct Columns<'a> {
    pub rows: &'a mut [[u64; 4]],
    pub next: &'a mut [u16],
    pub links: &'a mut [u32],
    pub starts: &'a mut [u32],
    pub ids: &'a mut [u8],
    pub more_at: &'a mut [u32],
    pub more_start: &'a mut [u32],
    pub more_ids: &'a mut [u64],
    pub alone: &'a mut [[u64; 4]],
    pub alone_ids: &'a mut [u64],
}

/// The index and where its arrays lie.
#[derive(Debug)]
pub(crate) struct Segment {
    parts: Parts,
    shape: Shape,
}

/// The arrays, for the time of a search.
#[derive(Clone, Copy)]
pub(crate) struct Ring<'a> {
    pub shape: Shape,
    pub rows: &'a [[u64; 4]],
    pub next: &'a [u16],
    pub links: &'a [u32],
    pub starts: &'a [u32],
}

impl Segment {
    /// Lays out the sections and lets `fill` write them; it returns the shape with order and parity settled.
    pub fn draft(shape: Shape, fill: impl FnOnce(Columns<'_>) -> Result<Shape>) -> Result<Self> {
        if shape.slots() > MOST {
            return Err(Error::TooMany("entries"));
        }
        let mut draft = Draft::new(&shape.lens())?;
        let [rows, next, links, starts, ids, more_at, more_start, more_ids, alone, alone_ids, ..] = draft.sections();
        let shape = fill(Columns {
            rows: bytemuck::cast_slice_mut(rows),
            next: bytemuck::cast_slice_mut(next),
            links: bytemuck::cast_slice_mut(links),
            starts: bytemuck::cast_slice_mut(starts),
            ids,
            more_at: bytemuck::cast_slice_mut(more_at),
            more_start: bytemuck::cast_slice_mut(more_start),
            more_ids: bytemuck::cast_slice_mut(more_ids),
            alone: bytemuck::cast_slice_mut(alone),
            alone_ids: bytemuck::cast_slice_mut(alone_ids),
        })?;
        Ok(Self { parts: draft.done(Kind::Near, shape.fields()), shape })
    }

    /// Maps a snapshot.
    pub fn open(path: &Path) -> Result<(Self, Mark)> {
        let (parts, mark) = Parts::open(path, Kind::Near)?;
        let shape = Shape::read(&parts.fields).ok_or(Error::Damaged("its numbers make no sense"))?;
        parts.check_lens(&shape.lens())?;
        Ok((Self { parts, shape }, mark))
    }

    /// Writes a snapshot.
    pub fn save(&self, path: &Path, mark: &Mark) -> Result<()> {
        self.parts.save(path, mark)
    }

    /// Reads a mapped snapshot against its checksums.
    pub fn verify(&self) -> Result<()> {
        self.parts.verify()
    }

    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    pub fn bytes(&self) -> usize {
        self.parts.len()
    }

    pub fn ring(&self) -> Ring<'_> {
        Ring {
            shape: self.shape,
            rows: self.parts.section(section::ROWS),
            next: self.parts.section(section::NEXT),
            links: self.parts.section(section::LINKS),
            starts: self.parts.section(section::STARTS),
        }
    }

    fn lists(&self) -> Lists<'_> {
        Lists {
            at: self.parts.section(section::MORE_AT),
            start: self.parts.section(section::MORE_START),
            ids: self.parts.section(section::MORE_IDS),
        }
    }

    /// Entries of a row: slot and id of each.
    pub fn entries(&self, row: usize) -> impl Iterator<Item = (usize, u64)> {
        let first = self.shape.width.get(self.parts.section(section::IDS), row);
        let (place, others) = self.lists().of(row);
        let others = others.iter().enumerate().map(move |(k, id)| (self.shape.sizes.rows + place + k, *id));
        std::iter::once((row, first)).chain(others)
    }

    /// Entries found by the very same hash only: slot and id of each.
    pub fn alone(&self, hash: &Hash256) -> impl Iterator<Item = (usize, u64)> {
        let hashes: &[[u64; 4]] = self.parts.section(section::ALONE);
        let from = hashes.partition_point(|h| *h < hash.0);
        let same = hashes.get(from..).unwrap_or_default().iter().take_while(|h| **h == hash.0).count();
        let ids = self.parts.section::<u64>(section::ALONE_IDS).get(from..from + same).unwrap_or_default();
        let before = self.shape.sizes.rows + self.shape.sizes.more + from;
        ids.iter().enumerate().map(move |(k, id)| (before + k, *id))
    }

    /// All entries with exact reach, in order, with their slot.
    pub fn all_alone(&self) -> impl Iterator<Item = (Row, usize)> {
        let before = self.shape.sizes.rows + self.shape.sizes.more;
        let hashes = self.parts.section::<[u64; 4]>(section::ALONE).iter();
        let ids = self.parts.section::<u64>(section::ALONE_IDS).iter();
        hashes.zip(ids).enumerate().map(move |(k, (hash, id))| (row(&Hash256(*hash), *id), before + k))
    }

    /// All entries that are found near, in order, with their slot.
    pub fn each_near(&self, mut each: impl FnMut(Row, usize) -> Result<()>) -> Result<()> {
        let ids: &[u8] = self.parts.section(section::IDS);
        let lists = self.lists();
        let mut others = lists.all().peekable();
        for (number, hash) in self.ring().rows.iter().enumerate() {
            each(row(&Hash256(*hash), self.shape.width.get(ids, number)), number)?;
            while let Some((_, place, id)) = others.next_if(|(at, ..)| *at == number) {
                each(row(&Hash256(*hash), id), self.shape.sizes.rows + place)?;
            }
        }
        Ok(())
    }

    /// The row of a hash, by the directory of band 0, whose order is that of the rows.
    pub fn row(&self, hash: &Hash256) -> Option<usize> {
        let ring = self.ring();
        let key = usize::from(hash.bands()[0] >> (16 - self.shape.bits));
        let [from, to] = ring.starts.get(key..key + 2)?.first_chunk::<2>().copied()?;
        let bucket = ring.rows.get(from as usize..to as usize)?;
        bucket.binary_search(&hash.0).ok().map(|at| from as usize + at)
    }
}

impl<'a> Ring<'a> {
    /// Directory of a band: where each key begins in its column, one more than keys.
    #[inline(always)]
    pub fn directory(&self, band: usize) -> &'a [u32] {
        let len = self.shape.directory();
        self.starts.get(band * len..(band + 1) * len).unwrap_or_default()
    }

    /// Column of a band: the next band of each hash.
    #[inline(always)]
    pub fn column(&self, band: usize) -> &'a [u16] {
        let len = self.shape.column();
        self.next.get(band * len..(band + 1) * len).unwrap_or_default()
    }

    /// Links of a band to the rows; none for band 0, where the place is the row.
    #[inline(always)]
    pub fn links(&self, band: usize) -> &'a [u32] {
        let len = self.shape.sizes.rows;
        band.checked_sub(1).and_then(|b| self.links.get(b * len..(b + 1) * len)).unwrap_or_default()
    }

    /// Bands, the cheapest to look at first.
    pub fn order(&self) -> [u8; BANDS] {
        std::array::from_fn(|k| (self.shape.order >> (4 * k) & 15) as u8)
    }

    /// The radius that finds the same: two hashes whose counts of ones have the same parity are an even number of bits apart.
    pub fn radius(&self, query: &Hash256, radius: u32) -> Option<u32> {
        let odd = match self.shape.parity {
            2 => return Some(radius),
            parity => (u64::from(query.ones()) + parity) % 2 == 1,
        };
        if (radius % 2 == 1) == odd { Some(radius) } else { radius.checked_sub(1) }
    }
}
