//! An access provider's page.

use super::{
    base::{Base, FieldError, error_of},
    text::bytes,
    words::{t, t1, t2, word},
};
use askama::Template;
use exchange::rpz::tsig::Algorithm;

/// A key.
#[derive(Clone, Debug, Default)]
pub struct KeyRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it signs.
    pub algorithm: String,
    /// When it ends.
    pub ends: String,
    /// Whether it opens anything.
    pub live: bool,
}

/// A name server.
#[derive(Clone, Debug, Default)]
pub struct SecondaryRow {
    /// Its id.
    pub id: String,
    /// Where it is told.
    pub address: String,
}

/// A fetch.
#[derive(Clone, Debug, Default)]
pub struct FetchRow {
    /// When.
    pub at: String,
    /// How.
    pub how: String,
    /// The serial before.
    pub from: Option<String>,
    /// The serial after.
    pub to: String,
    /// Bytes.
    pub bytes: u64,
    /// Word of `fetch`.
    pub end: String,
}

/// The page.
#[derive(Template)]
#[template(path = "network/partner.html")]
pub struct PartnerPage {
    /// The frame.
    pub base: Base,
    /// Name of the zone.
    pub zone: String,
    /// The zone's serial, once there is one.
    pub zone_serial: Option<u32>,
    /// The list's serial.
    pub serial: i64,
    /// Domains listed.
    pub domains: usize,
    /// Whether it was said where listed names lead.
    pub stop_set: bool,
    /// IPv4 address.
    pub a: String,
    /// IPv6 address.
    pub aaaa: String,
    /// Name.
    pub name: String,
    /// Keys.
    pub keys: Vec<KeyRow>,
    /// Name servers.
    pub secondaries: Vec<SecondaryRow>,
    /// Fetches, newest first.
    pub fetches: Vec<FetchRow>,
    /// A key that was just made: name, algorithm, secret.
    pub made: Option<(String, String, String)>,
    /// What was refused.
    pub errors: Vec<FieldError>,
}

impl PartnerPage {
    /// The newest key that opens something.
    fn live_key(&self) -> Option<&KeyRow> {
        self.keys.iter().find(|key| key.live)
    }
}
