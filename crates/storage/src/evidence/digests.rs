//! MD5, SHA-1 and SHA-256 of the plain bytes, at once and as they come. MD5 and SHA-1 are for matching with lists that
//! have nothing better; what is proved is proved by SHA-256.

use aws_lc_rs::digest::{self, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use md5::{Digest, Md5};

/// Digests of an object's plain bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// MD5 (RFC 1321).
    pub md5: [u8; 16],
    /// SHA-1 (FIPS 180-4).
    pub sha1: [u8; 20],
    /// SHA-256 (FIPS 180-4).
    pub sha256: [u8; 32],
}

impl Digests {
    /// Of bytes that are all here. Slow for many: 2 ms a MiB.
    pub fn of(bytes: &[u8]) -> Self {
        let mut sha = Sha::new();
        sha.update(bytes);
        let (sha1, sha256) = sha.end();
        Self { md5: Md5::digest(bytes).into(), sha1, sha256 }
    }
}

/// SHA-1 and SHA-256 side by side: together they take about as long as MD5 alone, so that two cores share the work evenly.
pub(super) struct Sha {
    sha1: Context,
    sha256: Context,
}

impl Sha {
    pub fn new() -> Self {
        Self { sha1: Context::new(&SHA1_FOR_LEGACY_USE_ONLY), sha256: Context::new(&SHA256) }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.sha1.update(bytes);
        self.sha256.update(bytes);
    }

    pub fn end(self) -> ([u8; 20], [u8; 32]) {
        (fixed(&self.sha1.finish()), fixed(&self.sha256.finish()))
    }
}

/// SHA-256 alone, as it comes.
pub(super) struct Sha256(Context);

impl Sha256 {
    pub fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn end(self) -> [u8; 32] {
        fixed(&self.0.finish())
    }
}

fn fixed<const N: usize>(digest: &digest::Digest) -> [u8; N] {
    let mut out = [0; N];
    for (to, from) in out.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_are_those_of_the_standards() {
        let of = Digests::of(b"abc");
        assert_eq!(base::hex(&of.md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(base::hex(&of.sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(base::hex(&of.sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn in_pieces_is_as_at_once() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        let (mut sha, mut sha256) = (Sha::new(), Sha256::new());
        for piece in bytes.chunks(777) {
            sha.update(piece);
            sha256.update(piece);
        }
        let whole = Digests::of(&bytes);
        assert_eq!((sha.end(), sha256.end()), ((whole.sha1, whole.sha256), whole.sha256));
    }
}
