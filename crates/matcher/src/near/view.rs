//! Searching one version of the index.

use super::{
    Hit, Segment,
    bulk::Bulk,
    head::{Fresh, Scan},
    one::{All, Near, One},
    plan::RADIUS,
};
use crate::{hash::Hash256, layers::State, simd::Lanes};
use std::sync::Arc;

/// Queries swept together: their numbers and next bands stay in the second-level cache.
const TOGETHER: usize = 1 << 16;

/// A version of a [`NearIndex`](super::NearIndex). Take a new one for each request; holding one keeps its memory.
#[derive(Clone)]
pub struct View {
    state: Arc<State<Segment>>,
    lanes: Lanes,
}

impl View {
    pub(super) fn of(state: Arc<State<Segment>>) -> Self {
        Self { state, lanes: Lanes::best() }
    }

    /// The same, searched with other instructions. The answers are the same.
    #[must_use]
    pub fn with_lanes(self, lanes: Lanes) -> Self {
        Self { lanes, ..self }
    }

    /// All entries within `radius` bits of the query, nearest first, then by id: complete for every radius from 0 to 256.
    /// Entries of [`Reach::Exact`](crate::Reach::Exact) are found at distance 0 only.
    ///
    /// Up to radius 31 by the bands; beyond that every hash is compared.
    pub fn search(&self, query: &Hash256, radius: u32) -> Vec<Hit> {
        let state = &*self.state;
        let (mut near, mut hits) = (Vec::new(), Vec::new());
        let (ring, found) = (state.segment.ring(), &mut near);
        if radius <= RADIUS {
            self.lanes.run(One { ring, query: *query, radius, found });
        } else {
            self.lanes.run(All { rows: ring.rows, query: *query, radius, found });
        }
        near.iter().for_each(|near| self.name(*near, |hit| hits.push(hit)));
        self.outside(query, radius, |hit| hits.push(hit));
        hits.sort_unstable();
        hits
    }

    /// The same for many queries: number of the query and hit, in order. Much cheaper from some thousand queries on.
    pub fn search_many(&self, queries: &[Hash256], radius: u32) -> Vec<(usize, Hit)> {
        let mut hits = Vec::new();
        self.search_each(queries, radius, |query, hit| hits.push((query, hit)));
        hits.sort_unstable();
        hits
    }

    /// The same without a list of hits, in no order.
    pub fn search_each(&self, queries: &[Hash256], radius: u32, mut found: impl FnMut(usize, Hit)) {
        for (part, queries) in queries.chunks(TOGETHER).enumerate() {
            let before = part * TOGETHER;
            if radius > RADIUS || queries.len() < self.worth_sweeping() {
                for (k, query) in queries.iter().enumerate() {
                    self.search(query, radius).into_iter().for_each(|hit| found(before + k, hit));
                }
            } else {
                self.sweep(queries, radius, |query, hit| found(before + query, hit));
                for (k, query) in queries.iter().enumerate() {
                    self.outside(query, radius, |hit| found(before + k, hit));
                }
            }
        }
    }

    /// Queries from which on a sweep over all keys costs less than as many single look-ups.
    fn worth_sweeping(&self) -> usize {
        1 << self.state.segment.shape().bits >> 5
    }

    /// Queries whose ones have the same parity share a radius, see [`Ring::radius`](super::ring::Ring::radius).
    fn sweep(&self, queries: &[Hash256], radius: u32, mut found: impl FnMut(usize, Hit)) {
        let state = &*self.state;
        let ring = state.segment.ring();
        let odd = |k: &usize| queries.get(*k).is_some_and(|query| query.ones() % 2 == 1);
        let (odd, even): (Vec<usize>, Vec<usize>) = (0..queries.len()).partition(odd);
        let groups = if ring.shape.parity == 2 { vec![(0..queries.len()).collect()] } else { vec![odd, even] };
        for places in groups {
            let queries: Vec<Hash256> = places.iter().filter_map(|k| queries.get(*k)).copied().collect();
            let Some(radius) = queries.first().and_then(|query| ring.radius(query, radius)) else { continue };
            let found = |query: u32, near| {
                if let Some(query) = places.get(query as usize) {
                    self.name(near, |hit| found(*query, hit));
                }
            };
            self.lanes.run(Bulk { ring, queries: &queries, radius, found });
        }
    }

    /// The living entries of a row.
    fn name(&self, near: Near, mut hit: impl FnMut(Hit)) {
        for (slot, id) in self.state.segment.entries(near.row as usize) {
            if !self.state.dead.has(slot) {
                hit(Hit { distance: near.distance, id });
            }
        }
    }

    /// What is found outside the bands: entries of exact reach and the heads.
    fn outside(&self, query: &Hash256, radius: u32, mut hit: impl FnMut(Hit)) {
        for (slot, id) in self.state.segment.alone(query) {
            if !self.state.dead.has(slot) {
                hit(Hit { distance: 0, id });
            }
        }
        for Fresh { near, alone } in [&self.state.frozen, &self.state.head] {
            let mut found = |id, distance| hit(Hit { distance, id });
            self.lanes.run(Scan { rows: near, query: *query, radius, found: &mut found });
            self.lanes.run(Scan { rows: alone, query: *query, radius: 0, found: &mut found });
        }
    }
}
