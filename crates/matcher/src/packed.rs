//! Numbers in as few bytes as the largest needs, after the smallest is taken off.

/// Bytes behind the last number, so that eight can be read anywhere.
const PAD: usize = 8;

/// How a column of numbers is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Width {
    /// The smallest number.
    pub base: u64,
    /// Bytes of each, 1 to 8.
    pub bytes: usize,
}

impl Width {
    /// Fits all of these.
    pub fn of(numbers: impl Iterator<Item = u64>) -> Self {
        let (low, high) = numbers.fold((u64::MAX, 0), |(low, high), n| (low.min(n), high.max(n)));
        let base = low.min(high);
        let bits = 64 - (high - base).leading_zeros() as usize;
        Self { base, bytes: bits.div_ceil(8).max(1) }
    }

    /// Bytes of a column of `count`.
    pub fn len(self, count: usize) -> usize {
        count * self.bytes + PAD
    }

    /// Writes number `at`.
    #[inline(always)]
    pub fn put(self, column: &mut [u8], at: usize, number: u64) {
        let bytes = number.wrapping_sub(self.base).to_le_bytes();
        if let (Some(to), Some(from)) =
            (column.get_mut(at * self.bytes..(at + 1) * self.bytes), bytes.get(..self.bytes))
        {
            to.copy_from_slice(from);
        }
    }

    /// Reads number `at`; the base for a place beyond the end.
    #[inline(always)]
    pub fn get(self, column: &[u8], at: usize) -> u64 {
        let bytes = column.get(at * self.bytes..).and_then(|rest| rest.first_chunk::<8>()).copied().unwrap_or_default();
        let mask = u64::MAX >> (64 - 8 * self.bytes.clamp(1, 8));
        self.base.wrapping_add(u64::from_le_bytes(bytes) & mask)
    }
}

#[cfg(test)]
mod tests {
    use super::Width;

    #[test]
    fn numbers_come_back_whatever_their_range() {
        for numbers in [
            vec![7],
            vec![0, 255],
            vec![1 << 40, (1 << 40) + 256],
            vec![0, u64::MAX, 5],
            vec![3; 9],
            vec![u64::MAX - 70_000, u64::MAX],
        ] {
            let width = Width::of(numbers.iter().copied());
            let mut column = vec![0; width.len(numbers.len())];
            numbers.iter().enumerate().for_each(|(at, n)| width.put(&mut column, at, *n));
            let back: Vec<u64> = (0..numbers.len()).map(|at| width.get(&column, at)).collect();
            assert_eq!(back, numbers);
        }
        assert_eq!(Width::of([].into_iter()).bytes, 1);
        assert_eq!(Width::of([1 << 30, (1 << 30) + 9_999_999].into_iter()).bytes, 3);
    }
}
