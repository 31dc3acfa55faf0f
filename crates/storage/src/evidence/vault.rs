//! Where sealed objects lie, and the way in and out. Bytes are written to the store before the row that names them is
//! committed: a crash between leaves an object nobody can open, never a row without its object.

use super::keys::{OrgKey, RootKey, blob_context};
use super::seal;
use crate::{Chance, Db, Error, EvidenceConfig, Result, Tx, entity::blob, sql};
use base::{Actor, BlobId, OrgId, Time};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use std::sync::Arc;

/// The evidence store.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn ObjectStore>,
    root: RootKey,
}

/// An object that lies sealed in the store and has no row yet.
#[derive(Debug)]
pub struct Sealed {
    /// Its id.
    pub id: BlobId,
    org: OrgId,
    /// Bytes.
    pub size: i64,
    /// Digests of the plain bytes.
    pub digests: Digests,
    key: base::Secret<[u8; 32]>,
}

/// One object that somebody is entitled to, not opened yet.
#[derive(Clone, Debug)]
pub struct Locked {
    id: BlobId,
    org: OrgId,
    wrapped_key: Vec<u8>,
    key_version: i64,
}

impl Vault {
    /// Opens a local folder, making it when missing; every write is flushed to disk before it counts.
    pub fn open(config: &EvidenceConfig) -> Result<Self> {
        let root = RootKey::read(&config.root_key_file)?;
        std::fs::create_dir_all(&config.folder)
            .map_err(|e| Error::Schema(format!("evidence folder {}: {e}", config.folder.display())))?;
        let store = LocalFileSystem::new_with_prefix(&config.folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), root })
    }

    /// Seals bytes for an organisation and writes them to the store. Slow: call it outside a transaction.
    pub async fn put(&self, org: OrgId, now: Time, plain: &[u8]) -> Result<Sealed> {
        let id = BlobId::new(now, Chance.bytes()?);
        let key: [u8; 32] = Chance.bytes()?;
        let sealed = seal::seal(&key, &blob_context(id, org), plain).map_err(|_| Error::Crypto)?;
        self.store.put(&place(id), PutPayload::from(sealed)).await?;
        let size = i64::try_from(plain.len()).map_err(|_| Error::Crypto)?;
        Ok(Sealed { id, org, size, digests: Digests::of(plain), key: base::Secret::new(key) })
    }

    /// Adds the row of a sealed object, its key wrapped by the organisation's.
    pub async fn keep(&self, tx: &Tx, sealed: &Sealed) -> Result<()> {
        let org_key = OrgKey::current(tx, &self.root, sealed.org).await?;
        let row = blob::Model {
            id: sealed.id.0,
            org_id: sealed.org.0,
            size: sealed.size,
            wrapped_key: Some(org_key.wrap(sealed.id, sealed.org, sealed.key.expose())?),
            key_version: org_key.version,
            created_at: tx.now().micros(),
            erased_at: None,
        };
        sql::add(tx, row).await
    }

    /// Takes away an object that no row came to name.
    pub async fn discard(&self, sealed: &Sealed) {
        if let Err(error) = self.store.delete(&place(sealed.id)).await {
            tracing::warn!(blob = %sealed.id, %error, "an unused sealed object could not be removed");
        }
    }

    /// An object whose row the actor may see, still locked; `None` when there is none for the actor. Its bytes come from
    /// [`Vault::open_locked`], after the transaction's act is written.
    pub async fn find(&self, tx: &Tx, id: BlobId) -> Result<Option<Locked>> {
        let row: Option<blob::Model> = sql::one(tx, "SELECT * FROM blob WHERE id = $1", vec![id.0.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let wrapped_key = row.wrapped_key.ok_or(Error::Erased(id))?;
        Ok(Some(Locked { id, org: OrgId(row.org_id), wrapped_key, key_version: row.key_version }))
    }

    /// Opens an object, whole or not at all. Slow: call it outside a transaction; it takes a connection for itself to read
    /// the organisation's key, which is the exchange's to use whoever was entitled to the object.
    pub async fn open_locked(&self, db: &Db, locked: Locked) -> Result<Vec<u8>> {
        let Locked { id, org, wrapped_key, key_version } = locked;
        let tx = db.look(&Actor::machine("keys")).await?;
        let org_key = OrgKey::version(&tx, &self.root, org, key_version).await?;
        tx.commit_upkeep().await?;
        let key = org_key.unwrap_key(id, org, &wrapped_key).ok_or(Error::Unsealed(id))?;
        let sealed = self.store.get(&place(id)).await?.bytes().await?;
        seal::open(&key, &blob_context(id, org), &sealed).map_err(|_| Error::Unsealed(id))
    }

    /// Writes, reads back and removes a small object, to see whether the store works.
    pub async fn probe(&self, now: Time) -> Result<()> {
        let probe = self.put(OrgId(uuid::Uuid::nil()), now, b"probe").await?;
        let back = self.store.get(&place(probe.id)).await?.bytes().await?;
        self.store.delete(&place(probe.id)).await?;
        if back.len() > 5 { Ok(()) } else { Err(Error::Unsealed(probe.id)) }
    }
}

/// `ab/abcdef…`: spread over folders by the id's last byte, which is random.
fn place(id: BlobId) -> Path {
    let name = id.0.simple().to_string();
    let folder = name.get(30..).unwrap_or("00").to_owned();
    Path::from(format!("{folder}/{name}"))
}

// STUB
impl Vault {
    pub fn begin(&self, org: OrgId, now: Time) -> Result<Sealing> {
        Ok(Sealing { vault: self.clone(), org, now, bytes: Vec::new() })
    }
}
pub struct Sealing {
    vault: Vault,
    org: OrgId,
    now: Time,
    bytes: Vec<u8>,
}
impl Sealing {
    pub async fn write(&mut self, b: &[u8]) -> Result<()> {
        self.bytes.extend_from_slice(b);
        Ok(())
    }
    pub async fn abort(self) {}
    pub async fn finish(self) -> Result<Sealed> {
        self.vault.put(self.org, self.now, &self.bytes).await
    }
}
#[derive(Debug, Clone, Copy, Default)]
pub struct Digests {
    pub md5: [u8; 16],
    pub sha1: [u8; 20],
    pub sha256: [u8; 32],
}

impl Digests {
    pub fn of(_b: &[u8]) -> Self {
        Self {
            sha256: {
                let mut a = [0u8; 32];
                a.iter_mut()
                    .zip(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, _b).as_ref())
                    .for_each(|(t, f)| *t = *f);
                a
            },
            ..Self::default()
        }
    }
}
