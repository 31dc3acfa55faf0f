//! What a trace is asked for and what it finds.

use crate::{CaptureConfig, TraceConfig};
use base::{Country, Time};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Which host to trace.
#[derive(Clone, Debug)]
pub struct TraceOrder {
    /// Host name or address of the URL.
    pub host: String,
    /// Where to look things up.
    pub trace: TraceConfig,
    /// Name servers and allowed networks.
    pub capture: CaptureConfig,
}

/// Where a host is, as far as could be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// The host.
    pub host: String,
    /// When it was looked up.
    pub at: Time,
    /// Its addresses; the first is what the signals speak of.
    pub addresses: Vec<IpAddr>,
    /// Names it is an alias of, in order.
    pub aliases: Vec<String>,
    /// Three independent signals, always in the order of [`SignalSource`].
    pub signals: Vec<Signal>,
    /// The country that at least two signals name and none contradicts, or two against one; otherwise none.
    pub country: Option<Country>,
    /// Number of the autonomous system.
    pub asn: Option<u32>,
    /// Name of the network.
    pub network: Option<String>,
    /// The domain's registration.
    pub domain: Option<Domain>,
    /// The delivery network in front, where one is known.
    pub cdn: Option<Cdn>,
    /// What could not be looked up, in words.
    pub problems: Vec<String>,
}

/// One source's word on where an address is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Who says so.
    pub source: SignalSource,
    /// Who exactly: the database's name and build time, or the registry's URL.
    pub from: String,
    /// When it was asked; for a cached answer, when that was fetched.
    pub at: Time,
    /// The country.
    pub country: Option<Country>,
    /// What else it says, such as the network's name.
    pub says: Option<String>,
    /// Why it says nothing.
    pub failed: Option<String>,
}

/// Who says where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalSource {
    /// The local address database (MMDB).
    AddressDatabase,
    /// The registry's entry of the address's network (RDAP, RFC 9083).
    AddressRegistry,
    /// The registry's entry of the autonomous system that announces it (RDAP).
    NetworkRegistry,
}

/// A domain's registration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// The registrable name.
    pub name: String,
    /// The registrar.
    pub registrar: Option<String>,
    /// Country of the registrant.
    pub registrant_country: Option<Country>,
    /// When it was registered.
    pub registered_at: Option<Time>,
    /// When it was asked.
    pub asked_at: Option<Time>,
}

/// A delivery network in front of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cdn {
    /// Its name.
    pub name: String,
    /// Where the content itself may lie: a name or address, and how it was found.
    pub origin_hint: Option<String>,
}
