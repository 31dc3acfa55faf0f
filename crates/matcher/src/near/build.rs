//! Builds a segment: sort, make unique, then each band by itself in two passes that stay in the caches.

#![expect(clippy::indexing_slicing, reason = "counting sorts over columns that were laid out for exactly these rows")]

use super::ring::{Columns, MOST, Segment, Shape};
use crate::{
    error::{Error, Result},
    hash::{BANDS, Hash256},
    lists::{fill, measure},
    sort::{Leading, sorted, spread},
};

/// A hash and the entry it stands for.
pub(crate) type Row = (Hash256, u64);

impl Leading for Row {
    fn leading(&self) -> u8 {
        let [word, ..] = self.0.0;
        (word >> 56) as u8
    }
}

/// Builds from rows in any order; the same row twice counts once. `alone` are found by the very same hash only.
pub(crate) fn build(near: Vec<Row>, alone: Vec<Row>, threads: usize) -> Result<Segment> {
    if near.len() > MOST || alone.len() > MOST {
        return Err(Error::TooMany("entries"));
    }
    let (near, alone) = (sorted(near, threads), sorted(alone, threads));
    let shape = shape(&near, alone.len());
    Segment::draft(shape, |mut columns| {
        let Columns { rows, ids, more_at, more_start, more_ids, .. } = &mut columns;
        fill(&near, (more_at, more_start, more_ids), |row, hash, id| {
            rows[row] = hash.0;
            shape.width.put(ids, row, id);
        });
        drop(near);
        for ((hash, id), (to_hash, to_id)) in
            alone.iter().zip(columns.alone.iter_mut().zip(columns.alone_ids.iter_mut()))
        {
            (*to_hash, *to_id) = (hash.0, *id);
        }
        let costs = fill_bands(&shape, columns, threads);
        let mut order: [usize; BANDS] = std::array::from_fn(|k| k);
        order.sort_by_key(|band| costs[*band]);
        Shape { order: order.iter().rev().fold(0, |all, band| all << 4 | *band as u64), ..shape }
    })
}

/// Counts what the columns must hold.
fn shape(near: &[Row], alone: usize) -> Shape {
    let (sizes, width) = measure(near);
    let odd = |row: &Row| row.0.ones() % 2 == 1;
    let parity = match near.first().map(odd) {
        Some(first) if near.iter().any(|row| odd(row) != first) => 2,
        first => u64::from(first == Some(true)),
    };
    Shape { sizes, alone, bits: bits(sizes.rows), width, order: 0, parity }
}

/// Leading bits that make a band's key: fewer keys to look up against longer buckets to scan (a line holds 32).
fn bits(rows: usize) -> u32 {
    rows.max(1).ilog2().saturating_sub(4).clamp(4, 16)
}

/// A band's part of the columns.
struct Band<'a> {
    band: usize,
    next: &'a mut [u16],
    links: &'a mut [u32],
    starts: &'a mut [u32],
    cost: &'a mut u64,
}

/// All bands; returns what a look-up in each costs on average (sum of squares of its buckets).
fn fill_bands(shape: &Shape, columns: Columns<'_>, threads: usize) -> [u64; BANDS] {
    let mut costs = [0; BANDS];
    let rows: &[[u64; 4]] = columns.rows;
    let mut links = columns.links;
    let mut jobs = Vec::new();
    let parts = columns.next.chunks_mut(shape.column()).zip(columns.starts.chunks_mut(shape.directory()));
    for (band, ((next, starts), cost)) in parts.zip(&mut costs).enumerate() {
        let count = if band == 0 { 0 } else { shape.sizes.rows };
        let (mine, rest) = std::mem::take(&mut links).split_at_mut(count);
        links = rest;
        jobs.push(Band { band, next, links: mine, starts, cost });
    }
    spread(jobs, threads, |job| {
        let Band { band, next, links, starts, cost } = job;
        if band == 0 {
            first_band(rows, shape, next, starts);
        } else {
            other_band(rows, shape, band, next, links, starts);
        }
        let square = |pair: &[u32]| u64::from(pair[1] - pair[0]).pow(2);
        *cost = starts[..=1 << shape.bits].windows(2).map(square).fold(0, u64::saturating_add);
    });
    costs
}

/// The band by which rows are sorted: the place is the row.
fn first_band(rows: &[[u64; 4]], shape: &Shape, next: &mut [u16], starts: &mut [u32]) {
    let keys = 1 << shape.bits;
    for (row, to) in rows.iter().zip(next) {
        *to = (row[0] >> 32) as u16;
        starts[(row[0] >> (64 - shape.bits)) as usize + 1] += 1;
    }
    close_directory(starts, keys);
}

/// Counts become starts; what follows the last key points to the end.
fn close_directory(starts: &mut [u32], keys: usize) {
    let mut sum = 0;
    for start in &mut starts[..=keys] {
        sum += *start;
        *start = sum;
    }
    starts[keys + 1..].fill(sum);
}

/// Any other band: first into 256 parts by the leading bits, then within each part, which fits the second-level cache.
fn other_band(rows: &[[u64; 4]], shape: &Shape, band: usize, next: &mut [u16], links: &mut [u32], starts: &mut [u32]) {
    let (row_bits, tag_bits) = (shape.row_bits(), shape.tag_bits());
    let (keys, high) = (1_usize << shape.bits, shape.bits.min(8));
    let low = shape.bits - high;
    let at = |row: &[u64; 4], band: usize| (row[band / 4 % 4] >> (48 - 16 * (band % 4))) as u16;
    let key = |row: &[u64; 4]| at(row, band) >> (16 - shape.bits);

    let mut counts = [0_u32; 257];
    rows.iter().for_each(|row| counts[usize::from(key(row) >> low) + 1] += 1);
    for k in 1..257 {
        counts[k] += counts[k - 1];
    }
    let ends = counts;
    let mut parted = vec![0_u64; rows.len()];
    let low_mask = (1_u16 << low) - 1;
    for (k, row) in rows.iter().enumerate() {
        let tag = u64::from(at(row, band + 2)) & ((1 << tag_bits) - 1);
        let link = k as u64 | tag << row_bits;
        let key = key(row);
        let to = &mut counts[usize::from(key >> low)];
        parted[*to as usize] = u64::from(key & low_mask) << 48 | u64::from(at(row, band + 1)) << 32 | link;
        *to += 1;
    }
    for part in 0..1_usize << high {
        let (from, to) = (ends[part] as usize, ends[part + 1] as usize);
        let mut places = [0_u32; 257];
        parted[from..to].iter().for_each(|record| places[(record >> 48) as usize + 1] += 1);
        places[0] = from as u32;
        for k in 1..257 {
            places[k] += places[k - 1];
        }
        let first = part << low;
        starts[first..first + (1 << low)].copy_from_slice(&places[..1 << low]);
        for record in &parted[from..to] {
            let place = &mut places[(record >> 48) as usize];
            next[*place as usize] = (record >> 32) as u16;
            links[*place as usize] = *record as u32;
            *place += 1;
        }
    }
    starts[keys..].fill(rows.len() as u32);
}
