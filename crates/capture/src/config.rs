//! Config sections `[capture]` and `[trace]`.

use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// Which way out requests take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Egress {
    /// From this machine.
    #[default]
    Direct,
    /// `http://host:port` (CONNECT) or `socks5://host:port`; addresses are resolved and checked here, the proxy gets them.
    Proxy(String),
}

/// Capture of reported pages. Sizes in bytes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaptureConfig {
    /// Whether reported URLs are fetched at all.
    pub enabled: bool,
    /// Which way out requests take.
    pub egress: Egress,
    /// Name servers to ask; empty: those of the machine.
    pub name_servers: Vec<SocketAddr>,
    /// Networks that may be fetched from although they are private, such as a test range: `127.20.0.0/16`.
    pub allow: Vec<String>,
    /// Most files of one page.
    pub max_files: usize,
    /// Most bytes of one answer, as sent and unpacked.
    pub max_file: u64,
    /// Most bytes of one capture.
    pub max_total: u64,
    /// Most redirects in a row.
    pub max_redirects: usize,
    /// Seconds for one exchange.
    pub exchange_seconds: u64,
    /// Seconds for one capture.
    pub total_seconds: u64,
    /// Exchanges at once.
    pub at_once: usize,
    /// Where the machine's time comes from, in words; noted in every capture record.
    pub time_source: String,
    /// Whether a picture of the page is drawn from what was captured.
    pub screenshot: bool,
    /// The browser that draws it.
    pub chromium: PathBuf,
    /// Seconds for one picture.
    pub picture_seconds: u64,
}

impl Default for CaptureConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            egress: Egress::Direct,
            name_servers: Vec::new(),
            allow: Vec::new(),
            max_files: 500,
            max_file: 32 << 20,
            max_total: 1 << 30,
            max_redirects: 10,
            exchange_seconds: 20,
            total_seconds: 300,
            at_once: 8,
            time_source: "system clock, source not stated".into(),
            screenshot: false,
            chromium: "/usr/bin/chromium".into(),
            picture_seconds: 30,
        }
    }
}

/// Tracing of hosts.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceConfig {
    /// MMDB file that gives the country of an address.
    pub country_database: Option<PathBuf>,
    /// MMDB file that gives the autonomous system of an address; may be the same file.
    pub asn_database: Option<PathBuf>,
    /// RDAP server asked for everything, such as a test server; unset: the registries' own, found through IANA's lists.
    pub rdap_server: Option<String>,
    /// Whether registries are asked at all.
    pub rdap: bool,
}

impl TraceConfig {
    /// Whether there is anywhere to look.
    pub fn is_on(&self) -> bool {
        self.rdap || self.country_database.is_some()
    }
}
