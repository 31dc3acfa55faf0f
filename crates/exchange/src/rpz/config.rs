//! Config section `[dns]`.

use super::zone::Times;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

/// The name server that gives the block list to access providers as a response policy zone.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DnsConfig {
    /// Whether it runs. Default false.
    pub enabled: bool,
    /// Addresses to listen on, TCP and UDP. Transfers are signed and not encrypted: the way to the providers is to be.
    pub listen: Vec<SocketAddr>,
    /// Name of the zone, the same for every provider.
    pub zone: String,
    /// Seconds that a resolver may keep an answer of the zone: how long a removed domain stays blocked after its resolver knows.
    pub ttl_seconds: u32,
    /// Seconds after which a secondary asks for news when it is told of none.
    pub refresh_seconds: u32,
    /// Seconds after which it asks again when it got no answer.
    pub retry_seconds: u32,
    /// Seconds for which it goes on without us.
    pub expire_seconds: u32,
    /// Connections at once, in all.
    pub max_connections: usize,
    /// Connections at once from one address.
    pub max_connections_per_address: usize,
    /// Transfers at once, in all.
    pub max_transfers: usize,
    /// Transfers at once of one provider.
    pub max_transfers_per_provider: usize,
    /// Seconds that a connection may be silent, and that one piece of a transfer may wait to be taken.
    pub idle_seconds: u64,
    /// Seconds that a whole transfer may take.
    pub transfer_seconds: u64,
    /// Whether stop pages and secondaries may stand at addresses of this machine or of private networks. Default false.
    pub private_addresses: bool,
}

impl Default for DnsConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            listen: vec![SocketAddr::from(([127, 0, 0, 1], 5300))],
            zone: "rpz.cport.example".into(),
            ttl_seconds: 30,
            refresh_seconds: 60,
            retry_seconds: 30,
            expire_seconds: 7 * 86_400,
            max_connections: 1_000,
            max_connections_per_address: 20,
            max_transfers: 32,
            max_transfers_per_provider: 4,
            idle_seconds: 20,
            transfer_seconds: 900,
            private_addresses: false,
        }
    }
}

impl DnsConfig {
    /// What secondaries go by.
    pub const fn times(&self) -> Times {
        Times {
            ttl: self.ttl_seconds,
            refresh: self.refresh_seconds,
            retry: self.retry_seconds,
            expire: self.expire_seconds,
        }
    }
}
