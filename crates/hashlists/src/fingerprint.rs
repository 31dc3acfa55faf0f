//! Fingerprints that tell likeness rather than sameness: PDQ, which the workshop computes, and those of others, which are
//! kept and passed on as they came. PhotoDNA is stored, exchanged and compared for equality; it is never computed here.

use base::Refusal;
use sha2::{Digest, Sha256};

/// A PDQ hash as lists carry it, highest bit first.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pdq {
    /// The 256 bits.
    pub bits: [u8; 32],
    /// Quality 0 to 100 where the list states it.
    pub quality: Option<u8>,
}

/// Why a PDQ is kept but never matched by distance: it would be near to too much.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unmatchable {
    /// All bits are zero: what hashers answer for pictures below 5 by 5.
    Zero,
    /// Not exactly half of the bits are set, as they are in every PDQ of a picture (bits are "above the median").
    NotBalanced,
    /// Quality below 50, the threshold of the reference.
    LowQuality,
}

impl Pdq {
    /// Quality below which the reference says not to match.
    pub const LEAST_QUALITY: u8 = 50;

    /// Why this value must never match by distance; `None` when it may.
    pub fn unmatchable(&self) -> Option<Unmatchable> {
        let ones: u32 = self.bits.iter().map(|b| b.count_ones()).sum();
        match ones {
            0 => Some(Unmatchable::Zero),
            128 if self.quality.is_some_and(|q| q < Self::LEAST_QUALITY) => Some(Unmatchable::LowQuality),
            128 => None,
            _ => Some(Unmatchable::NotBalanced),
        }
    }

    /// A quality as lists write it. Refuses what is not a whole number from 0 to 100.
    pub fn quality(text: &str) -> Result<u8, Refusal> {
        let refused = || Refusal::new("pdq_quality", "quality", "`pdq_quality` is not a whole number from 0 to 100");
        text.trim().parse().ok().filter(|q| *q <= 100).ok_or_else(refused)
    }
}

/// Name under which PhotoDNA values are kept.
pub const PHOTODNA: &str = "photodna";
/// Bytes of a PhotoDNA value.
pub const PHOTODNA_BYTES: usize = 144;

/// A fingerprint of somebody else's algorithm: never computed, never interpreted.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Opaque {
    /// Algorithm, lower case, such as `photodna`.
    pub name: String,
    /// The value, or where its owner keeps it.
    pub content: Content,
}

/// What is known of an opaque fingerprint.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Content {
    /// The value's bytes.
    Bytes(Vec<u8>),
    /// The value is large and stays with the list's owner, who serves it at this relative address.
    Reference(String),
}

impl Opaque {
    /// A value by its name.
    pub fn bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.to_ascii_lowercase(), content: Content::Bytes(bytes) }
    }

    /// What a PhotoDNA value with its bytes is compared by: their SHA-256.
    pub fn equal_by(&self) -> Option<[u8; 32]> {
        match &self.content {
            Content::Bytes(bytes) if self.name == PHOTODNA && bytes.len() == PHOTODNA_BYTES => {
                Some(Sha256::digest(bytes).into())
            }
            Content::Bytes(_) | Content::Reference(_) => None,
        }
    }

    /// A PhotoDNA value. Refuses what is not 144 bytes long.
    pub fn photodna(bytes: Vec<u8>) -> Result<Self, Refusal> {
        if bytes.len() != PHOTODNA_BYTES {
            let reason = format!("`photodna` has {} bytes, {PHOTODNA_BYTES} are needed", bytes.len());
            return Err(Refusal::new("photodna", "fingerprint-length", reason));
        }
        Ok(Self::bytes(PHOTODNA, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_unbalanced_and_poor_values_never_match_by_distance() {
        let mut bits = [0; 32];
        assert_eq!(Pdq { bits, quality: Some(100) }.unmatchable(), Some(Unmatchable::Zero));
        bits = [0x55; 32];
        assert_eq!(Pdq { bits, quality: None }.unmatchable(), None);
        assert_eq!(Pdq { bits, quality: Some(50) }.unmatchable(), None);
        assert_eq!(Pdq { bits, quality: Some(49) }.unmatchable(), Some(Unmatchable::LowQuality));
        bits[0] = 0x57;
        assert_eq!(Pdq { bits, quality: Some(100) }.unmatchable(), Some(Unmatchable::NotBalanced));
    }

    #[test]
    fn quality_is_0_to_100() {
        assert_eq!((Pdq::quality("0"), Pdq::quality(" 100 ")), (Ok(0), Ok(100)));
        for bad in ["-1", "101", "", "x", "99.5"] {
            assert!(Pdq::quality(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn photodna_is_144_bytes() {
        for (length, good) in [(143, false), (144, true), (145, false)] {
            assert_eq!(Opaque::photodna(vec![0; length]).is_ok(), good);
        }
    }
}
