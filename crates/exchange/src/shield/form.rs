//! `POST v1/media/`, `POST v1/url/`, `POST v1/pdq/`. The clients insist that every member is there, also when it is null.

use crate::Limits;
use base::Refusal;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// PDQ hashes asked for at once, at most.
pub const MOST: usize = 1_000;

/// How a file is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// By a digest.
    Exact,
    /// By likeness.
    Near,
}

/// A known file that is like the one asked about.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Near {
    /// Seconds into a video; 0 for a picture.
    pub timestamp: f64,
    /// SHA-1 in base32.
    pub sha1_base32: String,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256_hex: String,
    /// `csam` or `harmful-abusive-material`.
    pub classification: String,
}

/// What is known of a file.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// `csam` or `harmful-abusive-material`.
    pub classification: String,
    /// How it is known.
    pub by: Match,
    /// What it is like, when by likeness.
    pub near: Vec<Near>,
}

const UNKNOWN: &str = "no-known-match";

impl Near {
    /// From a known file's digests; those it has not are empty.
    pub fn new(classification: &str, sha1: Option<[u8; 20]>, sha256: Option<[u8; 32]>) -> Self {
        Self {
            timestamp: 0.0,
            sha1_base32: sha1.map(|d| base32(&d)).unwrap_or_default(),
            sha256_hex: sha256.map(|d| base::hex(&d)).unwrap_or_default(),
            classification: classification.to_owned(),
        }
    }
}

/// The answer about a file's bytes.
pub fn media(size: u64, sha1: &[u8; 20], sha256: &[u8; 32], hit: Option<&Hit>) -> Value {
    json!({
        "size_bytes": size,
        "sha1_base32": base32(sha1),
        "sha256_hex": base::hex(sha256),
        "classification": hit.map_or(UNKNOWN, |h| h.classification.as_str()),
        "match_type": hit.map(|h| h.by),
        "near_match_details": hit.map(|h| h.near.as_slice()).unwrap_or_default(),
    })
}

/// Reads the body of `v1/pdq/`: each hash as it was asked, and its bits.
pub fn pdq(body: &[u8], limits: &Limits) -> Result<Vec<(String, [u8; 32])>, Refusal> {
    #[derive(Deserialize)]
    struct Body {
        hashes: Vec<String>,
    }
    let refused = |reason: &str| Refusal::new("hashes", "malformed", reason);
    if body.len() > limits.record {
        return Err(refused("the body is too large"));
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| refused("the body is not {\"hashes\": [text, …]}"))?;
    if body.hashes.is_empty() || body.hashes.len() > MOST {
        return Err(refused("1 to 1000 hashes are asked for at once"));
    }
    let bits = |text: String| -> Result<(String, [u8; 32]), Refusal> {
        let bytes = STANDARD.decode(&text).ok().and_then(|b| b.try_into().ok());
        bytes.map(|b| (text, b)).ok_or_else(|| refused("a hash is not base64 of 32 bytes"))
    };
    body.hashes.into_iter().map(bits).collect()
}

/// The answer about PDQ hashes, by each as it was asked.
pub fn pdq_answer(answers: &[(String, Option<Hit>)]) -> Value {
    let one = |hit: &Option<Hit>| {
        json!({
            "classification": hit.as_ref().map_or(UNKNOWN, |h| h.classification.as_str()),
            "match_type": hit.as_ref().map(|h| h.by),
            "near_match_details": hit.as_ref().and_then(|h| h.near.first()),
        })
    };
    let scanned: Map<String, Value> = answers.iter().map(|(asked, hit)| (asked.clone(), one(hit))).collect();
    json!({ "scanned_hashes": scanned })
}

/// Reads the body of `v1/url/`.
pub fn url(body: &[u8], limits: &Limits) -> Result<String, Refusal> {
    #[derive(Deserialize)]
    struct Body {
        url: String,
    }
    let refused = || Refusal::new("url", "malformed", "the body is not {\"url\": text}");
    let within = body.len() <= limits.record;
    let body: Option<Body> = serde_json::from_slice(body).ok().filter(|_| within);
    body.map(|b| b.url).ok_or_else(refused)
}

/// The body of any refusal.
pub fn error(reason: &str) -> Value {
    json!({ "detail": reason })
}

/// RFC 4648, upper case, without padding (20 bytes need none).
fn base32(bytes: &[u8]) -> String {
    const LETTERS: [char; 32] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V',
        'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
    ];
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.extend(LETTERS.get((held >> bits & 31) as usize));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.extend(LETTERS.get((held << (5 - bits) & 31) as usize));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_standard() {
        let examples = [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")];
        for (bytes, text) in examples {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn answers_have_every_member_the_clients_insist_on() {
        let unknown = media(3, &[0; 20], &[0; 32], None);
        let expected = json!({
            "size_bytes": 3, "sha1_base32": "A".repeat(32), "sha256_hex": "0".repeat(64),
            "classification": "no-known-match", "match_type": null, "near_match_details": [],
        });
        assert_eq!(unknown, expected);
        let near = Near::new("csam", None, Some([1; 32]));
        let hit = Hit { classification: "csam".into(), by: Match::Near, near: vec![near] };
        let asked = STANDARD.encode([7; 32]);
        let answer = pdq_answer(&[(asked.clone(), Some(hit)), ("x".into(), None)]);
        let scanned = &answer["scanned_hashes"];
        assert_eq!(scanned[&asked]["match_type"], "near");
        assert_eq!(scanned[&asked]["near_match_details"]["sha256_hex"], "01".repeat(32));
        assert!(scanned["x"]["near_match_details"].is_null() && scanned["x"]["match_type"].is_null());
    }

    #[test]
    fn in_3_hashes_are_32_bytes_and_a_thousand_at_most() {
        let body =
            |count: usize, bytes: usize| json!({"hashes": vec![STANDARD.encode(vec![1; bytes]); count]}).to_string();
        let read = |count, bytes| pdq(body(count, bytes).as_bytes(), &Limits::default()).map(|h| h.len()).ok();
        assert_eq!((read(0, 32), read(1, 32), read(999, 32), read(1000, 32)), (None, Some(1), Some(999), Some(1000)));
        assert_eq!((read(1001, 32), read(1, 31), read(1, 33)), (None, None, None));
        assert_eq!(url(br#"{"url":"https://a.example/"}"#, &Limits::default()).as_deref(), Ok("https://a.example/"));
        assert!(url(b"{}", &Limits::default()).is_err() && url(b"", &Limits::default()).is_err());
    }
}
