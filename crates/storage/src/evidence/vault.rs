//! The evidence store, as the other rooms use it. Bytes are written before the row that names them is committed: a crash
//! between leaves an object nobody can open, never a row without its object.

use super::{
    keys::{OrgKey, blob_context},
    opening::Opening,
    root::Root,
    seal::{Cipher, Refused},
    sealing::{Sealed, Sealing},
    shelves::{Drained, Shelves},
};
use crate::{Chance, Db, Error, EvidenceConfig, Result, Tx, entity::blob, sql};
use base::{Actor, BlobId, OrgId, Time};
use sea_orm::FromQueryResult;

/// The evidence store. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    pub(super) shelves: Shelves,
    pub(super) root: Root,
}

/// One object that somebody is entitled to, not opened yet.
#[derive(Clone, Debug)]
pub struct Locked {
    id: BlobId,
}

impl Locked {
    /// For the exchange's own machinery, which is entitled to all.
    pub(super) const fn known(id: BlobId) -> Self {
        Self { id }
    }
}

/// What it takes to open an object, read in one statement so that a rotation under way cannot come between.
#[derive(FromQueryResult)]
struct Key {
    org_id: uuid::Uuid,
    size: i64,
    wrapped_key: Option<Vec<u8>>,
    version: Option<i64>,
    wrapped: Option<Vec<u8>>,
}

impl Vault {
    /// Opens store and spool, making local folders when missing, and reads the root key.
    pub fn open(config: &EvidenceConfig) -> Result<Self> {
        let root = Root::open(config)?;
        Ok(Self { shelves: Shelves::open(config)?, root })
    }

    /// Begins to seal an object for an organisation. Slow: write it outside a transaction.
    pub fn begin(&self, org: OrgId, now: Time) -> Result<Sealing> {
        let id = BlobId::new(now, Chance.bytes()?);
        Ok(Sealing::new(self.shelves.clone(), id, org, Chance.bytes()?))
    }

    /// Seals bytes that are all here. Slow: call it outside a transaction.
    pub async fn put(&self, org: OrgId, now: Time, plain: &[u8]) -> Result<Sealed> {
        let mut sealing = self.begin(org, now)?;
        sealing.write(plain).await?;
        sealing.finish().await
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
            sha256: Some(sealed.digests.sha256.to_vec()),
        };
        sql::add(tx, row).await
    }

    /// Takes away an object that no row came to name.
    pub async fn discard(&self, sealed: &Sealed) {
        if let Err(error) = self.shelves.remove(sealed.id).await {
            tracing::warn!(blob = %sealed.id, %error, "an unused sealed object could not be removed, a sweep will");
        }
    }

    /// An object whose row the actor may see, still locked; `None` when there is none for the actor. Its bytes come from
    /// [`Vault::open_locked`] or [`Vault::unlock`], after the transaction's act is written.
    pub async fn find(&self, tx: &Tx, id: BlobId) -> Result<Option<Locked>> {
        let row: Option<blob::Model> = sql::one(tx, "SELECT * FROM blob WHERE id = $1", vec![id.0.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        row.wrapped_key.ok_or(Error::Erased(id))?;
        Ok(Some(Locked { id }))
    }

    /// Opens an object, whole or not at all. For what is small enough for memory; otherwise [`Vault::unlock`].
    pub async fn open_locked(&self, db: &Db, locked: Locked) -> Result<Vec<u8>> {
        self.unlock(db, locked).await?.whole().await
    }

    /// Opens an object to be read as it comes. Slow: call it outside a transaction; it takes a connection for itself to read
    /// the organisation's key, which is the exchange's to use whoever was entitled to the object.
    pub async fn unlock(&self, db: &Db, locked: Locked) -> Result<Opening> {
        let id = locked.id;
        let tx = db.look(&Actor::machine("keys")).await?;
        let sql = "SELECT b.org_id, b.size, b.wrapped_key, k.version, k.wrapped FROM blob b
                   LEFT JOIN org_key k ON k.org_id = b.org_id AND k.version = b.key_version WHERE b.id = $1";
        let key: Option<Key> = sql::one(&tx, sql, vec![id.0.into()]).await?;
        tx.commit_upkeep().await?;
        let key = key.ok_or(Error::Missing(id))?;
        let wrapped_key = key.wrapped_key.ok_or(Error::Erased(id))?;
        let org = OrgId(key.org_id);
        let (Some(version), Some(wrapped)) = (key.version, key.wrapped) else {
            return Err(Error::RootKey("an organisation's key is missing".into()));
        };
        let org_key = OrgKey::open(&self.root, org, version, &wrapped).await?;
        let plain_key = org_key.unwrap_key(id, org, &wrapped_key).ok_or(Error::Unsealed(id))?;
        let cipher = Cipher::new(&plain_key, blob_context(id, org)).map_err(|Refused| Error::Crypto)?;
        let size = u64::try_from(key.size).map_err(|_| Error::Unsealed(id))?;
        Opening::new(id, size, cipher, self.shelves.get(id).await?)
    }

    /// Destroys an object's key: nobody can open it any more, wherever copies of its bytes lie. Says whether it could be
    /// opened before. The bytes themselves go with [`Vault::remove`], after the transaction's act is written.
    pub async fn erase(&self, tx: &Tx, id: BlobId) -> Result<bool> {
        let sql = "UPDATE blob SET wrapped_key = NULL, sha256 = NULL, erased_at = $1
                   WHERE id = $2 AND wrapped_key IS NOT NULL";
        Ok(sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into()]).await? == 1)
    }

    /// Removes the bytes of erased objects. What cannot be removed now, a sweep removes later.
    pub async fn remove(&self, erased: &[BlobId]) {
        for id in erased {
            if let Err(error) = self.shelves.remove(*id).await {
                tracing::warn!(blob = %id, %error, "an erased object's bytes could not be removed, a sweep will");
            }
        }
    }

    /// Carries what waits in the spool to the store, as far as the store takes it. One process at a time does.
    pub async fn drain(&self) -> Result<Drained> {
        self.shelves.drain().await
    }

    /// Writes, reads back and removes a small object, to see whether the store itself works; says how many objects wait in
    /// the spool.
    pub async fn probe(&self, now: Time) -> Result<usize> {
        self.shelves.probe(BlobId::new(now, Chance.bytes()?)).await?;
        self.waiting().await
    }

    /// How many objects wait in the spool.
    pub async fn waiting(&self) -> Result<usize> {
        self.shelves.waiting().await
    }
}
