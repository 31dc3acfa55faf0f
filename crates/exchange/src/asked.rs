//! One hash that somebody asks about, in the small look-up protocols.

use crate::loose;
use base::Refusal;
use hashlists::{HEX_MD5, HEX_SHA1, digest};

/// What is looked up.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Asked {
    /// MD5.
    Md5([u8; 16]),
    /// SHA-1.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
    /// PDQ, highest bit first.
    Pdq([u8; 32]),
    /// PhotoDNA, 144 bytes; compared for equality only.
    PhotoDna(Vec<u8>),
}

impl Asked {
    /// By the kind's name as paths and parameters write it, either case: `md5 sha1 sha256 pdq photodna`.
    pub fn parse(kind: &str, value: &str) -> Result<Self, Refusal> {
        let value = value.trim().as_bytes();
        let plain: String = kind.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        match plain.as_str() {
            "md5" | "videomd5" => digest("md5", value).map(Self::Md5),
            "sha1" => digest("sha1", value).map(Self::Sha1),
            "sha256" => digest("sha256", value).map(Self::Sha256),
            "pdq" => digest("pdq", value).map(Self::Pdq),
            "photodna" | "pdna" => match loose::photodna(value)?.content {
                hashlists::Content::Bytes(bytes) => Ok(Self::PhotoDna(bytes)),
                hashlists::Content::Reference(_) => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }

    /// A digest by the number of its characters.
    pub fn by_length(value: &str) -> Result<Self, Refusal> {
        match value.trim().len() {
            HEX_MD5 => Self::parse("md5", value),
            HEX_SHA1 => Self::parse("sha1", value),
            _ => Self::parse("sha256", value),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::new("kind", "unknown-kind", "the kind of hash is none of md5, sha1, sha256, pdq, photodna")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_in_either_case_and_lengths_are_exact() {
        assert_eq!(Asked::parse("MD5", &"0A".repeat(16)), Ok(Asked::Md5([10; 16])));
        assert_eq!(Asked::parse("SHA-1", &"00".repeat(20)), Ok(Asked::Sha1([0; 20])));
        assert_eq!(Asked::parse("photodna", &"01".repeat(144)), Ok(Asked::PhotoDna(vec![1; 144])));
        assert_eq!(Asked::by_length(&"00".repeat(32)), Ok(Asked::Sha256([0; 32])));
        for (kind, value) in [("md5", "00"), ("md6", "00"), ("", ""), ("pdq", "zz"), ("photodna", "AAAA")] {
            assert!(Asked::parse(kind, value).is_err(), "{kind} {value}");
        }
    }
}
