//! Rotation: keys are wrapped anew, media is never encrypted anew. What was begun and killed goes on where it was when it
//! is asked for again, and whoever reads or stores meanwhile notices nothing: every statement leaves each object's key and
//! the organisation's key it lies under together.

use super::{act::Act, keys::OrgKey, vault::Vault};
use crate::{Db, Result, Tx, sql};
use base::{Actor, BlobId, OrgId};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use uuid::Uuid;

/// Keys wrapped anew in one transaction: few, so that whoever stores meanwhile waits for some milliseconds only.
const STEP: i64 = 100;

const ACTOR: Actor = Actor::machine("rotate");

/// What a rotation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The version of the organisation's key in force now.
    pub version: i64,
    /// Objects' keys wrapped anew.
    pub keys: usize,
    /// Whether it went on with a rotation that had been begun before.
    pub resumed: bool,
}

#[derive(FromQueryResult)]
struct KeyRow {
    org_id: Uuid,
    version: i64,
    wrapped: Vec<u8>,
}

#[derive(FromQueryResult)]
struct Older {
    id: Uuid,
    key_version: i64,
    wrapped_key: Vec<u8>,
}

impl Vault {
    /// Gives an organisation a new key, wraps its objects' keys by it, and destroys the older ones. `None` when it has no
    /// key yet. A rotation that was interrupted is ended, not begun again.
    pub async fn rotate_organisation(&self, db: &Db, org: OrgId) -> Result<Option<Rotated>> {
        let Some((newest, resumed)) = self.begin_rotation(db, org).await? else { return Ok(None) };
        let mut keys = 0;
        loop {
            let tx = db.begin(&ACTOR).await?;
            let done = self.rewrap_some(&tx, org, &newest).await?;
            if done == 0 {
                break;
            }
            tx.commit(&Act::Rewrapped(org, newest.version, done)).await?;
            keys += done;
        }
        keys += self.end_rotation(db, org, &newest).await?;
        Ok(Some(Rotated { version: newest.version, keys, resumed }))
    }

    /// The key to wrap by: a new one, or the newest when older ones are still there.
    async fn begin_rotation(&self, db: &Db, org: OrgId) -> Result<Option<(OrgKey, bool)>> {
        let tx = db.begin(&ACTOR).await?;
        let hold = if tx.get_database_backend() == DbBackend::Postgres { "FOR UPDATE" } else { "" };
        let sql =
            format!("SELECT org_id, version, wrapped FROM org_key WHERE org_id = $1 ORDER BY version DESC {hold}");
        let rows: Vec<KeyRow> = sql::all(&tx, &sql, vec![org.0.into()]).await?;
        let Some(newest) = rows.first() else { return Ok(None) };
        if rows.len() > 1 {
            return Ok(Some((OrgKey::open(&self.root, org, newest.version, &newest.wrapped).await?, true)));
        }
        let version = newest.version + 1;
        let wrapped = OrgKey::fresh(&self.root, org, version).await?;
        let key = OrgKey::open(&self.root, org, version, &wrapped).await?;
        let sql = "INSERT INTO org_key (org_id, version, wrapped, created_at) VALUES ($1, $2, $3, $4)";
        let values = vec![org.0.into(), version.into(), wrapped.into(), tx.now().micros().into()];
        sql::run(&tx, sql, values).await?;
        tx.commit(&Act::RotationBegun(org, version)).await?;
        Ok(Some((key, false)))
    }

    /// Wraps keys of the organisation's objects by its newest key; returns how many, 0 when none is left.
    async fn rewrap_some(&self, tx: &Tx, org: OrgId, newest: &OrgKey) -> Result<usize> {
        let sql = "SELECT id, key_version, wrapped_key FROM blob
                   WHERE org_id = $1 AND key_version < $2 AND wrapped_key IS NOT NULL ORDER BY key_version, id LIMIT $3";
        let rows: Vec<Older> = sql::all(tx, sql, vec![org.0.into(), newest.version.into(), STEP.into()]).await?;
        let mut old: Option<OrgKey> = None;
        for row in &rows {
            let key = match old.take() {
                Some(key) if key.version == row.key_version => key,
                _ => self.org_key(tx, org, row.key_version).await?,
            };
            let id = BlobId(row.id);
            let plain = key.unwrap_key(id, org, &row.wrapped_key).ok_or(crate::Error::Unsealed(id))?;
            let wrapped = newest.wrap(id, org, &plain)?;
            // An object erased meanwhile stays erased.
            let sql = "UPDATE blob SET wrapped_key = $1, key_version = $2 WHERE id = $3 AND wrapped_key = $4";
            let values = vec![wrapped.into(), newest.version.into(), row.id.into(), row.wrapped_key.clone().into()];
            sql::run(tx, sql, values).await?;
            old = Some(key);
        }
        Ok(rows.len())
    }

    async fn org_key(&self, tx: &Tx, org: OrgId, version: i64) -> Result<OrgKey> {
        let sql = "SELECT org_id, version, wrapped FROM org_key WHERE org_id = $1 AND version = $2";
        let row: Option<KeyRow> = sql::one(tx, sql, vec![org.0.into(), version.into()]).await?;
        let row = row.ok_or_else(|| crate::Error::RootKey("an organisation's key is missing".into()))?;
        OrgKey::open(&self.root, org, version, &row.wrapped).await
    }

    /// Destroys the older keys. Whoever is storing an object under one holds it; the object is wrapped anew here then.
    async fn end_rotation(&self, db: &Db, org: OrgId, newest: &OrgKey) -> Result<usize> {
        let tx = db.begin(&ACTOR).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            let sql = "SELECT org_id, version, wrapped FROM org_key WHERE org_id = $1 AND version < $2 FOR UPDATE";
            sql::all::<KeyRow>(&tx, sql, vec![org.0.into(), newest.version.into()]).await?;
        }
        let mut keys = 0;
        loop {
            match self.rewrap_some(&tx, org, newest).await? {
                0 => break,
                done => keys += done,
            }
        }
        let sql = "DELETE FROM org_key WHERE org_id = $1 AND version < $2";
        sql::run(&tx, sql, vec![org.0.into(), newest.version.into()]).await?;
        tx.commit(&Act::Rotated(org, newest.version)).await?;
        Ok(keys)
    }

    /// Wraps by the root key in force every organisation's key that lies under the one before; returns how many there were.
    pub async fn rotate_root(&self, db: &Db) -> Result<usize> {
        let tx = db.look(&ACTOR).await?;
        let sql = "SELECT org_id, version, wrapped FROM org_key ORDER BY org_id, version";
        let rows: Vec<KeyRow> = sql::all(&tx, sql, vec![]).await?;
        drop(tx);
        let mut keys = 0;
        for row in rows {
            let org = OrgId(row.org_id);
            let Some(wrapped) = OrgKey::under_new_root(&self.root, org, row.version, &row.wrapped).await? else {
                continue;
            };
            let tx = db.begin(&ACTOR).await?;
            let sql = "UPDATE org_key SET wrapped = $1 WHERE org_id = $2 AND version = $3 AND wrapped = $4";
            let values = vec![wrapped.into(), row.org_id.into(), row.version.into(), row.wrapped.into()];
            // A key that is gone or was wrapped anew meanwhile needs nothing.
            if sql::run(&tx, sql, values).await? == 1 {
                tx.commit(&Act::RootRotated(org, row.version)).await?;
                keys += 1;
            }
        }
        Ok(keys)
    }
}
