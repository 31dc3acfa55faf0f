//! Builds a segment: sort, make unique, then each band by itself in two passes that stay in the caches.

#![expect(clippy::indexing_slicing, reason = "counting sorts over columns that were laid out for exactly these rows")]

use super::ring::{Columns, MOST, Segment, Shape};
use crate::{
    error::{Error, Result},
    hash::{BANDS, Hash256},
    lists::{fill, measure},
    rows::Rows,
    sort::{desks, sorted, spread},
};

/// A hash and the entry it stands for.
pub(crate) type Row = [u64; 5];

/// As a row.
pub(crate) fn row(hash: &Hash256, id: u64) -> Row {
    let [a, b, c, d] = hash.0;
    [a, b, c, d, id]
}

/// Builds from rows in any order; the same row twice counts once. `alone` are found by the very same hash only.
pub(crate) fn build(near: Rows<5>, alone: Rows<5>, threads: usize) -> Result<Segment> {
    if near.len() > MOST || alone.len() > MOST {
        return Err(Error::TooMany("entries"));
    }
    let (near, alone) = (sorted(near, threads)?, sorted(alone, threads)?);
    let shape = shape(&near, alone.len());
    Segment::draft(shape, |mut columns| {
        let Columns { rows, ids, more_at, more_start, more_ids, .. } = &mut columns;
        fill(&near, (more_at, more_start, more_ids), |number, [a, b, c, d, id]| {
            rows[number] = [*a, *b, *c, *d];
            shape.width.put(ids, number, *id);
        });
        drop(near);
        let to = columns.alone.iter_mut().zip(columns.alone_ids.iter_mut());
        for ([a, b, c, d, id], (to_hash, to_id)) in alone.iter().zip(to) {
            (*to_hash, *to_id) = ([*a, *b, *c, *d], *id);
        }
        let costs = fill_bands(&shape, columns, threads)?;
        let mut order: [usize; BANDS] = std::array::from_fn(|k| k);
        order.sort_by_key(|band| costs[*band]);
        Ok(Shape { order: order.iter().rev().fold(0, |all, band| all << 4 | *band as u64), ..shape })
    })
}

/// Counts what the columns must hold.
fn shape(near: &[Row], alone: usize) -> Shape {
    let (sizes, width) = measure(near);
    let odd = |[a, b, c, d, _]: &Row| (a ^ b ^ c ^ d).count_ones() % 2 == 1;
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
fn fill_bands(shape: &Shape, columns: Columns<'_>, threads: usize) -> Result<[u64; BANDS]> {
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
    let parted = desks::<()>(threads).iter().map(|()| Rows::zeroed(rows.len())).collect::<Result<_>>()?;
    spread(jobs, parted, |parted, job| {
        if job.band == 0 {
            first_band(rows, shape, job.next, job.starts);
        } else {
            part_by_high_bits(rows, shape, job.band, parted);
            let low = shape.bits - shape.bits.min(8);
            place_by_low_bits(parted, low, job.next, job.links, job.starts);
        }
        let square = |pair: &[u32]| u64::from(pair[1] - pair[0]).pow(2);
        *job.cost = job.starts[..=1 << shape.bits].windows(2).map(square).fold(0, u64::saturating_add);
    });
    Ok(costs)
}

/// The band by which rows are sorted: the place is the row.
fn first_band(rows: &[[u64; 4]], shape: &Shape, next: &mut [u16], starts: &mut [u32]) {
    let keys = 1 << shape.bits;
    for (row, to) in rows.iter().zip(next) {
        *to = (row[0] >> 32) as u16;
        starts[(row[0] >> (64 - shape.bits)) as usize + 1] += 1;
    }
    let mut sum = 0;
    for start in &mut starts[..=keys] {
        sum += *start;
        *start = sum;
    }
    starts[keys + 1..].fill(sum);
}

/// The band `band` of a row, going round.
#[inline(always)]
fn at(row: &[u64; 4], band: usize) -> u16 {
    (row[band / 4 % 4] >> (48 - 16 * (band % 4))) as u16
}

/// Any other band is sorted in two passes, since scattering over all keys at once would miss every cache. First into 256 parts
/// by the key's high bits. A record holds the key (16 bits), the next band (16) and the link (32).
fn part_by_high_bits(rows: &[[u64; 4]], shape: &Shape, band: usize, parted: &mut [[u64; 1]]) {
    let (row_bits, tag_bits) = (shape.row_bits(), shape.tag_bits());
    let down = 16 - shape.bits.min(8);
    let mut places = [0_u32; 257];
    rows.iter().for_each(|row| places[usize::from(at(row, band) >> down) + 1] += 1);
    for k in 1..257 {
        places[k] += places[k - 1];
    }
    let tag_mask = (1 << tag_bits) - 1;
    for (number, row) in rows.iter().enumerate() {
        let own = at(row, band);
        let place = &mut places[usize::from(own >> down)];
        let link = number as u64 | (u64::from(at(row, band + 2)) & tag_mask) << row_bits;
        let key = own >> (16 - shape.bits);
        parted[*place as usize] = [u64::from(key) << 48 | u64::from(at(row, band + 1)) << 32 | link];
        *place += 1;
    }
}

/// Then each part, which fits the second-level cache, by the key's `low` other bits.
fn place_by_low_bits(parted: &[[u64; 1]], low: u32, next: &mut [u16], links: &mut [u32], starts: &mut [u32]) {
    let key = |record: u64| (record >> 48) as usize;
    let mut from = 0;
    let mut keys = 0;
    for part in parted.chunk_by(|[a], [b]| key(*a) >> low == key(*b) >> low) {
        let first = key(part[0][0]) >> low << low;
        let mut places = [0_u32; 257];
        part.iter().for_each(|[record]| places[key(*record) - first + 1] += 1);
        places[0] = from;
        for k in 1..257 {
            places[k] += places[k - 1];
        }
        starts[keys..first].fill(from);
        starts[first..first + (1 << low)].copy_from_slice(&places[..1 << low]);
        for [record] in part {
            let place = &mut places[key(*record) - first];
            next[*place as usize] = (record >> 32) as u16;
            links[*place as usize] = *record as u32;
            *place += 1;
        }
        from += part.len() as u32;
        keys = first + (1 << low);
    }
    starts[keys..].fill(from);
}
