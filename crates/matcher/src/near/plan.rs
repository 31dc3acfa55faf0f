//! Which bands to look at for a radius, and why nothing is missed.
//!
//! Give each band `i` of the ring of 16 a *credit* `t(i)`, a whole number, so that the credits sum to `radius + 1`. If the
//! bands of two hashes differ in `d(i)` bits with `Σ d ≤ radius`, then `Σ (t(i) - d(i)) ≥ 1`, and by the cycle lemma there
//! is a start `i` from which every partial sum round the ring stays positive:
//! `d(i) < t(i)`, `d(i) + d(i+1) < t(i) + t(i+1)`, and so on (the pigeonring of Qin and Xiao, VLDB 2018, with whole credits).
//! The first such start *owns* the pair. Every filter below is implied by owning, so the owner always finds the pair; and
//! whoever else finds it does not report it.
//!
//! With credits of at most 2 only keys at distance 0 and 1 are looked up: radius 31 is where all 16 bands have credit 2.

use crate::hash::BANDS;

/// The largest radius the bands answer.
pub(crate) const RADIUS: u32 = 31;

/// Credits of the bands for a radius.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Credit of each band, 0 to 2; at 0 the band is not looked at.
    pub credit: [u16; BANDS],
}

/// What a band asks of a hash it finds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asks {
    /// Bits in which the key may differ, plus one.
    pub own: u16,
    /// The same for key and next band together.
    pub two: u16,
    /// The same with the band after that.
    pub three: u16,
}

impl Plan {
    /// For a radius of at most [`RADIUS`]. `order` names the bands, cheapest to look at first: they get what is left over.
    pub fn new(radius: u32, order: &[u8; BANDS]) -> Self {
        let total = radius.min(RADIUS) as usize + 1;
        let mut credit = [(total / BANDS) as u16; BANDS];
        for band in order.iter().take(total % BANDS) {
            if let Some(credit) = credit.get_mut(usize::from(*band)) {
                *credit += 1;
            }
        }
        Self { credit }
    }

    /// What band `band` (0 to 15) asks.
    #[inline(always)]
    pub fn asks(&self, band: usize) -> Asks {
        let at = |k: usize| self.credit.get(k % BANDS).copied().unwrap_or_default();
        let own = at(band);
        let two = own + at(band + 1);
        Asks { own, two, three: two + at(band + 2) }
    }

    /// The band that owns a pair whose bands differ by `apart`.
    pub fn owner(&self, apart: &[u16; BANDS]) -> Option<usize> {
        let owns = |start: usize| {
            let mut left = 0_i32;
            let ring = self.credit.iter().zip(apart).cycle().skip(start).take(BANDS);
            for (credit, apart) in ring {
                left += i32::from(*credit) - i32::from(*apart);
                if left <= 0 {
                    return false;
                }
            }
            true
        };
        (0..BANDS).find(|start| owns(*start))
    }
}

#[cfg(test)]
mod tests {
    use super::{BANDS, Plan, RADIUS};
    use proptest::prelude::*;

    proptest! {
        /// Every split of at most `radius` bits has an owner, and the owner's own filters let it pass.
        #[test]
        fn every_pair_within_the_radius_has_an_owner(
            radius in 0..=RADIUS,
            order in Just(std::array::from_fn::<u8, 16, _>(|k| k as u8)).prop_shuffle(),
            bits in prop::collection::vec(0_usize..BANDS, 0..=31),
        ) {
            let plan = Plan::new(radius, &order);
            prop_assert_eq!(plan.credit.iter().sum::<u16>(), radius as u16 + 1);
            let mut apart = [0_u16; BANDS];
            bits.iter().take(radius as usize).for_each(|band| apart[*band] += 1);
            let owner = plan.owner(&apart).unwrap();
            let asks = plan.asks(owner);
            let [one, two, three] = [0, 1, 2].map(|k| apart[(owner + k) % BANDS]);
            prop_assert!(one < asks.own && one + two < asks.two && one + two + three < asks.three);
        }
    }
}
