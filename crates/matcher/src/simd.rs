//! Which instructions the processor has, and the one kernel that differs by them. All `unsafe` of the search is here.
//!
//! A search is a [`Work`]. [`Lanes::run`] calls it inside a function compiled for the chosen instructions; whatever is inlined
//! into it may use them. Without AVX the same work runs compiled for the baseline and gives the same answers.

#![expect(unsafe_code, reason = "calling code compiled for instructions found at run time (docs/decisions/0014)")]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;
use std::sync::LazyLock;

/// Instructions a search uses. Only those the processor has can be named.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lanes(Kind);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Lanes {
    /// The widest this processor has.
    pub fn best() -> Self {
        static BEST: LazyLock<Lanes> =
            LazyLock::new(|| Lanes::available().into_iter().next().unwrap_or(Lanes(Kind::Portable)));
        *BEST
    }

    /// What every processor has.
    pub fn portable() -> Self {
        Self(Kind::Portable)
    }

    /// All that this processor has, widest first.
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let wide = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bitalg")
                && is_x86_feature_detected!("avx512vpopcntdq");
            let half = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt")
                && is_x86_feature_detected!("popcnt");
            if wide && half {
                found.push(Self(Kind::Avx512));
            }
            if half {
                found.push(Self(Kind::Avx2));
            }
        }
        found.push(Self(Kind::Portable));
        found
    }

    /// Does the work, compiled for these instructions.
    pub(crate) fn run<W: Work>(self, work: W) -> W::Out {
        match self.0 {
            // SAFETY: a `Lanes` of this kind is made by `available` only, after all features named at the function were found.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => unsafe { run_avx512(work) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => unsafe { run_avx2(work) },
            Kind::Portable => work.go(Portable),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bitalg,avx512vpopcntdq,avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run_avx512<W: Work>(work: W) -> W::Out {
    work.go(Avx512(()))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
fn run_avx2<W: Work>(work: W) -> W::Out {
    work.go(Avx2(()))
}

/// Something to be done with whatever instructions there are. `go` and all it calls in its loops is `#[inline(always)]`.
pub(crate) trait Work {
    /// What comes out.
    type Out;
    /// Does it.
    fn go<K: Kernel>(self, kernel: K) -> Self::Out;
}

/// What differs by instructions.
pub(crate) trait Kernel: Copy {
    /// A bit for each of 32 columns that differs from `key` in at most `limit` (0 to 15) bits; the first column is bit 0.
    fn close(self, columns: &[u16; 32], key: u16, limit: u16) -> u32;

    /// Whether any of eight hashes, of which only two words are given, differs from `query` there in at most `limit` bits.
    #[inline(always)]
    fn any_close(self, one: &[u64; 8], two: &[u64; 8], query: [u64; 2], limit: u64) -> bool {
        let [first, second] = query;
        let ones = |word: u64| u64::from(word.count_ones());
        one.iter().zip(two).fold(false, |any, (a, b)| any | (ones(a ^ first) + ones(b ^ second) <= limit))
    }

    /// Place of the one that `count` ones precede; 64 if there are not so many.
    #[inline(always)]
    fn select(self, word: u64, count: u32) -> u32 {
        let (mut rest, mut left, mut from) = (word, count, 0);
        while from < 64 && (rest & 0xff).count_ones() <= left {
            left -= (rest & 0xff).count_ones();
            rest >>= 8;
            from += 8;
        }
        (0..left).for_each(|_| rest &= rest.wrapping_sub(1));
        if from < 64 { from + rest.trailing_zeros() } else { 64 }
    }
}

/// Exists only inside `run_avx512`.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Avx512(());

/// Exists only inside `run_avx2`.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Avx2(());

#[derive(Clone, Copy)]
struct Portable;

impl Kernel for Portable {
    #[inline(always)]
    fn close(self, columns: &[u16; 32], key: u16, limit: u16) -> u32 {
        let mut found = [0_u16; 32];
        for (to, column) in found.iter_mut().zip(columns) {
            let x = column ^ key;
            let x = x - ((x >> 1) & 0x5555);
            let x = (x & 0x3333) + ((x >> 2) & 0x3333);
            let x = (x + (x >> 4)) & 0x0f0f;
            let ones = (x + (x >> 8)) & 0x1f;
            *to = u16::from(ones <= limit);
        }
        // Most blocks hold nothing: look at all of them at once before making bits.
        if found.iter().fold(0, |all, one| all | one) == 0 {
            return 0;
        }
        found.iter().rev().fold(0, |mask, one| mask << 1 | u32::from(*one))
    }
}

#[cfg(target_arch = "x86_64")]
impl Kernel for Avx512 {
    #[inline(always)]
    fn close(self, columns: &[u16; 32], key: u16, limit: u16) -> u32 {
        #[inline]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bitalg")]
        fn close(columns: &[u16; 32], key: u16, limit: u16) -> u32 {
            // SAFETY: the array is 64 bytes long; the load needs no alignment.
            let columns = unsafe { _mm512_loadu_si512(columns.as_ptr().cast()) };
            let apart = _mm512_xor_si512(columns, _mm512_set1_epi16(key.cast_signed()));
            _mm512_cmple_epu16_mask(_mm512_popcnt_epi16(apart), _mm512_set1_epi16(limit.cast_signed()))
        }
        // SAFETY: `self` exists only where these features were found.
        unsafe { close(columns, key, limit) }
    }

    #[inline(always)]
    fn any_close(self, one: &[u64; 8], two: &[u64; 8], query: [u64; 2], limit: u64) -> bool {
        #[inline]
        #[target_feature(enable = "avx512f,avx512vpopcntdq")]
        fn any(one: &[u64; 8], two: &[u64; 8], [first, second]: [u64; 2], limit: u64) -> bool {
            // SAFETY: the arrays are 64 bytes long; the loads need no alignment.
            let (one, two) =
                unsafe { (_mm512_loadu_si512(one.as_ptr().cast()), _mm512_loadu_si512(two.as_ptr().cast())) };
            let one = _mm512_popcnt_epi64(_mm512_xor_si512(one, _mm512_set1_epi64(first.cast_signed())));
            let two = _mm512_popcnt_epi64(_mm512_xor_si512(two, _mm512_set1_epi64(second.cast_signed())));
            _mm512_cmple_epu64_mask(_mm512_add_epi64(one, two), _mm512_set1_epi64(limit.cast_signed())) != 0
        }
        // SAFETY: `self` exists only where these features were found.
        unsafe { any(one, two, query, limit) }
    }

    #[inline(always)]
    fn select(self, word: u64, count: u32) -> u32 {
        #[inline]
        #[target_feature(enable = "bmi1,bmi2")]
        fn select(word: u64, count: u32) -> u32 {
            _pdep_u64(1_u64.checked_shl(count).unwrap_or_default(), word).trailing_zeros()
        }
        // SAFETY: `self` exists only where these features were found.
        unsafe { select(word, count) }
    }
}

#[cfg(target_arch = "x86_64")]
impl Kernel for Avx2 {
    #[inline(always)]
    fn close(self, columns: &[u16; 32], key: u16, limit: u16) -> u32 {
        #[inline]
        #[target_feature(enable = "avx2")]
        fn far(columns: &[u16; 16], key: u16, limit: u16) -> __m256i {
            // SAFETY: the array is 32 bytes long; the load needs no alignment.
            let columns = unsafe { _mm256_loadu_si256(columns.as_ptr().cast()) };
            let apart = _mm256_xor_si256(columns, _mm256_set1_epi16(key.cast_signed()));
            let nibbles = _mm256_setr_epi8(
                0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
            );
            let low = _mm256_set1_epi8(15);
            let ones = _mm256_add_epi8(
                _mm256_shuffle_epi8(nibbles, _mm256_and_si256(apart, low)),
                _mm256_shuffle_epi8(nibbles, _mm256_and_si256(_mm256_srli_epi16::<4>(apart), low)),
            );
            let ones = _mm256_maddubs_epi16(ones, _mm256_set1_epi8(1));
            _mm256_cmpgt_epi16(ones, _mm256_set1_epi16(limit.cast_signed()))
        }
        #[inline]
        #[target_feature(enable = "avx2")]
        fn close(columns: &[u16; 32], key: u16, limit: u16) -> u32 {
            let Some((first, rest)) = columns.split_first_chunk::<16>() else { return 0 };
            let Some(second) = rest.first_chunk::<16>() else { return 0 };
            let far = _mm256_packs_epi16(far(first, key, limit), far(second, key, limit));
            // Packing works within halves: put the quarters back in order.
            !_mm256_movemask_epi8(_mm256_permute4x64_epi64::<0b11_01_10_00>(far)).cast_unsigned()
        }
        // SAFETY: `self` exists only where AVX2 was found.
        unsafe { close(columns, key, limit) }
    }

    #[inline(always)]
    fn select(self, word: u64, count: u32) -> u32 {
        #[inline]
        #[target_feature(enable = "bmi1,bmi2")]
        fn select(word: u64, count: u32) -> u32 {
            _pdep_u64(1_u64.checked_shl(count).unwrap_or_default(), word).trailing_zeros()
        }
        // SAFETY: `self` exists only where these features were found.
        unsafe { select(word, count) }
    }
}

/// Asks for the line that holds `slice[index]` to be fetched. Any index is harmless.
#[inline(always)]
pub(crate) fn prefetch<T>(slice: &[T], index: usize) {
    let at = slice.as_ptr().wrapping_add(index);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a hint that reads nothing and faults never, whatever the address; SSE is part of the baseline.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

#[cfg(test)]
mod tests {
    use super::{Kernel, Lanes, Work};

    struct Close<'a>(&'a [u16; 32], u16, u16);

    impl Work for Close<'_> {
        type Out = u32;
        fn go<K: Kernel>(self, kernel: K) -> u32 {
            kernel.close(self.0, self.1, self.2)
        }
    }

    /// Every kernel this machine can run agrees with counting one by one.
    #[test]
    fn all_lanes_count_alike() {
        let mut state = 7_u64;
        for round in 0..20_000 {
            let columns: [u16; 32] = std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                if round % 3 == 0 { 1 << (state >> 60) } else { (state >> 40) as u16 }
            });
            let (key, limit) = ((state >> 17) as u16 & if round % 2 == 0 { 3 } else { u16::MAX }, round % 16);
            let one_by_one = (0..32).map(|i| u32::from((columns[i] ^ key).count_ones() <= u32::from(limit)) << i).sum();
            for lanes in Lanes::available() {
                assert_eq!(lanes.run(Close(&columns, key, limit)), one_by_one, "{lanes:?}");
            }
        }
        assert!(Lanes::available().contains(&Lanes::portable()));
    }

    struct AnyClose([u64; 8], [u64; 8], [u64; 2], u64);

    impl Work for AnyClose {
        type Out = bool;
        fn go<K: Kernel>(self, kernel: K) -> bool {
            kernel.any_close(&self.0, &self.1, self.2, self.3)
        }
    }

    #[test]
    fn all_lanes_see_alike_whether_any_is_close() {
        let mut state = 3_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 29
        };
        for round in 0..20_000 {
            let (one, two) = (std::array::from_fn(|_| next()), std::array::from_fn(|_| next()));
            let (query, limit) = ([next(), next()], 40 + round % 20);
            let apart = |k: usize| (one[k] ^ query[0]).count_ones() + (two[k] ^ query[1]).count_ones();
            let truth = (0..8).any(|k| u64::from(apart(k)) <= limit);
            for lanes in Lanes::available() {
                assert_eq!(lanes.run(AnyClose(one, two, query, limit)), truth, "{lanes:?}");
            }
        }
    }

    struct Select(u64, u32);

    impl Work for Select {
        type Out = u32;
        fn go<K: Kernel>(self, kernel: K) -> u32 {
            kernel.select(self.0, self.1)
        }
    }

    #[test]
    fn all_lanes_select_alike() {
        let mut state = 1_u64;
        for _ in 0..5000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let word = state & state.rotate_left((state >> 58) as u32);
            let mut places = (0..64).filter(|bit| word >> bit & 1 == 1).collect::<Vec<u32>>();
            places.resize(65, 64);
            for (count, place) in places.into_iter().enumerate() {
                for lanes in Lanes::available() {
                    assert_eq!(lanes.run(Select(word, count as u32)), place, "{lanes:?} {word:x} {count}");
                }
            }
        }
    }
}
