//! A key by which the node signs what it gives out, pages of hash lists with one, packages with another: who has a page or a
//! package from another's network, through a proxy or from a disk can check that it is what this node made.
//!
//! A key is a file beside the root key, made at the first start and readable by the server alone. Every node of one
//! exchange has the same file, as with the root key. It signs what was public to the reader anyhow and opens nothing, so
//! it is not sealed; losing it means a new one under a new name (decision 20).

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};
use storage::Chance;

/// Signs with Ed25519 (RFC 8032).
pub struct Signer {
    key: Ed25519KeyPair,
    id: String,
}

impl Signer {
    /// A key from its 32 secret bytes; `None` for bytes that are none.
    pub fn from_seed(seed: &[u8]) -> Option<Self> {
        let key = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let digest = digest(&SHA256, key.public_key().as_ref());
        let id = base::hex(digest.as_ref().get(..8).unwrap_or_default());
        Some(Self { key, id })
    }

    /// Reads the key's file, or makes one that nobody else may read.
    ///
    /// # Errors
    /// The file cannot be read or made, or is not 64 hexadecimal characters.
    pub fn open(path: &Path) -> io::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(path)?,
            Err(error) => return Err(error),
        };
        let seed = base::unhex(text.trim()).and_then(|seed| Self::from_seed(&seed));
        seed.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a signing key is 64 hexadecimal characters"))
    }

    /// The key's name: the first 16 hexadecimal characters of the SHA-256 of the public key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key's 32 bytes, base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.key.public_key().as_ref())
    }

    /// The public key's 32 bytes, in hexadecimal.
    pub fn public_hex(&self) -> String {
        base::hex(self.key.public_key().as_ref())
    }

    /// The 64 bytes of the signature of these bytes, in hexadecimal.
    pub fn sign_hex(&self, bytes: &[u8]) -> String {
        base::hex(self.key.sign(bytes).as_ref())
    }

    /// What the header `Page-Signature` says of these bytes: `ed25519:<key>:<signature in base64>`.
    pub fn sign(&self, bytes: &[u8]) -> String {
        format!("ed25519:{}:{}", self.id, STANDARD.encode(self.key.sign(bytes).as_ref()))
    }
}

fn make(path: &Path) -> io::Result<String> {
    let seed: [u8; 32] = Chance.bytes().map_err(io::Error::other)?;
    let text = base::hex(&seed);
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            writeln!(file, "{text}")?;
            file.sync_all()?;
            Ok(text)
        }
        // Another process of this node was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => std::fs::read_to_string(path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    #[test]
    fn a_signature_is_of_these_bytes_and_this_key() {
        let signer = Signer::from_seed(&[7; 32]).expect("a key");
        let said = signer.sign(b"page");
        let [scheme, key, signature] = said.split(':').collect::<Vec<_>>()[..] else { panic!("{said}") };
        assert_eq!((scheme, key), ("ed25519", signer.id()));
        let public = STANDARD.decode(signer.public()).expect("base64");
        let signature = STANDARD.decode(signature).expect("base64");
        let public = UnparsedPublicKey::new(&ED25519, &public);
        assert!(public.verify(b"page", &signature).is_ok());
        assert!(public.verify(b"pagf", &signature).is_err());
        assert!(Signer::from_seed(&[7; 31]).is_none());
    }

    #[test]
    fn the_file_is_made_once_and_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = std::env::temp_dir().join(format!("signer-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("lists.key");
        let first = Signer::open(&path).expect("makes").public();
        assert_eq!(Signer::open(&path).expect("reads").public(), first);
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "short").expect("writes");
        assert!(Signer::open(&path).is_err());
        std::fs::remove_dir_all(&folder).expect("removes");
    }
}
