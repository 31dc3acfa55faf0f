//! The root key: it wraps every organisation's key, and lies in a file or in a token. While it is being replaced, the one
//! before it opens what was not wrapped anew yet.

use super::{keys, pkcs11::Token, shelves::blocking};
use crate::{Chance, Error, EvidenceConfig, OldRoot, Result, RootConfig};
use base::Secret;
use std::{io::Write, os::unix::fs::OpenOptionsExt, path::Path};

/// A key that wraps organisations' keys.
#[derive(Clone, Debug)]
pub enum RootKey {
    /// Read from a file.
    File(Secret<[u8; 32]>),
    /// In a token, which does the wrapping.
    Token(Token),
}

/// The root key, and the one before it while it is being replaced.
#[derive(Clone, Debug)]
pub(super) struct Root {
    now: RootKey,
    before: Option<RootKey>,
}

/// Under which root key something lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Under {
    Now,
    Before,
}

impl RootKey {
    /// Reads the key file: 64 hexadecimal digits.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::RootKey(format!("{}: {e}", path.display())))?;
        let bytes = base::unhex(text.trim()).and_then(|b| <[u8; 32]>::try_from(b).ok());
        let bytes = bytes.ok_or_else(|| Error::RootKey(format!("{} is not 64 hexadecimal digits", path.display())))?;
        Ok(Self::File(Secret::new(bytes)))
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
        Ok(Self::File(Secret::new(bytes)))
    }

    /// Makes the root key that the config names, in a file or a token, and says where. Refuses to replace one.
    pub fn create_as(config: &EvidenceConfig) -> Result<String> {
        match &config.root {
            RootConfig::File => {
                Self::create(&config.root_key_file)?;
                Ok(config.root_key_file.display().to_string())
            }
            RootConfig::Pkcs11(token) => {
                Token::create(token)?;
                Ok(format!("the key `{}` in the token `{}`", token.key, token.token))
            }
        }
    }

    async fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<Vec<u8>> {
        match self {
            Self::File(root) => keys::wrap(root.expose(), context, key),
            Self::Token(token) => {
                let (token, context, key) = (token.clone(), context.to_vec(), Secret::new(*key));
                blocking(move || token.wrap(&context, key.expose())).await
            }
        }
    }

    async fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Result<Option<[u8; 32]>> {
        match self {
            Self::File(root) => Ok(keys::unwrap(root.expose(), context, wrapped)),
            Self::Token(token) => {
                let (token, context, wrapped) = (token.clone(), context.to_vec(), wrapped.to_vec());
                blocking(move || token.unwrap_key(&context, &wrapped)).await
            }
        }
    }
}

impl Root {
    pub fn open(config: &EvidenceConfig) -> Result<Self> {
        let now = match &config.root {
            RootConfig::File => RootKey::read(&config.root_key_file)?,
            RootConfig::Pkcs11(token) => RootKey::Token(Token::open(token)?),
        };
        let before = match &config.old_root {
            None => None,
            Some(OldRoot::File { path }) => Some(RootKey::read(path)?),
            Some(OldRoot::Pkcs11(token)) => Some(RootKey::Token(Token::open(token)?)),
        };
        Ok(Self { now, before })
    }

    /// Wraps a key under the root key in force.
    pub async fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<Vec<u8>> {
        self.now.wrap(context, key).await
    }

    /// Opens a wrapped key and says under which root key it lay.
    pub async fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Result<(Secret<[u8; 32]>, Under)> {
        if let Some(key) = self.now.unwrap_key(context, wrapped).await? {
            return Ok((Secret::new(key), Under::Now));
        }
        if let Some(before) = &self.before
            && let Some(key) = before.unwrap_key(context, wrapped).await?
        {
            return Ok((Secret::new(key), Under::Before));
        }
        Err(Error::RootKey("it does not open an organisation's key: it is another one, or the row was altered".into()))
    }
}
