//! The block list of domains on its way out, to access providers: the published list in memory, which follows the rows; what
//! each provider has here; the list as files. How it goes out as a zone of DNS is [`crate::rpz`].
//!
//! Who is on the list and why is decided elsewhere. What is read here of a change is its serial, its domain and whether it was
//! listed or removed; a provider never learns more.

mod access;
mod act;
mod arena;
mod fetch;
pub mod files;
mod model;
pub mod provider;
mod published;
pub mod stop;
mod stop_page;
mod store;

pub use access::{Access, Holder};
pub use act::Act;
pub use fetch::{Fetching, What, begin};
pub use model::{End, Fetch, FetchKey, Secondary, Settings, Way};
pub use published::{Change, Delta, Published, Snapshot, Walk};
pub use stop::Stop;
pub use stop_page::{StopPages, write as write_stop_pages};

use crate::Result;
use crate::rpz::{config::DnsConfig, zone::Zone};
use access::Doorkeeper;
use base::{Actor, OrgId};
use std::sync::Arc;
use storage::{Db, evidence::Vault};
use tokio::sync::watch;

/// Changes read at once.
const PAGE: u64 = 10_000;

/// The block list as this node gives it out.
pub struct BlockList {
    /// The list.
    pub published: Arc<Published>,
    /// How the name server works, and what its zone is called.
    pub config: DnsConfig,
    /// Sums of files that were made already.
    pub sums: files::Sums,
    origin: Arc<[u8]>,
    door: Doorkeeper,
}

impl BlockList {
    /// An empty list, to follow the rows; `None` when the zone's name is none.
    pub fn new(config: DnsConfig) -> Option<Self> {
        let origin = crate::rpz::wire::name(&config.zone)?;
        Some(Self {
            published: Arc::default(),
            origin: origin.into(),
            door: Doorkeeper::default(),
            sums: files::Sums::default(),
            config,
        })
    }

    /// Follows the rows once: who may have the list, then what changed. Says how many changes there were.
    ///
    /// # Errors
    /// The database or the evidence store does not answer.
    pub async fn follow(&self, db: &Db, vault: &Vault) -> Result<usize> {
        // In this order: a provider's last change of its stop page names a serial that the list has then reached.
        let access = self.door.read(db, vault).await?;
        let mut taken = 0;
        loop {
            let tx = db.look(&Actor::machine("domains")).await?;
            let changes = store::changes_since(&tx, self.published.snapshot().serial(), PAGE).await?;
            drop(tx);
            if changes.is_empty() {
                break;
            }
            let (count, published) = (changes.len(), Arc::clone(&self.published));
            // A long list takes a moment to be put in order.
            tokio::task::spawn_blocking(move || published.apply(&changes))
                .await
                .map_err(|_| storage::Error::Stored("domain_change"))?;
            taken += count;
        }
        self.door.set(access);
        Ok(taken)
    }

    /// Who may have the list, as the rows said a moment ago.
    pub fn access(&self) -> Arc<Access> {
        self.door.current()
    }

    /// To wait for what changes.
    pub fn watch(&self) -> watch::Receiver<Arc<Access>> {
        self.door.watch()
    }

    /// The zone's name in wire form, lower case.
    pub fn origin(&self) -> &[u8] {
        &self.origin
    }

    /// A provider's zone now; `None` before it has said where listed names lead.
    pub fn zone(&self, access: &Access, org: OrgId) -> Option<Zone> {
        let settings = access.settings(org)?;
        Some(Zone {
            origin: Arc::clone(&self.origin),
            list: self.published.snapshot(),
            stop: settings.stop.clone(),
            changes: settings.changes,
            since: settings.since,
            times: self.config.times(),
        })
    }
}
