//! The fingerprints an entry may have: lower case as an element, upper case in a path, mixed in a feedback.

use crate::loose;
use base::Refusal;
use base64::{Engine, engine::general_purpose::STANDARD};
use hashlists::{Content, Opaque, PHOTODNA, Pdq, Record, digest};

/// A kind of fingerprint that feedback can be given on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fingerprint {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// PhotoDNA.
    Pdna,
    /// PDQ.
    Pdq,
    /// NetClean.
    Netclean,
    /// Videntifier.
    Videntifier,
    /// TMK+PDQF.
    TmkPdqf,
    /// PhotoDNA for scenes of a video.
    SsvhPdna,
    /// Safer's hash for scenes of a video.
    SsvhSaferHash,
}

impl Fingerprint {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Md5,
        Self::Sha1,
        Self::Pdna,
        Self::Pdq,
        Self::Netclean,
        Self::Videntifier,
        Self::TmkPdqf,
        Self::SsvhPdna,
        Self::SsvhSaferHash,
    ];

    /// In a path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA1",
            Self::Pdna => "PDNA",
            Self::Pdq => "PDQ",
            Self::Netclean => "NETCLEAN",
            Self::Videntifier => "VIDENTIFIER",
            Self::TmkPdqf => "TMK_PDQF",
            Self::SsvhPdna => "SSVH_PDNA",
            Self::SsvhSaferHash => "SSVH_SAFER_HASH",
        }
    }

    /// In a feedback's `type`, such as `Md5`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Md5 => "Md5",
            Self::Sha1 => "Sha1",
            Self::Pdna => "Pdna",
            Self::Pdq => "Pdq",
            Self::Netclean => "Netclean",
            Self::Videntifier => "Videntifier",
            Self::TmkPdqf => "TmkPdqf",
            Self::SsvhPdna => "SsvhPdna",
            Self::SsvhSaferHash => "SsvhSaferHash",
        }
    }

    /// From any of its spellings, also the one of the page for non-profits.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |t: &str| -> String {
            t.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
        };
        let text = match plain(text).as_str() {
            "tmksaferhash" => "ssvhsaferhash".into(),
            other => other.to_owned(),
        };
        Self::ALL.into_iter().find(|f| plain(f.path()) == text)
    }
}

/// Takes an element of `fingerprints` into a record. Empty ones say nothing, unless they refer to a large value.
pub fn take(record: &mut Record, name: &str, text: &str, href: Option<&str>) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    match name {
        _ if text.is_empty() && href.is_none() => (),
        "md5" => record.digests.md5 = Some(digest("md5", bytes)?),
        "sha1" => record.digests.sha1 = Some(digest("sha1", bytes)?),
        "sha256" => record.digests.sha256 = Some(digest("sha256", bytes)?),
        "pdq" => record.pdq = Some(Pdq { bits: digest("pdq", bytes)?, quality: None }),
        "pdna" => record.opaque.push(loose::photodna(bytes)?),
        name => {
            let content = match href {
                Some(href) => Content::Reference(href.to_owned()),
                // Its alphabet is its owner's: the characters are kept.
                None => Content::Bytes(bytes.to_vec()),
            };
            record.opaque.push(Opaque { name: name.to_ascii_lowercase(), content });
        }
    }
    Ok(())
}

/// The elements of `fingerprints`: name, text, or an address instead of it.
pub fn elements(record: &Record) -> Vec<(String, String, Option<String>)> {
    let text = |name: &str, text: String| (name.to_owned(), text, None);
    let mut all = Vec::new();
    all.extend(record.digests.md5.map(|d| text("md5", base::hex(&d))));
    all.extend(record.digests.sha1.map(|d| text("sha1", base::hex(&d))));
    all.extend(record.digests.sha256.map(|d| text("sha256", base::hex(&d))));
    all.extend(record.pdq.map(|p| text("pdq", base::hex(&p.bits))));
    for one in &record.opaque {
        match &one.content {
            Content::Bytes(bytes) if one.name == PHOTODNA => all.push(text("pdna", STANDARD.encode(bytes))),
            _ if !is_name(&one.name) => (),
            Content::Bytes(bytes) => all.push(text(&one.name, String::from_utf8_lossy(bytes).into_owned())),
            Content::Reference(href) => all.push((one.name.clone(), String::new(), Some(href.clone()))),
        }
    }
    all
}

/// Whether a fingerprint's name can be an element's.
fn is_name(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    plain && name.len() <= 40 && name.starts_with(|c: char| c.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_every_spelling() {
        for one in Fingerprint::ALL {
            for text in [one.path().to_owned(), one.path().to_lowercase(), one.kind().to_owned()] {
                assert_eq!(Fingerprint::parse(&text), Some(one), "{text}");
            }
        }
        assert_eq!(Fingerprint::parse("tmk-pdqf"), Some(Fingerprint::TmkPdqf));
        assert_eq!(Fingerprint::parse("TMK_SAFER_HASH"), Some(Fingerprint::SsvhSaferHash));
        assert_eq!((Fingerprint::parse(""), Fingerprint::parse("MD6")), (None, None));
    }
}
