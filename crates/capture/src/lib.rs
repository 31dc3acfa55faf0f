#![doc = include_str!("../README.md")]

mod address;
mod cage;
mod clock;
mod config;
mod dial;
mod exchange;
#[cfg(fuzzing)]
pub mod fuzzing;
mod judge;
mod ledger;
mod links;
mod model;
mod names;
mod picture;
mod pipe;
mod scout;
mod trace;
mod unpack;
mod warc;
mod work;

pub use config::{CaptureConfig, Egress, TraceConfig};
pub use model::{Ended, Event, Exchange, Failed, Found, FoundBy, Login, Order, Payload, Record, Tls};
pub use picture::{Material, Shown, why_not as why_no_picture};
pub use scout::{Running, Scout};
pub use trace::{Cdn, Domain, RdapCache, Signal, SignalSource, Trace, TraceOrder, trace};
pub use work::{TOOL, run_scout};

/// Locks the calling process in as a fetch process is, for tests that try to get out.
///
/// # Errors
/// What could not be locked, in words.
#[doc(hidden)]
pub fn enter_cage() -> Result<(), String> {
    cage::enter(1 << 30, &[])
}
