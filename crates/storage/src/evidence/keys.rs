//! The keys above an object's own: the root key from a file, and one key per organisation, wrapped by it.

use super::seal;
use crate::{Chance, Error, Result, Tx, sql};
use base::{BlobId, OrgId, Secret};
use sea_orm::FromQueryResult;
use std::{io::Write, os::unix::fs::OpenOptionsExt, path::Path};

/// Version of the wrapping and sealing format, bound into everything sealed.
const FORMAT: &[u8] = b"cport-seal-1";

/// The key that wraps every organisation's key.
#[derive(Clone, Debug)]
pub struct RootKey(Secret<[u8; 32]>);

impl RootKey {
    /// Reads the key file: 64 hexadecimal digits.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::RootKey(format!("{}: {e}", path.display())))?;
        let bytes = base::unhex(text.trim()).and_then(|b| <[u8; 32]>::try_from(b).ok());
        let bytes = bytes.ok_or_else(|| Error::RootKey(format!("{} is not 64 hexadecimal digits", path.display())))?;
        Ok(Self(Secret::new(bytes)))
    }

    /// Makes a new key file, readable by its owner only. Refuses to replace one.
    pub fn create(path: &Path) -> Result<Self> {
        let bytes: [u8; 32] = Chance.bytes()?;
        let failed = |e: std::io::Error| Error::RootKey(format!("{}: {e}", path.display()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
        writeln!(file, "{}", base::hex(&bytes)).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Self(Secret::new(bytes)))
    }

    fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<Vec<u8>> {
        wrap(self.0.expose(), context, key)
    }

    fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Option<[u8; 32]> {
        unwrap(self.0.expose(), context, wrapped)
    }
}

/// A key sealed under another. The wrapping key seals many, so each gets a fresh one derived from 32 random bytes that
/// stand in front.
fn wrap(with: &[u8; 32], context: &[u8], key: &[u8; 32]) -> Result<Vec<u8>> {
    let salt: [u8; 32] = Chance.bytes()?;
    let sealed = seal::seal(&derive(with, &salt), context, key).map_err(|_| Error::Crypto)?;
    Ok([salt.as_slice(), &sealed].concat())
}

fn unwrap(with: &[u8; 32], context: &[u8], wrapped: &[u8]) -> Option<[u8; 32]> {
    let (salt, sealed) = wrapped.split_at_checked(32)?;
    let plain = seal::open(&derive(with, salt.try_into().ok()?), context, sealed).ok()?;
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

fn org_context(org: OrgId, version: i64) -> Vec<u8> {
    [FORMAT, b"org", org.0.as_bytes(), &version.to_be_bytes()].concat()
}

/// An organisation's key in force.
pub(super) struct OrgKey {
    pub version: i64,
    key: Secret<[u8; 32]>,
}

/// One version of an organisation's key, from its row.
pub(super) fn unwrap_org_key(root: &RootKey, org: OrgId, version: i64, wrapped: &[u8]) -> Result<OrgKey> {
    let key = root.unwrap_key(&org_context(org, version), wrapped);
    let key = key.ok_or_else(|| Error::RootKey("it does not open the organisations' keys".into()))?;
    Ok(OrgKey { version, key: Secret::new(key) })
}

#[derive(FromQueryResult)]
struct OrgKeyRow {
    version: i64,
    wrapped: Vec<u8>,
}

impl OrgKey {
    /// The newest key of the organisation; made when it has none yet.
    pub async fn current(tx: &Tx, root: &RootKey, org: OrgId) -> Result<Self> {
        let newest = "SELECT version, wrapped FROM org_key WHERE org_id = $1 ORDER BY version DESC LIMIT 1";
        if let Some(row) = sql::one::<OrgKeyRow>(tx, newest, vec![org.0.into()]).await? {
            return unwrap_org_key(root, org, row.version, &row.wrapped);
        }
        let key: [u8; 32] = Chance.bytes()?;
        let wrapped = root.wrap(&org_context(org, 1), &key)?;
        let sql = "INSERT INTO org_key (org_id, version, wrapped, created_at) VALUES ($1, 1, $2, $3)
                   ON CONFLICT DO NOTHING";
        sql::run(tx, sql, vec![org.0.into(), wrapped.into(), tx.now().micros().into()]).await?;
        // Another node may have been first: what counts is what stands there now.
        let row: Option<OrgKeyRow> = sql::one(tx, newest, vec![org.0.into()]).await?;
        let row = row.ok_or_else(|| Error::RootKey("an organisation's key is missing".into()))?;
        unwrap_org_key(root, org, row.version, &row.wrapped)
    }

    pub fn wrap(&self, blob: BlobId, org: OrgId, key: &[u8; 32]) -> Result<Vec<u8>> {
        wrap(self.key.expose(), &blob_context(blob, org), key)
    }

    pub fn unwrap_key(&self, blob: BlobId, org: OrgId, wrapped: &[u8]) -> Option<[u8; 32]> {
        unwrap(self.key.expose(), &blob_context(blob, org), wrapped)
    }
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
