//! The config file: one section per room, unknown keys refused. `cport config` prints it with every default.

use crate::house::Result;
use capture::{CaptureConfig, TraceConfig};
use exchange::{icse::IcseConfig, iwol::DomainsConfig, mail::MailConfig, rpz::config::DnsConfig};
use hashlists::ListsConfig;
use reports::ReportsConfig;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};
use storage::{DatabaseConfig, EvidenceConfig};

/// Where the config file is.
#[derive(clap::Args, Clone, Debug)]
pub struct ConfigArg {
    /// Config file (TOML); without it, every setting has its default
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The whole config.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How it is reached.
    pub web: WebConfig,
    /// Where rows are kept.
    pub database: DatabaseConfig,
    /// Where sealed evidence is kept.
    pub evidence: EvidenceConfig,
    /// Limits of intake and the network's default lane.
    pub reports: ReportsConfig,
    /// What hash lists settle.
    pub lists: ListsConfig,
    /// The block list of domains.
    pub domains: DomainsConfig,
    /// Fetching of reported pages.
    pub capture: CaptureConfig,
    /// Looking up of hosts.
    pub trace: TraceConfig,
    /// The workshop.
    pub media: MediaConfig,
    /// Deliveries to victim identification; off.
    pub icse: IcseConfig,
    /// Mail that a saved search found something; off.
    pub mail: MailConfig,
    /// The block list as a zone of DNS, for access providers; off.
    pub dns: DnsConfig,
}

/// How it is reached. TLS is for the proxy in front.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Whether browsers reach it over TLS: session cookies are then sent over TLS only.
    pub tls_in_front: bool,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)), tls_in_front: true }
    }
}

/// The workshop's child processes.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaConfig {
    /// How many files are described at once.
    pub workers: usize,
    /// Most bytes of a file that is looked into; a larger one is hashed, sealed and marked.
    pub max_bytes: u64,
    /// Most pixels of a picture.
    pub max_pixels: u64,
    /// Seconds for one picture.
    pub timeout_seconds: u64,
    /// Seconds for one video.
    pub video_timeout_seconds: u64,
    /// Most frames of a video that are hashed.
    pub max_frames: u32,
}

impl Default for MediaConfig {
    fn default() -> Self {
        let limits = media::Limits::default();
        Self {
            workers: 2,
            max_bytes: limits.max_bytes,
            max_pixels: limits.max_pixels,
            timeout_seconds: limits.timeout.as_secs(),
            video_timeout_seconds: limits.video_timeout.as_secs(),
            max_frames: limits.max_frames,
        }
    }
}

/// The default config with every setting, as TOML.
pub fn default_text() -> Result<String> {
    let head = "# Every setting with its default; printed by `cport config`. Unknown keys are refused.\n\n";
    Ok(head.to_owned() + &toml::to_string_pretty(&Config::default())?)
}

impl Config {
    /// Reads the file named, or takes the defaults. `DATABASE_URL` wins over the file.
    pub fn read(arg: &ConfigArg) -> Result<Self> {
        let mut config = match &arg.config {
            None => Self::default(),
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|e| format!("config {}: {e}", path.display()))?;
                toml::from_str(&text).map_err(|e| format!("config {}: {e}", path.display()))?
            }
        };
        if let Some(url) = std::env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            config.database.url = url;
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn op_2_an_unknown_key_is_refused_by_name() {
        let error = toml::from_str::<Config>("[web]\nlissten = \"127.0.0.1:1\"").map_err(|e| e.to_string());
        assert!(error.is_err_and(|e| e.contains("lissten")));
    }

    #[test]
    fn the_printed_default_reads_back() {
        let text = toml::to_string_pretty(&Config::default()).expect("prints");
        assert!(toml::from_str::<Config>(&text).is_ok());
    }
}
