//! Keys: `age1…`, to which everybody may encrypt, and `AGE-SECRET-KEY-1…`, which opens.

use super::{Trouble, bech32};
use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey, X25519};
use base::Secret;
use std::fmt;

/// A public X25519 key, checked: agreeing with it gives a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recipient(pub(super) [u8; 32]);

/// A private X25519 key.
#[derive(Clone, Debug)]
pub struct Identity(Secret<[u8; 32]>);

impl Recipient {
    /// Reads `age1…`, strictly: 62 characters in lower case with their checksum, a key that is not of low order.
    ///
    /// # Errors
    /// What is wrong with it, in words; a private key is refused by name, so that nobody registers it.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let text = text.trim();
        if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
            return Err(Trouble::Key("this is a private key: keep it to yourself, and send the public one, `age1…`"));
        }
        if text.starts_with("age1pq") || text.starts_with("age1tag") || text.starts_with("ssh-") {
            return Err(Trouble::Key("only keys of the kind X25519 are taken, `age1` and 58 characters"));
        }
        let wrong = "this is not a public key of age: it is `age1` and 58 characters, as `age-keygen` prints it";
        let key = Self(bech32::read("age", text).ok_or(Trouble::Key(wrong))?);
        // Keys of low order make the same secret for everybody.
        agree(&[0x42; 32], &key.0).map_err(|_| Trouble::Key("this key protects nothing, make another"))?;
        Ok(key)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::write("age", &self.0))
    }
}

impl Identity {
    /// From the 32 secret bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Reads `AGE-SECRET-KEY-1…`, in either case.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let lower = text.trim().to_ascii_lowercase();
        let wrong = Trouble::Key("this is not a private key of age, `AGE-SECRET-KEY-1` and 58 characters");
        bech32::read("age-secret-key-", &lower).map(Self::from_bytes).ok_or(wrong)
    }

    /// The first private key in a file as `age-keygen` writes it: comments and empty lines are passed over.
    ///
    /// # Errors
    /// There is none.
    pub fn from_file(text: &str) -> Result<Self, Trouble> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        Self::parse(line.unwrap_or_default())
    }

    /// As `age-keygen` writes it. Whoever has it opens every package for it.
    pub fn expose(&self) -> String {
        bech32::write("age-secret-key-", self.0.expose()).to_ascii_uppercase()
    }

    /// The public key.
    ///
    /// # Errors
    /// The cipher failed.
    pub fn recipient(&self) -> Result<Recipient, Trouble> {
        public(self.0.expose()).map(Recipient)
    }

    /// The secret that both sides come to.
    pub(super) fn agree(&self, share: &[u8; 32]) -> Result<[u8; 32], Trouble> {
        agree(self.0.expose(), share)
    }
}

/// The public half of a private key.
pub(super) fn public(secret: &[u8; 32]) -> Result<[u8; 32], Trouble> {
    let key = PrivateKey::from_private_key(&X25519, secret).map_err(|_| Trouble::Cipher)?;
    let public = key.compute_public_key().map_err(|_| Trouble::Cipher)?;
    public.as_ref().try_into().map_err(|_| Trouble::Cipher)
}

pub(super) fn agree(secret: &[u8; 32], public: &[u8; 32]) -> Result<[u8; 32], Trouble> {
    let key = PrivateKey::from_private_key(&X25519, secret).map_err(|_| Trouble::Cipher)?;
    agreement::agree(&key, UnparsedPublicKey::new(&X25519, public), Trouble::Cipher, |shared| {
        shared.try_into().map_err(|_| Trouble::Cipher)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back_and_nothing_else_does() {
        let identity = Identity::from_bytes([9; 32]);
        let recipient = identity.recipient().expect("a recipient");
        let text = recipient.to_string();
        assert_eq!((text.len(), Recipient::parse(&text)), (62, Ok(recipient)));
        let again = Identity::from_file(&format!("# a comment\n\n{}\n", identity.expose())).expect("reads");
        assert_eq!(again.recipient(), Ok(recipient));
        for at in 0..text.len() {
            let mut bad = text.clone().into_bytes();
            bad[at] = if bad[at] == b'q' { b'p' } else { b'q' };
            assert!(Recipient::parse(&String::from_utf8(bad).expect("text")).is_err(), "changed {at}");
        }
        let upper = text.to_uppercase();
        for bad in ["", "age1", "age1qqqq", &upper, &text[..61], &format!("{text}q"), "ssh-ed25519 AAAA"] {
            assert!(Recipient::parse(bad).is_err(), "{bad}");
        }
        let private = Recipient::parse(&identity.expose()).expect_err("private");
        assert!(private.to_string().contains("private key"));
        assert!(!format!("{identity:?}").contains('9'), "a private key is never printed");
    }

    #[test]
    fn a_key_of_low_order_protects_nothing_and_is_refused() {
        for low in [[0; 32], {
            let mut one = [0; 32];
            one[0] = 1;
            one
        }] {
            assert!(Recipient::parse(&bech32::write("age", &low)).is_err());
        }
    }
}
