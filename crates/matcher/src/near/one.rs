//! One query against a segment, made for the shortest answer.
//!
//! All is memory traffic: some 270 short bursts from places that look random. So the work is cut into stages, each asks for
//! the lines of the next one before it needs them: directories, buckets of the filter column, links, rows.

use super::{plan::Plan, ring::Ring};
use crate::{
    hash::{BANDS, Hash256},
    simd::{Kernel, Work, prefetch},
};

/// A row within the radius.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Near {
    pub row: u32,
    pub distance: u32,
}

/// Finds the rows within `radius` (at most 31) of `query`.
pub(crate) struct One<'a, 'b> {
    pub ring: Ring<'a>,
    pub query: Hash256,
    pub radius: u32,
    pub found: &'b mut Vec<Near>,
}

/// A bucket to scan: keys in one band that are the query's (flips 0) or one bit off it (flips 1).
#[derive(Clone, Copy, Default)]
struct Bucket {
    from: u32,
    to: u32,
}

/// A place in a column whose hash passed the filter, and what is left for the band after that.
#[derive(Clone, Copy, Default)]
struct Passed {
    at: u32,
    band: u8,
    left: u8,
}

/// Buckets a band can have.
const PROBES: usize = 17;
/// Passed places that are kept before their links are read.
const KEPT: usize = 192;

impl Work for One<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn go<K: Kernel>(self, kernel: K) {
        let Self { ring, query, radius, found } = self;
        let Some(radius) = ring.radius(&query, radius) else { return };
        if ring.rows.is_empty() {
            return;
        }
        let plan = Plan::new(radius, &ring.order());
        let search = Search { ring, plan, query, bands: query.bands(), radius };
        let mut kept = Kept { items: [Passed::default(); KEPT], count: 0 };
        let mut buckets = [[Bucket::default(); PROBES]; 2];
        search.ask_directory(0);
        search.ask_directory(1);
        let [mut ahead, mut now] = [0_usize; 2];
        let mut counts = [0_usize; 2];
        // Band `k` is scanned while the buckets of `k + 1` and the directory of `k + 2` are on their way.
        for step in 0..=BANDS {
            if step < BANDS {
                search.ask_directory(step + 2);
                if let (Some(to), Some(count)) = (buckets.get_mut(ahead), counts.get_mut(ahead)) {
                    *count = search.ask_buckets(step, to);
                }
            }
            if step > 0
                && let (Some(from), Some(count)) = (buckets.get(now), counts.get(now))
            {
                search.scan(kernel, step - 1, from.get(..*count).unwrap_or_default(), &mut kept, found);
            }
            (now, ahead) = (ahead, 1 - ahead);
        }
        search.settle(&mut kept, found);
    }
}

/// What stays the same during one search.
struct Search<'a> {
    ring: Ring<'a>,
    plan: Plan,
    query: Hash256,
    bands: [u16; BANDS],
    radius: u32,
}

struct Kept {
    items: [Passed; KEPT],
    count: usize,
}

impl Search<'_> {
    #[inline(always)]
    fn band(&self, k: usize) -> u16 {
        self.bands.get(k % BANDS).copied().unwrap_or_default()
    }

    /// Keys to look up in a band: the query's own, then those one bit off.
    #[inline(always)]
    fn keys(&self, band: usize) -> impl Iterator<Item = usize> {
        let key = usize::from(self.band(band) >> (16 - self.ring.shape.bits));
        let flips = match self.plan.asks(band).own {
            0 => None,
            1 => Some(0),
            _ => Some(self.ring.shape.bits),
        };
        flips.into_iter().flat_map(move |flips| std::iter::once(key).chain((0..flips).map(move |bit| key ^ 1 << bit)))
    }

    #[inline(always)]
    fn ask_directory(&self, band: usize) {
        if band < BANDS {
            let directory = self.ring.directory(band);
            self.keys(band).for_each(|key| prefetch(directory, key));
        }
    }

    /// Reads where a band's buckets lie and asks for them.
    #[inline(always)]
    fn ask_buckets(&self, band: usize, buckets: &mut [Bucket; PROBES]) -> usize {
        let (directory, column) = (self.ring.directory(band), self.ring.column(band));
        let mut count = 0;
        for (key, bucket) in self.keys(band).zip(buckets) {
            if let Some(&[from, to]) = directory.get(key..).and_then(|rest| rest.first_chunk::<2>()) {
                let to = to.min(self.ring.rows.len() as u32); // less only in a damaged snapshot
                *bucket = Bucket { from, to };
                let mut at = from & !31;
                while at < to {
                    prefetch(column, at as usize);
                    at += 32;
                }
            }
            count += 1;
        }
        count
    }

    /// Scans a band's buckets.
    #[inline(always)]
    fn scan<K: Kernel>(&self, kernel: K, band: usize, buckets: &[Bucket], kept: &mut Kept, found: &mut Vec<Near>) {
        let (column, links) = (self.ring.column(band), self.ring.links(band));
        let asks = self.plan.asks(band);
        let next = self.band(band + 1);
        for (k, bucket) in buckets.iter().enumerate() {
            let flips = u16::from(k > 0);
            scan(kernel, column, bucket.from, bucket.to, next, asks.two - 1 - flips, |at, value| {
                if kept.count == KEPT {
                    self.settle(kept, found);
                }
                let apart = flips + (value ^ next).count_ones() as u16;
                if let Some(to) = kept.items.get_mut(kept.count) {
                    *to = Passed { at, band: band as u8, left: (asks.three - 1).saturating_sub(apart) as u8 };
                    kept.count += 1;
                }
                if band == 0 {
                    prefetch(self.ring.rows, at as usize);
                } else {
                    prefetch(links, at as usize);
                }
            });
        }
    }

    /// Follows what passed to the rows and keeps what is near, each once.
    fn settle(&self, kept: &mut Kept, found: &mut Vec<Near>) {
        let (row_bits, tag_bits) = (self.ring.shape.row_bits(), self.ring.shape.tag_bits());
        let tag_mask = ((1_u32 << tag_bits) - 1) as u16;
        let row_mask = ((1_u64 << row_bits) - 1) as u32;
        let mut close = 0;
        for k in 0..kept.count {
            let Some(passed) = kept.items.get(k).copied() else { break };
            let mut row = passed.at;
            if passed.band > 0 {
                let band = usize::from(passed.band);
                let link = self.ring.links(band).get(passed.at as usize).copied().unwrap_or_default();
                row = link & row_mask;
                let tag = (u64::from(link) >> row_bits) as u16;
                if ((tag ^ self.band(band + 2)) & tag_mask).count_ones() > u32::from(passed.left) {
                    continue;
                }
                prefetch(self.ring.rows, row as usize);
            }
            if let Some(to) = kept.items.get_mut(close) {
                *to = Passed { at: row, ..passed };
                close += 1;
            }
        }
        kept.count = 0;
        for passed in kept.items.get(..close).unwrap_or_default() {
            let Some(row) = self.ring.rows.get(passed.at as usize) else { continue };
            let distance = self.query.distance(&Hash256(*row));
            if distance <= self.radius && self.owns(usize::from(passed.band), row) {
                found.push(Near { row: passed.at, distance });
            }
        }
    }

    #[inline(never)]
    fn owns(&self, band: usize, row: &[u64; 4]) -> bool {
        owner(&self.plan, &self.bands, row) == Some(band)
    }
}

/// Calls `passed` with place and value of all from `from` to `to` that differ from `next` in at most `limit` bits. Reads whole
/// lines.
#[inline(always)]
pub(crate) fn scan<K: Kernel>(
    kernel: K,
    column: &[u16],
    from: u32,
    to: u32,
    next: u16,
    limit: u16,
    mut passed: impl FnMut(u32, u16),
) {
    let mut at = from & !31;
    let mut fresh = u32::MAX << (from & 31);
    while at < to {
        let Some(line) = column.get(at as usize..).and_then(|rest| rest.first_chunk::<32>()) else { break };
        let mut close = kernel.close(line, next, limit) & fresh;
        if to - at < 32 {
            close &= (1 << (to - at)) - 1;
        }
        while close != 0 {
            let lane = close.trailing_zeros();
            close &= close - 1;
            passed(at + lane, line.get(lane as usize & 31).copied().unwrap_or_default());
        }
        fresh = u32::MAX;
        at += 32;
    }
}

/// The band that owns the pair of a query and a row.
pub(crate) fn owner(plan: &Plan, query: &[u16; BANDS], row: &[u64; 4]) -> Option<usize> {
    let mut apart = [0; BANDS];
    for (to, (a, b)) in apart.iter_mut().zip(query.iter().zip(Hash256(*row).bands())) {
        *to = (a ^ b).count_ones() as u16;
    }
    plan.owner(&apart)
}

/// Compares with every row; for radii beyond what bands answer.
pub(crate) struct All<'a, 'b> {
    pub rows: &'a [[u64; 4]],
    pub query: Hash256,
    pub radius: u32,
    pub found: &'b mut Vec<Near>,
}

impl Work for All<'_, '_> {
    type Out = ();

    #[inline(always)]
    fn go<K: Kernel>(self, _: K) {
        for (block, rows) in self.rows.chunks(64).enumerate() {
            let mut apart = [0; 64];
            for (to, row) in apart.iter_mut().zip(rows) {
                *to = self.query.distance(&Hash256(*row));
            }
            for (k, distance) in apart.into_iter().take(rows.len()).enumerate() {
                if distance <= self.radius {
                    self.found.push(Near { row: (block * 64 + k) as u32, distance });
                }
            }
        }
    }
}
