//! Two passes of a moving mean (rows, then columns, each time), and of the result 64 by 64 samples.
//!
//! The reference keeps one running sum a line: add the value that enters, subtract the one that leaves, divide by how
//! many are inside. Such a chain cannot be split, so sixteen rows go at once, turned so that their values at one column
//! lie together; columns go side by side anyway, sixteen rows of them in one go. Of the second pass only what is sampled
//! is divided. What the kernels compute is the same on every processor; how wide, is chosen at run time.

#![expect(clippy::indexing_slicing, reason = "numeric kernels over buffers sized in `new`; tests run every shape")]

use super::{
    LEVEL, SIDE, Small,
    turn::{BLOCK, Chain, pair, to_rows},
};
use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

/// Rows that go at once.
pub const LANES: usize = 16;
/// Values of these rows at one column.
pub type Lanes = [f32; LANES];

/// Blurs a picture whose rows `fill` writes, one call a row, and shrinks it. A picture of 64 by 64 is taken as it is.
pub fn shrink(width: usize, height: usize, mut fill: impl FnMut(&mut [f32])) -> Small {
    let mut small = [[0.0; SIDE]; SIDE];
    if width == SIDE && height == SIDE {
        small.iter_mut().for_each(|row| fill(row));
        return small;
    }
    let level = *LEVEL;
    let mut passes = Passes::new(width, height);
    let mut band = vec![0.0; passes.stride * LANES];
    for top in (0..height).step_by(LANES) {
        let rows = LANES.min(height - top);
        band.chunks_exact_mut(passes.stride).take(rows).for_each(|row| fill(&mut row[..width]));
        dispatch!(level, simd => passes.take(simd, &band, rows, &mut small));
    }
    dispatch!(level, simd => passes.finish(simd, &mut small));
    small
}

/// The window of a moving mean over a line of `length` values.
#[derive(Clone, Copy)]
pub struct Window {
    pub length: usize,
    /// Values in it.
    pub size: usize,
    /// How many of them lie after the one it is for.
    pub ahead: usize,
}

impl Window {
    fn over(length: usize) -> Self {
        let size = length.div_ceil(128);
        Self { length, size, ahead: size / 2 }
    }

    /// Values inside it at one place; it is cut at both ends of the line.
    fn inside(self, at: usize) -> f32 {
        let end = (at + self.ahead + 1).min(self.length);
        let start = (at + self.ahead + 1).saturating_sub(self.size);
        (end - start) as f32
    }

    /// Which of the line's values are sampled: the middles of 64 equal parts.
    fn samples(self) -> [usize; SIDE] {
        std::array::from_fn(|i| ((i as f64 + 0.5) * self.length as f64 / SIDE as f64) as usize)
    }
}

/// Everything between rows of luma and samples.
struct Passes {
    across: Window,
    /// Values inside the window at each column; 1 where a row is padded.
    inside: Vec<f32>,
    /// Length of a row in memory: whole cache lines, and never a number of them by which rows would crowd in one corner
    /// of the cache.
    stride: usize,
    columns: [usize; SIDE],
    /// Values inside the window at these.
    sampled_inside: [f32; SIDE],
    lines: [usize; SIDE],
    turned: Vec<Lanes>,
    first: Columns,
    /// Rows out of the first pass.
    between: Vec<f32>,
    second: Columns,
}

impl Passes {
    fn new(width: usize, height: usize) -> Self {
        let (across, down) = (Window::over(width), Window::over(height));
        let lines = width.div_ceil(LANES);
        let stride = LANES * if lines.is_multiple_of(8) { lines + 1 } else { lines };
        let inside = (0..stride).map(|at| if at < width { across.inside(at) } else { 1.0 }).collect();
        let columns = across.samples();
        Self {
            across,
            inside,
            stride,
            columns,
            sampled_inside: columns.map(|at| across.inside(at)),
            lines: down.samples(),
            turned: vec![[0.0; LANES]; stride],
            first: Columns::new(stride, down),
            between: vec![0.0; stride * LANES],
            second: Columns::new(SIDE, down),
        }
    }

    /// Takes the next `rows` rows, at most sixteen.
    #[inline(always)]
    fn take<S: Simd>(&mut self, simd: S, band: &[f32], rows: usize, small: &mut Small) {
        let places = self.first.places(rows);
        let mut chain = Chain::new(simd, self.across, band, &mut self.turned);
        for (block, inside) in self.inside.as_chunks::<BLOCK>().0.iter().enumerate() {
            let columns = chain.next(block * BLOCK);
            to_rows(&columns, inside, &mut self.first.ring, &places[..rows], block * BLOCK);
        }
        let steps = self.first.entering(rows);
        self.second_pass(simd, &steps, small);
    }

    /// The picture has no more rows.
    #[inline(always)]
    fn finish<S: Simd>(&mut self, simd: S, small: &mut Small) {
        loop {
            let steps = self.first.leaving();
            if steps.count == 0 {
                break;
            }
            self.second_pass(simd, &steps, small);
        }
        loop {
            let steps = self.second.leaving();
            if steps.count == 0 {
                break;
            }
            self.sample(simd, &steps, small);
        }
    }

    /// The end of the first pass and the second; along a row only the sampled columns are kept.
    #[inline(always)]
    fn second_pass<S: Simd>(&mut self, simd: S, steps: &Steps, small: &mut Small) {
        self.first.step(simd, steps, &mut self.between);
        let rows = steps.out().count();
        if rows == 0 {
            return;
        }
        let mut chain = Chain::new(simd, self.across, &self.between, &mut self.turned);
        let mut sampled = [[f32x8::splat(simd, 0.0); 2]; SIDE];
        let mut next = 0;
        for at in (0..self.across.length).step_by(BLOCK) {
            let columns = chain.next(at);
            while next < SIDE && self.columns[next] < at + BLOCK {
                sampled[next] = columns[self.columns[next] - at];
                next += 1;
            }
        }
        let places = self.second.places(rows);
        let inside = self.sampled_inside.as_chunks::<BLOCK>().0;
        for (block, (columns, inside)) in sampled.as_chunks::<BLOCK>().0.iter().zip(inside).enumerate() {
            to_rows(columns, inside, &mut self.second.ring, &places[..rows], block * BLOCK);
        }
        let steps = self.second.entering(rows);
        self.sample(simd, &steps, small);
    }

    /// Keeps finished rows where they are sampled; a picture of few rows has some of them more than once.
    #[inline(always)]
    fn sample<S: Simd>(&mut self, simd: S, steps: &Steps, small: &mut Small) {
        let mut rows = [0.0; SIDE * LANES];
        self.second.step(simd, steps, &mut rows);
        for (row, at) in rows.as_chunks::<SIDE>().0.iter().zip(steps.out()) {
            small.iter_mut().zip(&self.lines).filter(|(_, line)| **line == at).for_each(|(to, _)| *to = *row);
        }
    }
}

/// A moving mean down every column at once. Holds as many rows as its window and those that enter with one band.
struct Columns {
    stride: usize,
    window: Window,
    /// Row `y` lies at `y % slots`.
    ring: Vec<f32>,
    slots: usize,
    sums: Vec<f32>,
    rows_in: usize,
    rows_out: usize,
}

/// What happens to the sums, one row after another.
struct Steps {
    each: [Step; LANES],
    count: usize,
}

/// Places are where rows begin in the ring.
#[derive(Clone, Copy, Default)]
struct Step {
    enters: Option<usize>,
    leaves: Option<usize>,
    /// Which row is finished by it, and how many values it is the mean of.
    out: Option<(usize, f32)>,
}

impl Steps {
    /// The rows that are finished.
    fn out(&self) -> impl Iterator<Item = usize> {
        self.each.iter().take(self.count).filter_map(|step| step.out.map(|(at, _)| at))
    }
}

impl Columns {
    fn new(stride: usize, window: Window) -> Self {
        let slots = window.size + LANES;
        Self {
            stride,
            window,
            ring: vec![0.0; stride * slots],
            slots,
            sums: vec![0.0; stride],
            rows_in: 0,
            rows_out: 0,
        }
    }

    fn place(&self, row: usize) -> usize {
        row % self.slots * self.stride
    }

    /// Where to write the next rows before [`Self::entering`].
    fn places(&self, rows: usize) -> [usize; LANES] {
        let mut places = [0; LANES];
        places.iter_mut().take(rows).enumerate().for_each(|(lane, place)| *place = self.place(self.rows_in + lane));
        places
    }

    /// Counts in the rows just written.
    fn entering(&mut self, rows: usize) -> Steps {
        let mut steps = Steps { each: [Step::default(); LANES], count: rows };
        for step in steps.each.iter_mut().take(rows) {
            step.enters = Some(self.place(self.rows_in));
            step.leaves = self.rows_in.checked_sub(self.window.size).map(|row| self.place(row));
            self.rows_in += 1;
            if self.rows_in > self.window.ahead {
                step.out = Some((self.rows_out, self.window.inside(self.rows_out)));
                self.rows_out += 1;
            }
        }
        steps
    }

    /// The same for the last rows, when no more enter. None when all are out.
    fn leaving(&mut self) -> Steps {
        let count = LANES.min(self.window.length - self.rows_out);
        let mut steps = Steps { each: [Step::default(); LANES], count };
        for step in steps.each.iter_mut().take(count) {
            // The window is never longer than the line, so at its end something leaves with every step.
            let row = (self.rows_out + self.window.ahead).saturating_sub(self.window.size);
            step.leaves = Some(self.place(row));
            step.out = Some((self.rows_out, self.window.inside(self.rows_out)));
            self.rows_out += 1;
        }
        steps
    }

    /// Takes the steps; finished rows stand in `out` one after another.
    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, steps: &Steps, out: &mut [f32]) {
        let stride = self.stride;
        for (block, sums) in self.sums.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let at = block * LANES;
            let [mut left, mut right] = pair(simd, sums);
            let mut row = at;
            for step in steps.each.iter().take(steps.count) {
                if let Some(enters) = step.enters {
                    let [l, r] = pair(simd, &self.ring[enters + at..][..LANES]);
                    (left, right) = (left + l, right + r);
                }
                if let Some(leaves) = step.leaves {
                    let [l, r] = pair(simd, &self.ring[leaves + at..][..LANES]);
                    (left, right) = (left - l, right - r);
                }
                if let Some((_, inside)) = step.out {
                    let to = &mut out[row..][..LANES];
                    (left / inside).store_slice(&mut to[..8]);
                    (right / inside).store_slice(&mut to[8..]);
                    row += stride;
                }
            }
            left.store_slice(&mut sums[..8]);
            right.store_slice(&mut sums[8..]);
        }
    }
}
