//! Along sixteen rows at once: eight columns of them are turned so that their values at one column lie together, go
//! through the moving sum, and are turned back. Nothing but the turned columns is kept, and these are still in the
//! fastest cache when they leave the sum.

#![expect(clippy::indexing_slicing, reason = "numeric kernels over buffers of whole blocks")]

use super::means::{LANES, Lanes, Window};
use fearless_simd::{Simd, f32x8, prelude::*};

/// Columns that are turned in registers.
pub const BLOCK: usize = 8;
/// Sixteen values at one column.
pub type Pair<S> = [f32x8<S>; 2];

/// The moving sum along sixteen rows that lie one after another.
pub struct Chain<'a, S: Simd> {
    simd: S,
    window: Window,
    rows: &'a [f32],
    /// Columns, as many as a row is long in memory.
    turned: &'a mut [Lanes],
    /// How many of them are turned already.
    ready: usize,
    sum: Pair<S>,
}

impl<'a, S: Simd> Chain<'a, S> {
    #[inline(always)]
    pub fn new(simd: S, window: Window, rows: &'a [f32], turned: &'a mut [Lanes]) -> Self {
        let nothing = f32x8::splat(simd, 0.0);
        let mut chain = Self { simd, window, rows, turned, ready: 0, sum: [nothing; 2] };
        chain.turn(window.ahead);
        for column in 0..window.ahead {
            chain.enter(column);
        }
        chain
    }

    /// What lies in the window at the next eight columns, which begin at `at`; those beyond a row's end mean nothing.
    #[inline(always)]
    pub fn next(&mut self, at: usize) -> [Pair<S>; BLOCK] {
        let Window { length, size, ahead } = self.window;
        self.turn(at + BLOCK + ahead);
        let mut sums = [self.sum; BLOCK];
        for (column, sum) in (at..).zip(&mut sums) {
            let enters = column + ahead;
            if enters < length {
                self.enter(enters);
            }
            if enters >= size && enters - size < length {
                let [left, right] = pair(self.simd, &self.turned[enters - size]);
                self.sum = [self.sum[0] - left, self.sum[1] - right];
            }
            *sum = self.sum;
        }
        sums
    }

    #[inline(always)]
    fn enter(&mut self, column: usize) {
        let [left, right] = pair(self.simd, &self.turned[column]);
        self.sum = [self.sum[0] + left, self.sum[1] + right];
    }

    /// Sees to it that the columns up to this one are turned.
    #[inline(always)]
    fn turn(&mut self, upto: usize) {
        let stride = self.turned.len();
        while self.ready < upto.min(stride) {
            for top in (0..LANES).step_by(BLOCK) {
                let rows = &self.rows[top * stride + self.ready..];
                // Written out: a closure here is compiled by itself, without the processor's vectors.
                let columns = turned([
                    eight(self.simd, rows, 0),
                    eight(self.simd, rows, stride),
                    eight(self.simd, rows, 2 * stride),
                    eight(self.simd, rows, 3 * stride),
                    eight(self.simd, rows, 4 * stride),
                    eight(self.simd, rows, 5 * stride),
                    eight(self.simd, rows, 6 * stride),
                    eight(self.simd, rows, 7 * stride),
                ]);
                for (to, values) in self.turned[self.ready..].iter_mut().zip(columns) {
                    values.store_slice(&mut to[top..][..BLOCK]);
                }
            }
            self.ready += BLOCK;
        }
    }
}

/// Divides each column's values by its divisor and writes them to rows that begin at `places` in `rows`, from column `at`.
#[inline(always)]
pub fn to_rows<S: Simd>(columns: &[Pair<S>; BLOCK], by: &[f32], rows: &mut [f32], places: &[usize], at: usize) {
    let [a, b, c, d, e, f, g, h] = columns;
    for (half, places) in places.chunks(BLOCK).enumerate() {
        let back = turned([
            a[half] / by[0],
            b[half] / by[1],
            c[half] / by[2],
            d[half] / by[3],
            e[half] / by[4],
            f[half] / by[5],
            g[half] / by[6],
            h[half] / by[7],
        ]);
        for (values, place) in back.iter().zip(places) {
            values.store_slice(&mut rows[place + at..][..BLOCK]);
        }
    }
}

/// Sixteen values as two vectors.
#[inline(always)]
pub fn pair<S: Simd>(simd: S, values: &[f32]) -> Pair<S> {
    [eight(simd, values, 0), eight(simd, values, BLOCK)]
}

#[inline(always)]
fn eight<S: Simd>(simd: S, values: &[f32], at: usize) -> f32x8<S> {
    f32x8::from_slice(simd, &values[at..][..BLOCK])
}

/// Eight rows of eight as eight columns: three rounds of laying one half between the other.
#[inline(always)]
fn turned<S: Simd>(rows: [f32x8<S>; BLOCK]) -> [f32x8<S>; BLOCK] {
    between(between(between(rows)))
}

#[inline(always)]
fn between<S: Simd>([a, b, c, d, e, f, g, h]: [f32x8<S>; BLOCK]) -> [f32x8<S>; BLOCK] {
    let (a, e) = a.interleave(e);
    let (b, f) = b.interleave(f);
    let (c, g) = c.interleave(g);
    let (d, h) = d.interleave(h);
    [a, e, b, f, c, g, d, h]
}
