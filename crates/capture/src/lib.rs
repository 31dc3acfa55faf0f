#![doc = include_str!("../README.md")]

mod config;
mod model;
mod trace_model;

pub use config::{CaptureConfig, Egress, TraceConfig};
pub use model::{Ended, Event, Exchange, Failed, Found, FoundBy, Login, Order, Payload, Record, Tls};
pub use trace_model::{Cdn, Domain, Signal, SignalSource, Trace, TraceOrder};
