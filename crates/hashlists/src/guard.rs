//! What must never match: digests of nothing, hashes without content. Pure.

use crate::{Hashes, List};
use base::Refusal;

/// Quality below which a perceptual hash says nothing about a picture.
pub const LEAST_QUALITY: u8 = 50;
/// Ones in every PDQ hash of a real picture: its bits are "above the median".
pub const ONES: u32 = 128;

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

/// Whether a perceptual hash may match anything but itself.
pub fn loose(pdq: &[u8; 32], quality: Option<u8>) -> bool {
    quality.is_none_or(|q| q >= LEAST_QUALITY) && pdq.iter().map(|b| b.count_ones()).sum::<u32>() == ONES
}

/// Refuses hashes that are no content's: of an empty file, of zeros only, or none at all.
pub fn check(hashes: &Hashes) -> Result<(), Refusal> {
    let Hashes { md5, sha1, sha256, pdq, frames } = hashes;
    if md5.is_none() && sha1.is_none() && sha256.is_none() && pdq.is_none() && frames.is_empty() {
        return Err(Refusal::new("hash", "no-hash", "the row has no hash that is known here"));
    }
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
    format!("`{}` hits {hits} of {stored} files stored here, so it settles nothing until its publisher resumes it", list.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_or_poor_picture_matches_nothing_loosely() {
        let mut good = [0; 32];
        good[..16].fill(0xff);
        assert!(loose(&good, Some(100)) && loose(&good, None) && loose(&good, Some(50)));
        assert!(!loose(&good, Some(49)));
        assert!(!loose(&[0; 32], Some(100)) && !loose(&[0xff; 32], None));
    }

    #[test]
    fn the_digests_of_nothing_are_refused_by_name() {
        let rule = |hashes: Hashes| check(&hashes).map_err(|r| (r.field, r.rule));
        assert_eq!(rule(Hashes::default()), Err(("hash", "no-hash")));
        assert_eq!(rule(Hashes { md5: Some(EMPTY_MD5), ..Hashes::default() }), Err(("md5", "empty-file")));
        assert_eq!(rule(Hashes { sha1: Some(EMPTY_SHA1), ..Hashes::default() }), Err(("sha1", "empty-file")));
        assert_eq!(rule(Hashes { sha256: Some(EMPTY_SHA256), ..Hashes::default() }), Err(("sha256", "empty-file")));
        assert_eq!(rule(Hashes { sha256: Some([0; 32]), ..Hashes::default() }), Err(("sha256", "all-zero")));
        assert_eq!(rule(Hashes { sha256: Some([1; 32]), ..Hashes::default() }), Ok(()));
    }

    #[test]
    fn a_list_may_hit_much_but_not_everything() {
        assert!(!hits_everything(63, 100, 0.9, 50));
        assert!(hits_everything(95, 100, 0.9, 50));
        assert!(!hits_everything(10, 10, 0.9, 50), "a small desk proves nothing");
        assert!(!hits_everything(0, 0, 0.9, 0));
    }
}
