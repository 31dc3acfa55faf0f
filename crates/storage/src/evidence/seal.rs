//! AES-256-GCM over 64 KiB chunks, in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce is
//! the chunk's number and whether it is the last, so chunks cannot be dropped, repeated, moved or cut. The key is used
//! for one object only. The associated data binds object, organisation and format version. Bytes are sealed and opened as
//! they come: nothing here holds more than the chunks it is handed.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Plain bytes in a chunk.
pub const CHUNK: usize = 64 * 1024;
/// Bytes a sealed chunk is longer.
pub const TAG: usize = 16;
/// Bytes of a sealed chunk that is not the last.
pub const SEALED: usize = CHUNK + TAG;

/// The cipher refused: wrong key, wrong context or altered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// Sealed bytes of so many plain ones; `None` when there cannot be so many. An empty object is one empty chunk.
pub fn sealed_size(plain: u64) -> Option<u64> {
    plain.div_ceil(CHUNK as u64).max(1).checked_mul(TAG as u64)?.checked_add(plain)
}

/// Seals or opens one object's chunks, in order.
pub struct Cipher {
    key: LessSafeKey,
    context: Vec<u8>,
    number: u64,
}

impl Cipher {
    /// For one object: a key that seals nothing else, and what its bytes are bound to.
    pub fn new(key: &[u8; 32], context: Vec<u8>) -> Result<Self, Refused> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| Refused)?);
        Ok(Self { key, context, number: 0 })
    }

    /// Seals the next chunks behind what stands in `sealed`. All are whole, but the last one of the object.
    pub fn seal(&mut self, plain: &[u8], last: bool, sealed: &mut Vec<u8>) -> Result<(), Refused> {
        let chunks = plain.len().div_ceil(CHUNK).max(1);
        if !last && (plain.is_empty() || !plain.len().is_multiple_of(CHUNK)) {
            return Err(Refused);
        }
        sealed.reserve(plain.len() + chunks * TAG);
        for n in 0..chunks {
            let part = plain.get(n * CHUNK..plain.len().min((n + 1) * CHUNK)).ok_or(Refused)?;
            let begin = sealed.len();
            sealed.extend_from_slice(part);
            let nonce = self.next_nonce(last && n + 1 == chunks)?;
            let chunk = sealed.get_mut(begin..).ok_or(Refused)?;
            let tag =
                self.key.seal_in_place_separate_tag(nonce, Aad::from(&self.context), chunk).map_err(|_| Refused)?;
            sealed.extend_from_slice(tag.as_ref());
        }
        Ok(())
    }

    /// Opens the next sealed chunks behind what stands in `plain`, spoiling `sealed`. All are whole, but the last one.
    pub fn open(&mut self, sealed: &mut [u8], last: bool, plain: &mut Vec<u8>) -> Result<(), Refused> {
        let chunks = sealed.len().div_ceil(SEALED);
        if chunks == 0 {
            return Err(Refused);
        }
        plain.reserve(sealed.len());
        for (n, chunk) in sealed.chunks_mut(SEALED).enumerate() {
            let nonce = self.next_nonce(last && n + 1 == chunks)?;
            let opened = self.key.open_in_place(nonce, Aad::from(&self.context), chunk).map_err(|_| Refused)?;
            plain.extend_from_slice(opened);
        }
        Ok(())
    }

    /// Goes on with a later chunk: those before it are neither opened nor checked.
    pub fn skip_to(&mut self, chunk: u64) {
        self.number = chunk;
    }

    fn next_nonce(&mut self, last: bool) -> Result<Nonce, Refused> {
        let mut bytes = [0; 12];
        for (to, from) in bytes.iter_mut().skip(3).zip(self.number.to_be_bytes()) {
            *to = from;
        }
        if let Some(end) = bytes.last_mut() {
            *end = u8::from(last);
        }
        self.number = self.number.checked_add(1).ok_or(Refused)?;
        Ok(Nonce::assume_unique_for_key(bytes))
    }
}

/// Seals bytes under a key that seals nothing else, bound to `context`.
pub fn seal(key: &[u8; 32], context: &[u8], plain: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut sealed = Vec::new();
    Cipher::new(key, context.to_vec())?.seal(plain, true, &mut sealed)?;
    Ok(sealed)
}

/// Opens what [`seal`] made, whole or not at all.
pub fn open(key: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut plain = Vec::new();
    Cipher::new(key, context.to_vec())?.open(&mut sealed.to_vec(), true, &mut plain)?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn drawn(size: usize) -> Vec<u8> {
        (0..size).map(|n| (n % 251) as u8).collect()
    }

    #[test]
    fn what_is_sealed_opens_at_every_size_around_a_chunk() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let plain = drawn(size);
            let sealed = seal(&KEY, b"a", &plain).unwrap();
            assert_eq!(sealed_size(size as u64), Some(sealed.len() as u64), "{size}");
            assert_eq!(open(&KEY, b"a", &sealed), Ok(plain), "{size}");
        }
        assert_eq!(sealed_size(u64::MAX), None);
    }

    #[test]
    fn sealed_in_blocks_is_as_sealed_at_once() {
        let plain = drawn(5 * CHUNK + 9);
        let mut sealed = Vec::new();
        let mut cipher = Cipher::new(&KEY, b"a".to_vec()).unwrap();
        cipher.seal(&plain[..2 * CHUNK], false, &mut sealed).unwrap();
        assert_eq!(cipher.seal(&plain[..5], false, &mut Vec::new()), Err(Refused), "half a chunk in the middle");
        let mut cipher = Cipher::new(&KEY, b"a".to_vec()).unwrap();
        sealed.clear();
        cipher.seal(&plain[..2 * CHUNK], false, &mut sealed).unwrap();
        cipher.seal(&plain[2 * CHUNK..], true, &mut sealed).unwrap();
        assert_eq!(sealed, seal(&KEY, b"a", &plain).unwrap());
        let (mut cipher, mut back) = (Cipher::new(&KEY, b"a".to_vec()).unwrap(), Vec::new());
        cipher.open(&mut sealed[..SEALED].to_vec(), false, &mut back).unwrap();
        cipher.open(&mut sealed[SEALED..].to_vec(), true, &mut back).unwrap();
        assert_eq!(back, plain);
    }

    #[test]
    fn cr_2_another_context_or_key_does_not_open() {
        let sealed = seal(&KEY, b"object 1, organisation A", b"drawn shape").unwrap();
        assert_eq!(open(&KEY, b"object 2, organisation A", &sealed), Err(Refused));
        assert_eq!(open(&KEY, b"object 1, organisation B", &sealed), Err(Refused));
        assert_eq!(open(&[8; 32], b"object 1, organisation A", &sealed), Err(Refused));
    }

    #[test]
    fn flipped_moved_and_cut_chunks_do_not_open() {
        let plain = vec![1; 3 * CHUNK];
        let sealed = seal(&KEY, b"a", &plain).unwrap();
        for at in [0, 100, CHUNK + TAG, sealed.len() - 1] {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert_eq!(open(&KEY, b"a", &bad), Err(Refused), "flipped {at}");
        }
        assert_eq!(open(&KEY, b"a", &sealed[..2 * SEALED]), Err(Refused), "cut at a chunk");
        let swapped = [&sealed[SEALED..2 * SEALED], &sealed[..SEALED], &sealed[2 * SEALED..]].concat();
        assert_eq!(open(&KEY, b"a", &swapped), Err(Refused), "moved");
        assert_eq!(open(&KEY, b"a", &[]), Err(Refused), "empty");
    }
}
