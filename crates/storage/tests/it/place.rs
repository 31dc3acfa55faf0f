//! A folder with a database, a store, a spool and a root key, gone at the end.

use audit::{Subject, Verb};
use base::{Actor, BlobId, OrgId, Time};
use std::{
    fs,
    path::{Path, PathBuf},
};
use storage::{
    Chance, Clock, DatabaseConfig, Db, EvidenceConfig, Result,
    evidence::{RootKey, Sealed, Vault},
    migrate, sql,
};

/// When it all happens: 2026-06-01T12:00:00Z.
pub const NOON: Time = Time::from_micros(1_780_315_200_000_000);

pub struct Place {
    pub folder: PathBuf,
    pub config: EvidenceConfig,
    pub db: Db,
    pub vault: Vault,
}

/// An act, where a test needs one.
pub struct Did;

impl audit::Act for Did {
    fn name(&self) -> &'static str {
        "test.did"
    }
    fn verb(&self) -> Verb {
        Verb::Alter
    }
    fn subject(&self) -> Subject {
        Subject::list("test")
    }
}

pub const SOMEBODY: Actor = Actor::machine("test");

impl Place {
    pub async fn new(name: &str) -> Self {
        Self::with(name, |_, _| {}).await
    }

    /// With another config; the folder is made already.
    pub async fn with(name: &str, change: impl FnOnce(&Path, &mut EvidenceConfig)) -> Self {
        let folder = std::env::temp_dir().join(format!("cport-evidence-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let mut config = EvidenceConfig {
            folder: folder.join("evidence"),
            spool: folder.join("spool"),
            root_key_file: folder.join("root.key"),
            ..EvidenceConfig::default()
        };
        RootKey::create(&config.root_key_file).unwrap();
        change(&folder, &mut config);
        let database = DatabaseConfig { url: url(&folder), ..DatabaseConfig::default() };
        migrate::migrate(&database, NOON).await.unwrap();
        let db = Db::connect(&database, Clock::standing_at(NOON)).await.unwrap();
        let vault = Vault::open(&config).unwrap();
        Self { folder, config, db, vault }
    }

    /// The same evidence opened anew, as after a restart.
    pub fn reopened(&self) -> Vault {
        Vault::open(&self.config).unwrap()
    }

    pub async fn keep(&self, sealed: &Sealed) -> BlobId {
        let tx = self.db.begin(&SOMEBODY).await.unwrap();
        self.vault.keep(&tx, sealed).await.unwrap();
        tx.commit(&Did).await.unwrap();
        sealed.id
    }

    /// Seals and keeps bytes for an organisation.
    pub async fn store(&self, org: OrgId, plain: &[u8]) -> BlobId {
        let sealed = self.vault.put(org, self.db.now(), plain).await.unwrap();
        self.keep(&sealed).await
    }

    pub async fn read(&self, id: BlobId) -> Result<Vec<u8>> {
        self.read_with(&self.vault, id).await
    }

    pub async fn read_with(&self, vault: &Vault, id: BlobId) -> Result<Vec<u8>> {
        let tx = self.db.look(&SOMEBODY).await?;
        let locked = vault.find(&tx, id).await?.expect("a row");
        drop(tx);
        vault.open_locked(&self.db, locked).await
    }

    /// Runs a statement on the rows, past every rule.
    pub async fn run(&self, statement: &str, values: Vec<sea_orm::Value>) -> u64 {
        let tx = self.db.begin(&SOMEBODY).await.unwrap();
        let touched = sql::run(&tx, statement, values).await.unwrap();
        tx.commit(&Did).await.unwrap();
        touched
    }

    pub fn stored(&self, id: BlobId) -> PathBuf {
        place(&self.config.folder, id)
    }

    pub fn spooled(&self, id: BlobId) -> PathBuf {
        place(&self.config.spool, id)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

pub fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("test.db").display())
}

fn place(folder: &Path, id: BlobId) -> PathBuf {
    let name = id.0.simple().to_string();
    folder.join(&name[30..]).join(name)
}

pub fn org(n: u128) -> OrgId {
    OrgId(uuid::Uuid::from_u128(n))
}

/// Noise: bytes that do not shrink and repeat nowhere.
pub fn noise(size: usize) -> Vec<u8> {
    let seed: [u8; 8] = Chance.bytes().unwrap();
    let mut state = u64::from_le_bytes(seed) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// Files under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Most memory this process has had, in MiB.
pub fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
}
