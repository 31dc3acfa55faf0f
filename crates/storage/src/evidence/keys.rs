//! The keys between the root key and an object's own: one per organisation, in versions, wrapped by the root key.

use super::{
    root::{Root, Under},
    seal,
};
use crate::{Chance, Error, Result, Tx, sql};
use base::{BlobId, OrgId, Secret};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

/// Version of the wrapping and sealing format, bound into everything sealed.
const FORMAT: &[u8] = b"cport-seal-1";

/// A key sealed under another. The wrapping key seals many, so each gets a fresh one derived from 32 random bytes that
/// stand in front.
pub(super) fn wrap(with: &[u8; 32], context: &[u8], key: &[u8; 32]) -> Result<Vec<u8>> {
    let salt: [u8; 32] = Chance.bytes()?;
    let sealed = seal::seal(&derive(with, &salt), context, key).map_err(|_| Error::Crypto)?;
    Ok([salt.as_slice(), &sealed].concat())
}

pub(super) fn unwrap(with: &[u8; 32], context: &[u8], wrapped: &[u8]) -> Option<[u8; 32]> {
    let (salt, sealed) = wrapped.split_first_chunk::<32>()?;
    let plain = seal::open(&derive(with, salt), context, sealed).ok()?;
    plain.try_into().ok()
}

/// HMAC-SHA-256 as a one-block key derivation (NIST SP 800-108, one iteration).
fn derive(key: &[u8; 32], salt: &[u8; 32]) -> [u8; 32] {
    let mac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    let tag = aws_lc_rs::hmac::sign(&mac, salt);
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    out
}

/// What an object's bytes and key are bound to.
pub(super) fn blob_context(blob: BlobId, org: OrgId) -> Vec<u8> {
    [FORMAT, b"blob", blob.0.as_bytes(), org.0.as_bytes()].concat()
}

/// What an organisation's key is bound to.
pub(super) fn org_context(org: OrgId, version: i64) -> Vec<u8> {
    [FORMAT, b"org", org.0.as_bytes(), &version.to_be_bytes()].concat()
}

/// An organisation's key, opened.
pub(super) struct OrgKey {
    pub version: i64,
    key: Secret<[u8; 32]>,
}

#[derive(FromQueryResult)]
struct Row {
    version: i64,
    wrapped: Vec<u8>,
}

impl OrgKey {
    /// The newest key of the organisation; made when it has none yet. Held until the transaction ends, so that no rotation
    /// takes it away before what it wraps is there to be wrapped anew.
    pub async fn current(tx: &Tx, root: &Root, org: OrgId) -> Result<Self> {
        if let Some(row) = newest(tx, org).await? {
            return Self::open(root, org, row.version, &row.wrapped).await;
        }
        let wrapped = Self::fresh(root, org, 1).await?;
        let sql = "INSERT INTO org_key (org_id, version, wrapped, created_at) SELECT $1, 1, $2, $3
                   WHERE NOT EXISTS (SELECT 1 FROM org_key WHERE org_id = $1) ON CONFLICT DO NOTHING";
        sql::run(tx, sql, vec![org.0.into(), wrapped.into(), tx.now().micros().into()]).await?;
        // Another node may have been first: what counts is what stands there now.
        let row = newest(tx, org).await?;
        let row = row.ok_or_else(|| Error::RootKey("an organisation's key is missing".into()))?;
        Self::open(root, org, row.version, &row.wrapped).await
    }

    /// One version of an organisation's key, from its row.
    pub async fn open(root: &Root, org: OrgId, version: i64, wrapped: &[u8]) -> Result<Self> {
        let (key, _) = root.unwrap_key(&org_context(org, version), wrapped).await?;
        Ok(Self { version, key })
    }

    /// A new key, wrapped.
    pub async fn fresh(root: &Root, org: OrgId, version: i64) -> Result<Vec<u8>> {
        root.wrap(&org_context(org, version), &Chance.bytes()?).await
    }

    /// The same key wrapped by the root key in force; `None` when it is already.
    pub async fn under_new_root(root: &Root, org: OrgId, version: i64, wrapped: &[u8]) -> Result<Option<Vec<u8>>> {
        let context = org_context(org, version);
        match root.unwrap_key(&context, wrapped).await? {
            (_, Under::Now) => Ok(None),
            (key, Under::Before) => Ok(Some(root.wrap(&context, key.expose()).await?)),
        }
    }

    pub fn wrap(&self, blob: BlobId, org: OrgId, key: &[u8; 32]) -> Result<Vec<u8>> {
        wrap(self.key.expose(), &blob_context(blob, org), key)
    }

    pub fn unwrap_key(&self, blob: BlobId, org: OrgId, wrapped: &[u8]) -> Option<[u8; 32]> {
        unwrap(self.key.expose(), &blob_context(blob, org), wrapped)
    }
}

async fn newest(tx: &Tx, org: OrgId) -> Result<Option<Row>> {
    // SQLite has one writer at a time anyway.
    let hold = if tx.get_database_backend() == DbBackend::Postgres { "FOR SHARE" } else { "" };
    let sql = format!("SELECT version, wrapped FROM org_key WHERE org_id = $1 ORDER BY version DESC LIMIT 1 {hold}");
    sql::one(tx, &sql, vec![org.0.into()]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_2_a_wrapped_key_opens_only_in_its_own_place() {
        let wrapped = wrap(&[1; 32], b"here", &[9; 32]).unwrap();
        assert_eq!(unwrap(&[1; 32], b"here", &wrapped), Some([9; 32]));
        assert_eq!(unwrap(&[1; 32], b"there", &wrapped), None);
        assert_eq!(unwrap(&[2; 32], b"here", &wrapped), None);
        assert_eq!(unwrap(&[1; 32], b"here", &wrapped[..40]), None);
        assert_eq!(unwrap(&[1; 32], b"here", &[]), None);
    }
}
