//! Opens the rooms for a subcommand: database, evidence, workshop.

use crate::config::Config;
use capture::Scout;
use exchange::{blocklist::BlockList, icse::release::Destination, iwol::Domains};
use hashlists::Lists;
use media::{Limits, Workshop};
use std::{error, fmt, sync::Arc, time::Duration};
use storage::{Clock, Db, evidence::Vault, migrate};
use web::{App, Mode, Signer};

/// Result of a subcommand.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why a subcommand failed, in words for whoever typed it.
#[derive(Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

macro_rules! failures {
    ($($kind:ty),*) => { $(
        impl From<$kind> for Failure {
            fn from(error: $kind) -> Self {
                Self(with_causes(&error))
            }
        }
    )* };
}

failures!(
    storage::Error,
    agreements::Error,
    reports::Error,
    takedown::Error,
    hashlists::Error,
    hashlists::profile::Error,
    base::Refusal,
    std::io::Error,
    serde_json::Error,
    toml::de::Error,
    toml::ser::Error,
    reqwest::Error,
    exchange::Error,
    exchange::mail::Trouble,
    web::Error
);

/// An error and what caused it, in one line.
pub fn with_causes(error: &dyn error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

/// Opens the database; its schema has to be up to date.
pub async fn database(config: &Config) -> Result<Db> {
    let db = Db::connect(&config.database, Clock::Machine).await?;
    migrate::check(&db).await?;
    migrate::check_barrier(&db).await?;
    Ok(db)
}

/// Name of the file beside the root key that signs pages of hash lists.
const SIGNER: &str = "lists.key";

/// Name of the file beside the root key that signs packages.
const PACKAGES: &str = "packages.key";

/// Opens every room.
pub async fn open(config: &Config, mode: Mode) -> Result<App> {
    let db = database(config).await?;
    reports::rank::adopt_default(&db, &config.reports.urgency).await?;
    let vault = Vault::open(&config.evidence)?;
    let limits = Limits {
        max_bytes: config.media.max_bytes,
        max_pixels: config.media.max_pixels,
        timeout: Duration::from_secs(config.media.timeout_seconds),
        video_timeout: Duration::from_secs(config.media.video_timeout_seconds),
        max_frames: config.media.max_frames,
    };
    let program = std::env::current_exe()?;
    let scout = Scout::caged(&program, vec!["capture-worker".into()]);
    let workshop = Workshop::caged(program, vec!["media-worker".into()], config.media.workers, limits);
    Ok(App {
        db,
        vault,
        workshop: Arc::new(workshop),
        scout: Arc::new(scout),
        rdap: Arc::default(),
        lists: Arc::new(Lists::new(config.lists.clone())?),
        domains: Arc::new(Domains::new(config.domains.clone())?),
        blocklist: Arc::new(BlockList::new(config.dns.clone()).ok_or("dns.zone is no domain name")?),
        signer: Arc::new(Signer::open(&config.evidence.root_key_file.with_file_name(SIGNER))?),
        packages: Arc::new(Signer::open(&config.evidence.root_key_file.with_file_name(PACKAGES))?),
        capture: Arc::new(config.capture.clone()),
        trace: Arc::new(config.trace.clone()),
        config: Arc::new(config.reports.clone()),
        mode,
        secure_cookies: config.web.tls_in_front && mode == Mode::Live,
        destination: config.icse.enabled.then(|| Destination::of(&config.icse)).transpose()?.map(Arc::new),
        personas: Arc::default(),
        sites: Arc::default(),
    })
}
