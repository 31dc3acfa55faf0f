//! The block list as a response policy zone of DNS: an authoritative server for one name, from which each provider's secondaries
//! take their own zone by AXFR and IXFR, signed with a key of theirs, and are told of changes by NOTIFY.
//!
//! Names and messages are read by `domain`; what is written, and the signatures, are written here (decision 37).

pub mod client;
pub mod config;
pub mod notify;
pub mod request;
pub mod server;
pub mod transfer;
pub mod tsig;
pub mod wire;
pub mod zone;
