//! Who died in a segment: a bit for each slot, set by a writer while readers look.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Bits of the dead.
#[derive(Debug, Default)]
pub(crate) struct Dead {
    bits: Vec<AtomicU64>,
    count: AtomicUsize,
}

impl Dead {
    /// Nobody of `slots`.
    pub fn new(slots: usize) -> Self {
        let mut bits = Vec::new();
        bits.resize_with(slots.div_ceil(64), AtomicU64::default);
        Self { bits, count: AtomicUsize::new(0) }
    }

    /// From now on this slot is dead.
    pub fn mark(&self, slot: usize) {
        if let Some(word) = self.bits.get(slot / 64)
            && word.fetch_or(1 << (slot % 64), Ordering::AcqRel) & 1 << (slot % 64) == 0
        {
            self.count.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Whether it is.
    #[inline]
    pub fn has(&self, slot: usize) -> bool {
        self.bits.get(slot / 64).is_some_and(|word| word.load(Ordering::Acquire) & 1 << (slot % 64) != 0)
    }

    /// How many are.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }
}

impl Clone for Dead {
    fn clone(&self) -> Self {
        let bits: Vec<_> = self.bits.iter().map(|word| AtomicU64::new(word.load(Ordering::Acquire))).collect();
        let count = bits.iter().map(|word| word.load(Ordering::Relaxed).count_ones() as usize).sum();
        Self { bits, count: AtomicUsize::new(count) }
    }
}
