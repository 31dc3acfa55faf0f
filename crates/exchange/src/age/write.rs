//! The way in: plain bytes as they come, sealed bytes behind what stands in the caller's buffer.

use super::{CHUNK, Recipient, Trouble, cipher, derive, header, nonce};
use aws_lc_rs::aead::{Aad, LessSafeKey};

/// The random bytes of one file. Used for two files, they betray both.
#[derive(Clone, Debug)]
pub struct Chance {
    /// Private half of the key that exists for this file alone.
    pub ephemeral: [u8; 32],
    /// The file key.
    pub file_key: [u8; 16],
    /// What the payload's key is derived with.
    pub nonce: [u8; 16],
}

/// A file in the making. [`Sealer::finish`] ends it; without that it does not open.
pub struct Sealer {
    key: LessSafeKey,
    number: u64,
    /// Plain bytes of a chunk that may turn out to be the last.
    held: Vec<u8>,
}

impl Sealer {
    /// Begins a file for one recipient: writes its header.
    ///
    /// # Errors
    /// The cipher failed.
    pub fn new(recipient: &Recipient, chance: &Chance, out: &mut Vec<u8>) -> Result<Self, Trouble> {
        header::write(recipient, &chance.ephemeral, &chance.file_key, out)?;
        out.extend_from_slice(&chance.nonce);
        let key = cipher(&derive(&chance.nonce, &chance.file_key, b"payload")?)?;
        Ok(Self { key, number: 0, held: Vec::with_capacity(CHUNK) })
    }

    /// Takes more bytes.
    ///
    /// # Errors
    /// The cipher failed.
    pub fn write(&mut self, mut plain: &[u8], out: &mut Vec<u8>) -> Result<(), Trouble> {
        while !plain.is_empty() {
            if self.held.len() == CHUNK {
                self.seal(false, out)?;
            }
            let (now, later) = plain.split_at(plain.len().min(CHUNK - self.held.len()));
            self.held.extend_from_slice(now);
            plain = later;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The cipher failed.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Trouble> {
        self.seal(true, out)
    }

    fn seal(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), Trouble> {
        let begin = out.len();
        out.extend_from_slice(&self.held);
        let chunk = out.get_mut(begin..).ok_or(Trouble::Cipher)?;
        let sealed = self.key.seal_in_place_separate_tag(nonce(self.number, last), Aad::empty(), chunk);
        out.extend_from_slice(sealed.map_err(|_| Trouble::Cipher)?.as_ref());
        self.number += 1;
        self.held.clear();
        Ok(())
    }
}
