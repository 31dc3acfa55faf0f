//! The two things a pure function must be handed: the time and random bytes. This is the one place that reads the clock.

use crate::{Error, Result};
use base::Time;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A clock: the machine's, or one that a test sets.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    Machine,
    /// Stands still until it is set; microseconds since 1970.
    Set(Arc<AtomicI64>),
    /// Moves on by a millisecond whenever it is read, else only when it is set: what comes later has a later id.
    Ticking(Arc<AtomicI64>),
}

impl Clock {
    /// The time now.
    pub fn now(&self) -> Time {
        match self {
            Self::Machine => Time::from_micros(machine_micros()),
            Self::Set(at) => Time::from_micros(at.load(Ordering::SeqCst)),
            Self::Ticking(at) => Time::from_micros(at.fetch_add(1_000, Ordering::SeqCst)),
        }
    }

    /// A clock standing at a time.
    pub fn standing_at(time: Time) -> Self {
        Self::Set(Arc::new(AtomicI64::new(time.micros())))
    }

    /// A clock that starts at a time and ticks when it is read.
    pub fn ticking_from(time: Time) -> Self {
        Self::Ticking(Arc::new(AtomicI64::new(time.micros())))
    }

    /// Moves a set clock by seconds; the machine's clock is left alone.
    pub fn advance(&self, seconds: i64) {
        if let Self::Set(at) | Self::Ticking(at) = self {
            at.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
        }
    }

    /// Sets a clock that can be set; the machine's clock is left alone.
    pub fn set(&self, time: Time) {
        if let Self::Set(at) | Self::Ticking(at) = self {
            at.store(time.micros(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn machine_micros() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Source of random bytes: the operating system's generator.
#[derive(Clone, Copy, Debug)]
pub struct Chance;

impl Chance {
    /// Fresh random bytes. Fails only when the operating system has none to give.
    pub fn bytes<const N: usize>(self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::Crypto)?;
        Ok(bytes)
    }
}
