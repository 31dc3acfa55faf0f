//! The age format, version 1 (age-encryption.org/v1), with X25519 recipients: what an officer's key opens. Only what packages
//! need is here: one recipient to write for, one identity to read with, no passphrases, no plugins, no armour.
//!
//! A file is a header in text and a payload. The header wraps a file key for the recipient and is bound by a MAC; the payload
//! is ChaCha20-Poly1305 over 64 KiB chunks whose nonce is their number and whether they are the last, so that chunks cannot
//! be dropped, moved or cut. `key` reads and writes keys, `header` the header, `write` and `read` the payload (decision 29).

mod bech32;
mod header;
mod key;
mod read;
mod write;

pub use key::{Identity, Recipient};
pub use read::Reader;
pub use write::{Chance, Sealer};

use aws_lc_rs::{
    aead::{self, LessSafeKey, Nonce, UnboundKey},
    hkdf::{self, HKDF_SHA256, Salt},
};

/// What a file begins with.
pub const FIRST_LINE: &str = "age-encryption.org/v1";
/// Plain bytes in a chunk.
pub(crate) const CHUNK: usize = 64 * 1024;
/// Bytes a sealed chunk is longer.
pub(crate) const TAG: usize = 16;

/// Why something is not age, or not for this key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The text is no key of this kind.
    #[error("{0}")]
    Key(&'static str),
    /// The file is no age file that this program reads.
    #[error("the file is not encrypted with age in a way that is read here: {0}")]
    Header(&'static str),
    /// None of the file's recipients is this identity.
    #[error("the file is encrypted to another key")]
    OtherKey,
    /// Altered or cut.
    #[error("the encrypted file was altered or cut")]
    Altered,
    /// The cipher itself failed.
    #[error("the cipher failed")]
    Cipher,
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// 32 bytes derived with HKDF-SHA-256.
fn derive(salt: &[u8], secret: &[u8], info: &[u8]) -> Result<[u8; 32], Trouble> {
    let mut out = [0; 32];
    let key = Salt::new(HKDF_SHA256, salt).extract(secret);
    let info = [info];
    let expanded = key.expand(&info, Length(32)).map_err(|_| Trouble::Cipher)?;
    expanded.fill(&mut out).map_err(|_| Trouble::Cipher)?;
    Ok(out)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Trouble> {
    Ok(LessSafeKey::new(UnboundKey::new(&aead::CHACHA20_POLY1305, key).map_err(|_| Trouble::Cipher)?))
}

/// The nonce of a payload's chunk: eleven bytes of its number, and whether it is the last.
fn nonce(number: u64, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().skip(3).zip(number.to_be_bytes()) {
        *to = from;
    }
    if let Some(end) = bytes.last_mut() {
        *end = u8::from(last);
    }
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read, Seek, SeekFrom};

    fn pair() -> (Identity, Recipient) {
        let identity = Identity::from_bytes([9; 32]);
        let recipient = identity.recipient().expect("a recipient");
        (identity, recipient)
    }

    fn sealed(plain: &[u8], pieces: usize) -> Vec<u8> {
        let chance = Chance { ephemeral: [1; 32], file_key: [2; 16], nonce: [3; 16] };
        let mut out = Vec::new();
        let mut sealer = Sealer::new(&pair().1, &chance, &mut out).expect("begins");
        for piece in plain.chunks(pieces.max(1)) {
            sealer.write(piece, &mut out).expect("writes");
        }
        sealer.finish(&mut out).expect("ends");
        out
    }

    fn opened(sealed: &[u8], identity: &Identity) -> Result<Vec<u8>, Trouble> {
        let mut reader = Reader::open(Cursor::new(sealed), identity)?;
        let mut plain = Vec::new();
        reader.read_to_end(&mut plain).map_err(|_| Trouble::Altered)?;
        Ok(plain)
    }

    #[test]
    fn what_is_sealed_opens_at_every_size_around_a_chunk() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let plain: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            for pieces in [1000, CHUNK, 200_000] {
                assert_eq!(opened(&sealed(&plain, pieces), &pair().0).expect("opens"), plain, "{size} by {pieces}");
            }
        }
    }

    #[test]
    fn any_flipped_byte_and_any_cut_is_noticed() {
        let plain = vec![7; CHUNK + 100];
        let good = sealed(&plain, 5000);
        for at in (0..300).chain((300..good.len()).step_by(997)).chain([good.len() - 1]) {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(opened(&bad, &pair().0).is_err(), "flipped {at}");
        }
        for length in [0, 20, 150, good.len() - CHUNK, good.len() - 117, good.len() - 1] {
            assert!(opened(&good[..length], &pair().0).is_err(), "cut at {length}");
        }
        let longer = [good.as_slice(), &[0]].concat();
        assert!(opened(&longer, &pair().0).is_err(), "something behind it");
        assert_eq!(opened(&good, &Identity::from_bytes([8; 32])), Err(Trouble::OtherKey));
    }

    #[test]
    fn a_reader_goes_where_it_is_sent() {
        let plain: Vec<u8> = (0..2 * CHUNK + 77).map(|n| (n % 253) as u8).collect();
        let mut reader = Reader::open(Cursor::new(sealed(&plain, 4096)), &pair().0).expect("opens");
        assert_eq!(reader.size(), plain.len() as u64);
        for from in [CHUNK + 3, 0, 2 * CHUNK, CHUNK - 1] {
            let mut part = [0; 70];
            reader.seek(SeekFrom::Start(from as u64)).expect("goes");
            reader.read_exact(&mut part).expect("reads");
            assert_eq!(part, plain[from..from + 70], "{from}");
        }
        reader.seek(SeekFrom::End(-5)).expect("goes");
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).expect("reads");
        assert_eq!(rest, plain[plain.len() - 5..]);
    }
}
