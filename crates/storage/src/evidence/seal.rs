//! AES-256-GCM over 64 KiB chunks, in the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): the nonce is
//! the chunk's number and whether it is the last, so chunks cannot be dropped, repeated, moved or cut. The key is used
//! for one object only. The associated data binds object, organisation and format version.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Plain bytes in a chunk; a sealed chunk is 16 bytes longer.
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// The cipher refused: wrong key, wrong context or altered bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

fn key(bytes: &[u8; 32]) -> Result<LessSafeKey, Refused> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| Refused)?))
}

fn nonce(number: usize, last: bool) -> Result<Nonce, Refused> {
    let mut bytes = [0; 12];
    let number = u64::try_from(number).map_err(|_| Refused)?;
    for (to, from) in bytes.iter_mut().skip(3).zip(number.to_be_bytes()) {
        *to = from;
    }
    if let Some(end) = bytes.last_mut() {
        *end = u8::from(last);
    }
    Ok(Nonce::assume_unique_for_key(bytes))
}

/// Seals bytes under a key that seals nothing else, bound to `context`.
pub fn seal(key_bytes: &[u8; 32], context: &[u8], plain: &[u8]) -> Result<Vec<u8>, Refused> {
    let key = key(key_bytes)?;
    let chunks = plain.len().div_ceil(CHUNK).max(1);
    let mut sealed = Vec::with_capacity(plain.len() + chunks * TAG);
    for number in 0..chunks {
        let part = plain.get(number * CHUNK..plain.len().min((number + 1) * CHUNK)).ok_or(Refused)?;
        let mut chunk = part.to_vec();
        key.seal_in_place_append_tag(nonce(number, number + 1 == chunks)?, Aad::from(context), &mut chunk)
            .map_err(|_| Refused)?;
        sealed.append(&mut chunk);
    }
    Ok(sealed)
}

/// Opens what [`seal`] made, whole or not at all.
pub fn open(key_bytes: &[u8; 32], context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Refused> {
    let key = key(key_bytes)?;
    let chunks = sealed.len().div_ceil(CHUNK + TAG).max(1);
    let mut plain = Vec::with_capacity(sealed.len());
    for (number, part) in sealed.chunks(CHUNK + TAG).enumerate() {
        let mut chunk = part.to_vec();
        let opened = key
            .open_in_place(nonce(number, number + 1 == chunks)?, Aad::from(context), &mut chunk)
            .map_err(|_| Refused)?;
        plain.extend_from_slice(opened);
    }
    if sealed.is_empty() { Err(Refused) } else { Ok(plain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn what_is_sealed_opens_at_every_size_around_a_chunk() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let plain: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let sealed = seal(&KEY, b"a", &plain).unwrap();
            assert_eq!(open(&KEY, b"a", &sealed), Ok(plain), "{size}");
        }
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
        let size = CHUNK + TAG;
        assert_eq!(open(&KEY, b"a", &sealed[..2 * size]), Err(Refused), "cut at a chunk");
        let swapped = [&sealed[size..2 * size], &sealed[..size], &sealed[2 * size..]].concat();
        assert_eq!(open(&KEY, b"a", &swapped), Err(Refused), "moved");
        assert_eq!(open(&KEY, b"a", &[]), Err(Refused), "empty");
    }
}
