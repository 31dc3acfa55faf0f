//! Many queries at once, made for the most answers a second.
//!
//! For each band the queries are sorted by key and the buckets read front to back: the filter columns stream through the
//! cache once for all queries. A bucket meets the queries whose key is its own or one bit off; they too lie side by side.

use super::{
    one::{Near, owner, scan},
    plan::{Asks, Plan},
    ring::Ring,
};
use crate::{
    hash::{BANDS, Hash256},
    simd::{Kernel, Work, prefetch},
};

/// Finds the rows within `radius` (at most 31) of each query.
pub(crate) struct Bulk<'a, 'b, F> {
    pub ring: Ring<'a>,
    /// At most `u32::MAX`. All with the same parity of ones, where the segment's hashes have one.
    pub queries: &'b [Hash256],
    pub radius: u32,
    /// Called with the number of the query and what it found, in no order.
    pub found: F,
}

/// A place whose hash passed the filter for a query.
#[derive(Clone, Copy, Default)]
struct Passed {
    at: u32,
    query: u32,
    left: u16,
}

/// Places whose links, then rows, are on their way.
const KEPT: usize = 256;

impl<F: FnMut(u32, Near)> Work for Bulk<'_, '_, F> {
    type Out = ();

    #[inline(always)]
    fn go<K: Kernel>(self, kernel: K) {
        let Self { ring, queries, radius, mut found } = self;
        let plan = Plan::new(radius, &ring.order());
        let mut groups = Groups::default();
        for band in 0..BANDS {
            let asks = plan.asks(band);
            if asks.own == 0 {
                continue;
            }
            groups.fill(queries, band, ring.shape.bits);
            let mut sweep = Sweep {
                ring,
                queries,
                plan: &plan,
                radius,
                band,
                asks,
                passed: [Passed::default(); KEPT],
                count: 0,
                found: &mut found,
            };
            sweep.sweep(kernel, &groups);
            sweep.settle();
        }
    }
}

/// Queries by their key in one band.
#[derive(Default)]
struct Groups {
    /// Where the queries of each key begin.
    starts: Vec<u32>,
    /// Numbers of the queries.
    order: Vec<u32>,
    /// Their next band.
    next: Vec<u16>,
}

impl Groups {
    fn fill(&mut self, queries: &[Hash256], band: usize, bits: u32) {
        let word = |query: &Hash256, band: usize| {
            let word = query.0.get(band / 4 % 4).copied().unwrap_or_default();
            (word >> (48 - 16 * (band % 4))) as u16
        };
        let key = |query: &Hash256| usize::from(word(query, band) >> (16 - bits));
        self.starts.clear();
        self.starts.resize((1 << bits) + 2, 0);
        // Counted two places on, so that after placing each start has moved to where it belongs.
        for query in queries {
            if let Some(count) = self.starts.get_mut(key(query) + 2) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.order.resize(queries.len(), 0);
        self.next.resize(queries.len(), 0);
        for (k, query) in queries.iter().enumerate() {
            let Some(place) = self.starts.get_mut(key(query) + 1) else { continue };
            if let (Some(order), Some(next)) = (self.order.get_mut(*place as usize), self.next.get_mut(*place as usize))
            {
                (*order, *next) = (k as u32, word(query, band + 1));
            }
            *place += 1;
        }
    }

    /// Numbers and next bands of the queries with this key.
    #[inline(always)]
    fn of(&self, key: usize) -> (&[u32], &[u16]) {
        let Some(&[from, to]) = self.starts.get(key..).and_then(|rest| rest.first_chunk::<2>()) else {
            return (&[], &[]);
        };
        let range = from as usize..to as usize;
        (self.order.get(range.clone()).unwrap_or_default(), self.next.get(range).unwrap_or_default())
    }
}

/// One band being read front to back.
struct Sweep<'a, 'b, F> {
    ring: Ring<'a>,
    queries: &'b [Hash256],
    plan: &'b Plan,
    radius: u32,
    band: usize,
    asks: Asks,
    passed: [Passed; KEPT],
    count: usize,
    found: &'b mut F,
}

impl<F: FnMut(u32, Near)> Sweep<'_, '_, F> {
    #[inline(always)]
    fn sweep<K: Kernel>(&mut self, kernel: K, groups: &Groups) {
        let flips = if self.asks.own > 1 { self.ring.shape.bits } else { 0 };
        let directory = self.ring.directory(self.band);
        for (key, bucket) in directory.windows(2).take(1 << self.ring.shape.bits).enumerate() {
            let &[from, to] = bucket else { continue };
            let to = to.min(self.ring.rows.len() as u32);
            if from >= to {
                continue;
            }
            self.bucket(kernel, from, to, 0, groups.of(key));
            for bit in 0..flips {
                self.bucket(kernel, from, to, 1, groups.of(key ^ 1 << bit));
            }
        }
    }

    /// Scans a bucket for queries whose key is `flips` bits off.
    #[inline(always)]
    fn bucket<K: Kernel>(&mut self, kernel: K, from: u32, to: u32, flips: u16, (numbers, nexts): (&[u32], &[u16])) {
        let (column, links) = (self.ring.column(self.band), self.ring.links(self.band));
        for (query, next) in numbers.iter().zip(nexts) {
            scan(kernel, column, from, to, *next, self.asks.two - 1 - flips, |at, value| {
                if self.count == KEPT {
                    self.settle();
                }
                let apart = flips + (value ^ next).count_ones() as u16;
                let left = (self.asks.three - 1).saturating_sub(apart);
                if let Some(passed) = self.passed.get_mut(self.count) {
                    *passed = Passed { at, query: *query, left };
                    self.count += 1;
                }
                if self.band == 0 {
                    prefetch(self.ring.rows, at as usize);
                } else {
                    prefetch(links, at as usize);
                }
            });
        }
    }

    /// Follows what passed to the rows and keeps what is near, each once.
    #[inline(never)]
    fn settle(&mut self) {
        let (row_bits, tag_bits) = (self.ring.shape.row_bits(), self.ring.shape.tag_bits());
        let tag_mask = (1_u64 << tag_bits) - 1;
        let row_mask = (1_u64 << row_bits) - 1;
        let links = self.ring.links(self.band);
        let third = self.band + 2;
        let third = |query: &Hash256| {
            let word = query.0.get(third / 4 % 4).copied().unwrap_or_default();
            word >> (48 - 16 * (third % 4))
        };
        let mut close = 0;
        for k in 0..self.count {
            let Some(mut passed) = self.passed.get(k).copied() else { break };
            if self.band > 0 {
                let link = links.get(passed.at as usize).copied().map_or(0, u64::from);
                let Some(query) = self.queries.get(passed.query as usize) else { continue };
                if (((link >> row_bits) ^ third(query)) & tag_mask).count_ones() > u32::from(passed.left) {
                    continue;
                }
                passed.at = (link & row_mask) as u32;
                prefetch(self.ring.rows, passed.at as usize);
            }
            if let Some(to) = self.passed.get_mut(close) {
                *to = passed;
                close += 1;
            }
        }
        self.count = 0;
        for passed in self.passed.get(..close).unwrap_or_default() {
            let (Some(row), Some(query)) =
                (self.ring.rows.get(passed.at as usize), self.queries.get(passed.query as usize))
            else {
                continue;
            };
            let distance = query.distance(&Hash256(*row));
            if distance <= self.radius && owner(self.plan, &query.bands(), row) == Some(self.band) {
                (self.found)(passed.query, Near { row: passed.at, distance });
            }
        }
    }
}
