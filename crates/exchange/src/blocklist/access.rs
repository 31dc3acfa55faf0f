//! Who may have the list, as the rows said a moment ago: keys with their secrets, settings, secondaries. It is read anew several
//! times a second, so a key that was taken back, or an organisation that was suspended, is out within a second, also in the
//! middle of a transfer. What has not been read anew for a while opens nothing.

use super::{
    model::{FetchKey, Secondary, Settings},
    store,
};
use crate::Result;
use crate::rpz::tsig::Key;
use base::{Actor, FetchKeyId, OrgId, OrgKind, Secret, Time};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};
use storage::{Db, evidence::Vault};
use tokio::sync::{Mutex, watch};

/// How old what was read may be.
const BELIEVED: Duration = Duration::from_secs(10);

/// A key that opens something, and whose.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Its row.
    pub key: FetchKey,
    /// What it signs by.
    pub tsig: Key,
}

/// Who may have the list at one moment.
#[derive(Clone, Debug)]
pub struct Access {
    keys: HashMap<Vec<u8>, Arc<Holder>>,
    settings: HashMap<OrgId, Arc<Settings>>,
    secondaries: Vec<Secondary>,
    /// When reading began.
    read_at: Instant,
}

impl Default for Access {
    fn default() -> Self {
        Self { keys: HashMap::new(), settings: HashMap::new(), secondaries: Vec::new(), read_at: Instant::now() }
    }
}

impl Access {
    /// The key of this name in wire form, when it opens anything now.
    pub fn key(&self, name: &[u8], now: Time) -> Option<Arc<Holder>> {
        let fresh = self.read_at.elapsed() < BELIEVED;
        self.keys.get(name).filter(|holder| fresh && holder.key.is_live(now)).map(Arc::clone)
    }

    /// Whether a key still opens anything.
    pub fn is_live(&self, holder: &Holder, now: Time) -> bool {
        self.key(holder.tsig.name(), now).is_some_and(|found| found.key.id == holder.key.id)
    }

    /// Where a provider's listed names lead.
    pub fn settings(&self, org: OrgId) -> Option<Arc<Settings>> {
        self.settings.get(&org).map(Arc::clone)
    }

    /// Name servers that are told of changes, each with the key that signs it.
    pub fn told(&self, now: Time) -> Vec<(Secondary, Arc<Holder>)> {
        let by_id: HashMap<FetchKeyId, &Arc<Holder>> = self.keys.values().map(|h| (h.key.id, h)).collect();
        let live = |s: &Secondary| by_id.get(&s.key).filter(|h| h.key.is_live(now)).map(|h| (s.clone(), Arc::clone(h)));
        self.secondaries.iter().filter_map(live).collect()
    }
}

/// Keeps what the rows say.
pub struct Doorkeeper {
    current: watch::Sender<Arc<Access>>,
    /// Secrets that were opened already. Held by whoever reads the rows.
    opened: Mutex<HashMap<FetchKeyId, Secret<Vec<u8>>>>,
}

impl Default for Doorkeeper {
    fn default() -> Self {
        Self { current: watch::Sender::new(Arc::default()), opened: Mutex::default() }
    }
}

impl Doorkeeper {
    /// What the rows said last.
    pub fn current(&self) -> Arc<Access> {
        Arc::clone(&self.current.borrow())
    }

    /// To wait for what they say next.
    pub fn watch(&self) -> watch::Receiver<Arc<Access>> {
        self.current.subscribe()
    }

    /// Reads the rows.
    ///
    /// # Errors
    /// The database or the evidence store does not answer; then everybody is out after a while.
    pub async fn read(&self, db: &Db, vault: &Vault) -> Result<Arc<Access>> {
        let mut opened = self.opened.lock().await;
        let read_at = Instant::now();
        let tx = db.look(&Actor::machine("domains")).await?;
        let members = agreements::directory::organisations(&tx).await?;
        let active: HashSet<OrgId> =
            members.into_iter().filter(|o| o.active && o.kind == OrgKind::Asp).map(|o| o.id).collect();
        let settings = store::settings(&tx).await?;
        let secondaries = store::secondaries(&tx).await?;
        let mut keys = store::keys(&tx).await?;
        keys.retain(|key| active.contains(&key.org) && key.is_live(tx.now()));
        let mut locked = Vec::new();
        for key in keys.iter().filter(|key| !opened.contains_key(&key.id)) {
            locked.push((key.id, vault.find(&tx, key.secret).await?));
        }
        drop(tx);
        for (id, locked) in locked {
            if let Some(locked) = locked {
                opened.insert(id, Secret::new(vault.open_locked(db, locked).await?));
            }
        }
        let ids: HashSet<FetchKeyId> = keys.iter().map(|key| key.id).collect();
        opened.retain(|id, _| ids.contains(id));
        let holder = |key: FetchKey| {
            let tsig = Key::new(&key.name, key.algorithm, opened.get(&key.id)?.expose())?;
            Some((tsig.name().to_vec(), Arc::new(Holder { key, tsig })))
        };
        let access = Arc::new(Access {
            keys: keys.into_iter().filter_map(holder).collect(),
            settings: settings.into_iter().map(|s| (s.org, Arc::new(s))).collect(),
            secondaries: secondaries.into_iter().filter(|s| active.contains(&s.org)).collect(),
            read_at,
        });
        Ok(access)
    }

    /// Makes what was read what counts, unless something newer does: a key that was taken back does not come back.
    pub fn set(&self, access: Arc<Access>) {
        self.current.send_if_modified(|current| {
            let newer = access.read_at >= current.read_at;
            if newer {
                *current = access;
            }
            newer
        });
    }
}
