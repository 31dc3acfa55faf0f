//! Two passes of a moving mean (rows, then columns, each time), and of the result 64 by 64 samples.
//!
//! The reference keeps one running sum a line: add the value that enters, subtract the one that leaves, divide by how
//! many are inside. Such a chain cannot be split, so eight rows go at once, turned so that their values at one column
//! lie together; columns go side by side anyway. Of the second pass only what is sampled is divided.

#![expect(clippy::indexing_slicing, reason = "numeric kernels over buffers sized in `new`; tests run every shape")]

use super::{SIDE, Small};

/// Rows that go at once.
const LANES: usize = 8;
/// Values of these rows at one column.
type Lanes = [f32; LANES];

/// Blurs a picture whose rows `fill` writes, one call a row, and shrinks it. A picture of 64 by 64 is taken as it is.
pub fn shrink(width: usize, height: usize, mut fill: impl FnMut(&mut [f32])) -> Small {
    let mut small = [[0.0; SIDE]; SIDE];
    if width == SIDE && height == SIDE {
        small.iter_mut().for_each(|row| fill(row));
        return small;
    }
    let mut passes = Passes::new(width, height);
    let mut band = vec![0.0; width * LANES];
    for top in (0..height).step_by(LANES) {
        let rows = LANES.min(height - top);
        band.chunks_exact_mut(width).take(rows).for_each(&mut fill);
        passes.take(&band, rows, &mut small);
    }
    passes.finish(&mut small);
    small
}

/// The window of a moving mean over a line of `length` values.
#[derive(Clone, Copy)]
struct Window {
    length: usize,
    /// Values in it.
    size: usize,
    /// How many of them lie after the one it is for.
    ahead: usize,
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
    columns: [usize; SIDE],
    lines: [usize; SIDE],
    turned: Vec<Lanes>,
    /// Sums along the rows of the first pass; those of the second are needed while these are still read.
    sums: Vec<Lanes>,
    sums_again: Vec<Lanes>,
    first: Columns,
    /// Rows out of the first pass, until there are eight for the second.
    between: Vec<f32>,
    waiting: usize,
    second: Columns,
}

impl Passes {
    fn new(width: usize, height: usize) -> Self {
        let (across, down) = (Window::over(width), Window::over(height));
        Self {
            across,
            columns: across.samples(),
            lines: down.samples(),
            turned: vec![[0.0; LANES]; width],
            sums: vec![[0.0; LANES]; width],
            sums_again: vec![[0.0; LANES]; width],
            first: Columns::new(width, down),
            between: vec![0.0; width * LANES],
            waiting: 0,
            second: Columns::new(SIDE, down),
        }
    }

    /// Takes the next `rows` rows, at most eight.
    fn take(&mut self, band: &[f32], rows: usize, small: &mut Small) {
        turn(band, &mut self.turned);
        running_sums(&self.turned, self.across, &mut self.sums);
        divide(&mut self.sums, self.across);
        let width = self.across.length;
        for lane in 0..rows {
            self.first.row_in().iter_mut().zip(&self.sums).for_each(|(to, lanes)| *to = lanes[lane]);
            if self.first.step(&mut self.between[self.waiting * width..][..width]).is_some() {
                self.passed_first(small);
            }
        }
    }

    /// The picture has no more rows.
    fn finish(&mut self, small: &mut Small) {
        let width = self.across.length;
        while self.first.drain(&mut self.between[self.waiting * width..][..width]).is_some() {
            self.passed_first(small);
        }
        self.second_pass(small);
        let mut row = [0.0; SIDE];
        while let Some(at) = self.second.drain(&mut row) {
            sample(&self.lines, at, &row, small);
        }
    }

    fn passed_first(&mut self, small: &mut Small) {
        self.waiting += 1;
        if self.waiting == LANES {
            self.second_pass(small);
        }
    }

    /// The second pass over the rows that wait; along a row only the sampled columns are kept.
    fn second_pass(&mut self, small: &mut Small) {
        turn(&self.between, &mut self.turned);
        running_sums(&self.turned, self.across, &mut self.sums_again);
        for lane in 0..std::mem::take(&mut self.waiting) {
            for (to, column) in self.second.row_in().iter_mut().zip(self.columns) {
                *to = self.sums_again[column][lane] / self.across.inside(column);
            }
            let mut row = [0.0; SIDE];
            if let Some(at) = self.second.step(&mut row) {
                sample(&self.lines, at, &row, small);
            }
        }
    }
}

/// Keeps a finished row where it is sampled; a picture of few rows has some of them more than once.
fn sample(lines: &[usize; SIDE], at: usize, row: &[f32; SIDE], small: &mut Small) {
    small.iter_mut().zip(lines).filter(|(_, line)| **line == at).for_each(|(to, _)| *to = *row);
}

/// Turns eight rows, one after another in `rows`, into eight values a column.
fn turn(rows: &[f32], turned: &mut [Lanes]) {
    let width = turned.len();
    for (block, lanes) in turned.chunks_mut(LANES).enumerate() {
        for lane in 0..LANES {
            let row = &rows[lane * width + block * LANES..][..lanes.len()];
            lanes.iter_mut().zip(row).for_each(|(to, value)| to[lane] = *value);
        }
    }
}

/// What lies in the window at each column, for eight rows.
fn running_sums(from: &[Lanes], window: Window, to: &mut [Lanes]) {
    let Window { length, size, ahead } = window;
    let mut sum = [0.0; LANES];
    from[..ahead].iter().for_each(|enters| add(&mut sum, enters));
    let (start, end) = (size - ahead, length - ahead);
    for (out, enters) in to[..start].iter_mut().zip(&from[ahead..]) {
        add(&mut sum, enters);
        *out = sum;
    }
    for ((out, enters), leaves) in to[start..end].iter_mut().zip(&from[size..]).zip(from) {
        add(&mut sum, enters);
        subtract(&mut sum, leaves);
        *out = sum;
    }
    for (out, leaves) in to[end..].iter_mut().zip(&from[length - size..]) {
        subtract(&mut sum, leaves);
        *out = sum;
    }
}

fn add(sum: &mut Lanes, value: &Lanes) {
    sum.iter_mut().zip(value).for_each(|(sum, value)| *sum += value);
}

fn subtract(sum: &mut Lanes, value: &Lanes) {
    sum.iter_mut().zip(value).for_each(|(sum, value)| *sum -= value);
}

fn divide(sums: &mut [Lanes], window: Window) {
    let (start, end) = (window.size - window.ahead, window.length - window.ahead);
    let edges = (0..start).chain(end..window.length);
    edges.for_each(|at| sums[at].iter_mut().for_each(|sum| *sum /= window.inside(at)));
    let whole = window.size as f32;
    sums[start..end].as_flattened_mut().iter_mut().for_each(|sum| *sum /= whole);
}

/// A moving mean down every column at once. Holds as many rows as its window.
struct Columns {
    width: usize,
    window: Window,
    /// Row `y` lies at `y % size`; the slot that a row enters is the one of the row that leaves, so there is one more.
    ring: Vec<f32>,
    sums: Vec<f32>,
    rows_in: usize,
    rows_out: usize,
}

impl Columns {
    fn new(width: usize, window: Window) -> Self {
        let ring = vec![0.0; width * (window.size + 1)];
        Self { width, window, ring, sums: vec![0.0; width], rows_in: 0, rows_out: 0 }
    }

    /// Where to write the next row before [`Self::step`].
    fn row_in(&mut self) -> &mut [f32] {
        let at = self.rows_in % (self.window.size + 1) * self.width;
        &mut self.ring[at..][..self.width]
    }

    /// Counts in the row just written. Writes the row that is finished by it and says which that is.
    fn step(&mut self, out: &mut [f32]) -> Option<usize> {
        let slots = self.window.size + 1;
        let enters = &self.ring[self.rows_in % slots * self.width..][..self.width];
        let leaves = self.rows_in.checked_sub(self.window.size);
        self.rows_in += 1;
        if self.rows_in <= self.window.ahead {
            self.sums.iter_mut().zip(enters).for_each(|(sum, enters)| *sum += enters);
            return None;
        }
        let at = self.rows_out;
        self.rows_out += 1;
        let inside = self.window.inside(at);
        let columns = self.sums.iter_mut().zip(enters).zip(out);
        if let Some(leaves) = leaves.map(|row| &self.ring[row % slots * self.width..][..self.width]) {
            columns.zip(leaves).for_each(|(((sum, enters), out), leaves)| {
                *sum = *sum + enters - leaves;
                *out = *sum / inside;
            });
        } else {
            columns.for_each(|((sum, enters), out)| {
                *sum += enters;
                *out = *sum / inside;
            });
        }
        Some(at)
    }

    /// The same for the last rows, when no more enter. `None` when all are out.
    fn drain(&mut self, out: &mut [f32]) -> Option<usize> {
        if self.rows_out == self.window.length {
            return None;
        }
        let at = self.rows_out;
        self.rows_out += 1;
        let inside = self.window.inside(at);
        // The window is never longer than the line, so at its end something leaves with every step.
        let row = (at + self.window.ahead).saturating_sub(self.window.size);
        let leaves = &self.ring[row % (self.window.size + 1) * self.width..][..self.width];
        for ((sum, out), leaves) in self.sums.iter_mut().zip(out).zip(leaves) {
            *sum -= leaves;
            *out = *sum / inside;
        }
        Some(at)
    }
}
