//! Digests of a file: the three that lists and partners exchange.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use md5::{Digest, Md5};

/// MD5. Kept because old lists hold nothing else; not a proof that two files are the same.
pub fn md5(bytes: &[u8]) -> [u8; 16] {
    Md5::digest(bytes).into()
}

/// SHA-1. As MD5: for lists that hold nothing else.
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    fixed(&SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

/// SHA-256, by which a file is known here.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    fixed(&SHA256, bytes)
}

fn fixed<const N: usize>(algorithm: &'static Algorithm, bytes: &[u8]) -> [u8; N] {
    let mut fixed = [0; N];
    fixed.iter_mut().zip(digest(algorithm, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    fixed
}

#[cfg(test)]
mod tests {
    use super::{md5, sha1, sha256};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn digests_are_the_published_ones() {
        // RFC 1321, FIPS 180-4 and NIST's example values.
        let long = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(hex(&md5(b"abc")), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(hex(&md5(b"message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(hex(&sha1(long)), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
        assert_eq!(hex(&sha256(b"abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hex(&sha256(long)), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }
}
