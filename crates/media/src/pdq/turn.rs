//! Sixteen rows turned into sixteen values a column, and back, eight by eight values at a time.

#![expect(clippy::indexing_slicing, reason = "numeric kernels over buffers of whole blocks")]

use super::means::{LANES, Lanes};
use fearless_simd::{Simd, f32x8, prelude::*};

/// Side of a block that is turned in registers.
const BLOCK: usize = 8;

/// Turns sixteen rows, one after another in `rows`, into columns. As many columns as a row is long, whole blocks.
#[inline(always)]
pub fn to_columns<S: Simd>(simd: S, rows: &[f32], columns: &mut [Lanes]) {
    let stride = columns.len();
    for (block, to) in columns.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
        for top in (0..LANES).step_by(BLOCK) {
            let at = |row| (top + row) * stride + block * BLOCK;
            let rows = std::array::from_fn(|row| f32x8::from_slice(simd, &rows[at(row)..][..BLOCK]));
            for (column, values) in to.iter_mut().zip(turned(rows)) {
                values.store_slice(&mut column[top..][..BLOCK]);
            }
        }
    }
}

/// Divides each column's values by its divisor and writes them as rows that begin at `places` in `rows`.
#[inline(always)]
pub fn to_rows<S: Simd>(simd: S, columns: &[Lanes], divisors: &[f32], rows: &mut [f32], places: &[usize]) {
    let blocks = columns.as_chunks::<BLOCK>().0.iter().zip(divisors.as_chunks::<BLOCK>().0);
    for (block, (columns, divisors)) in blocks.enumerate() {
        for top in (0..places.len()).step_by(BLOCK) {
            let columns = std::array::from_fn(|column| {
                f32x8::from_slice(simd, &columns[column][top..][..BLOCK]) / divisors[column]
            });
            for (values, place) in turned(columns).iter().zip(&places[top..]) {
                values.store_slice(&mut rows[place + block * BLOCK..][..BLOCK]);
            }
        }
    }
}

/// Eight rows of eight as eight columns: three rounds of laying one half between the other.
#[inline(always)]
fn turned<S: Simd>(rows: [f32x8<S>; BLOCK]) -> [f32x8<S>; BLOCK] {
    between(between(between(rows)))
}

#[inline(always)]
fn between<S: Simd>([a, b, c, d, e, f, g, h]: [f32x8<S>; BLOCK]) -> [f32x8<S>; BLOCK] {
    let ([a, e], [b, f]) = (<[_; 2]>::from(a.interleave(e)), <[_; 2]>::from(b.interleave(f)));
    let ([c, g], [d, h]) = (<[_; 2]>::from(c.interleave(g)), <[_; 2]>::from(d.interleave(h)));
    [a, e, b, f, c, g, d, h]
}
