//! What must never match: digests of nothing, hashes without content. Pure.

use crate::{Digests, Hashes, List};
use base::Refusal;

const EMPTY_MD5: [u8; 16] =
    [0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e];
const EMPTY_SHA1: [u8; 20] = [
    0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf, 0xd8, 0x07,
    0x09,
];
const EMPTY_SHA256: [u8; 32] = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41,
    0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// Refuses hashes that are no content's: of an empty file, of zeros only, or none at all.
pub fn check(hashes: &Hashes) -> Result<(), Refusal> {
    let Digests { md5, sha1, sha256 } = &hashes.digests;
    let empty = |field, is: bool| {
        let reason = "this is the digest of an empty file, which every empty file would match";
        if is { Err(Refusal::new(field, "empty-file", reason)) } else { Ok(()) }
    };
    empty("md5", *md5 == Some(EMPTY_MD5))?;
    empty("sha1", *sha1 == Some(EMPTY_SHA1))?;
    empty("sha256", *sha256 == Some(EMPTY_SHA256))?;
    let zeros = |field, is: bool| {
        let reason = "the value is all zeros, which is no file's digest";
        if is { Err(Refusal::new(field, "all-zero", reason)) } else { Ok(()) }
    };
    zeros("md5", *md5 == Some([0; 16]))?;
    zeros("sha1", *sha1 == Some([0; 20]))?;
    zeros("sha256", *sha256 == Some([0; 32]))
}

/// Whether a list hits so much of what is stored that it says nothing: `share` of at least `least` files.
pub fn hits_everything(hits: i64, stored: i64, share: f64, least: i64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "counts of files stay far below 2^52")]
    let over = stored > 0 && hits as f64 > share * stored as f64;
    stored >= least && over
}

/// Why a list that hits too much settles nothing, in words.
pub fn too_much(list: &List, hits: i64, stored: i64) -> String {
    format!(
        "`{}` hits {hits} of {stored} files stored here, so it settles nothing until its publisher has mended it and resumes it",
        list.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_of_nothing_are_refused_by_name() {
        let rule = |digests| check(&Hashes { digests, ..Hashes::default() }).map_err(|r| (r.field, r.rule));
        assert_eq!(rule(Digests { md5: Some(EMPTY_MD5), ..Digests::default() }), Err(("md5", "empty-file")));
        assert_eq!(rule(Digests { sha1: Some(EMPTY_SHA1), ..Digests::default() }), Err(("sha1", "empty-file")));
        assert_eq!(rule(Digests { sha256: Some(EMPTY_SHA256), ..Digests::default() }), Err(("sha256", "empty-file")));
        assert_eq!(rule(Digests { sha256: Some([0; 32]), ..Digests::default() }), Err(("sha256", "all-zero")));
        assert_eq!(rule(Digests { sha256: Some([1; 32]), ..Digests::default() }), Ok(()));
    }

    #[test]
    fn a_list_may_hit_much_but_not_everything() {
        assert!(!hits_everything(63, 100, 0.9, 50));
        assert!(hits_everything(95, 100, 0.9, 50));
        assert!(!hits_everything(10, 10, 0.9, 50), "a small desk proves nothing");
        assert!(!hits_everything(0, 0, 0.9, 0));
    }
}
