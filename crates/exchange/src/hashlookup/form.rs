//! `GET /lookup/{md5|sha1|sha256}/{hex}`, `POST /bulk/{md5|sha1}`, `GET /info`. Every value is text, digests are upper case.

use crate::{Asked, Limits};
use base::Refusal;
use hashlists::Record;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Hashes asked for at once, at most.
pub const MOST: usize = 10_000;

/// The body of a bulk look-up.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Bulk {
    /// As they were asked.
    pub hashes: Vec<String>,
}

impl Bulk {
    /// Reads the body. The answer has the known ones only, so a hash that is none is asked in vain; too many are refused.
    pub fn parse(kind: &str, body: &[u8], limits: &Limits) -> Result<Vec<Asked>, Refusal> {
        let refused = |reason: &str| Refusal::new("hashes", "malformed", reason);
        if body.len() > limits.record {
            return Err(refused("the body is too large"));
        }
        let bulk: Self =
            serde_json::from_slice(body).map_err(|_| refused("the body is not {\"hashes\": [text, …]}"))?;
        if bulk.hashes.len() > MOST {
            return Err(refused("more than 10000 hashes are asked for at once"));
        }
        // The kind itself is checked, also when nothing is asked.
        Asked::parse(kind, &"0".repeat(if kind.eq_ignore_ascii_case("md5") { 32 } else { 40 }))?;
        Ok(bulk.hashes.iter().filter_map(|hash| Asked::parse(kind, hash).ok()).collect())
    }
}

/// The answer to a known hash: 200. `list` is the list it stands on.
pub fn found(record: &Record, list: &str) -> Value {
    let mut members = Map::new();
    let mut state = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), Value::from(value));
        }
    };
    state("MD5", record.digests.md5.map(|d| base::hex(&d).to_uppercase()));
    state("SHA-1", record.digests.sha1.map(|d| base::hex(&d).to_uppercase()));
    state("SHA-256", record.digests.sha256.map(|d| base::hex(&d).to_uppercase()));
    state("FileName", record.id.clone());
    state("FileSize", record.size.map(|s| s.to_string()));
    state("mimetype", record.media_type.clone());
    state("insert-timestamp", record.first_change.map(|t| format!("{:.6}", t.micros() as f64 / 1e6)));
    state("source", Some(list.to_owned()));
    state("KnownMalicious", Some(list.to_owned()));
    Value::Object(members)
}

/// The answer to an unknown hash: 404.
pub fn not_found(asked: &str) -> Value {
    json!({"message": "Non existing hash", "query": asked})
}

/// The answer to what is no hash: 400.
pub fn malformed(asked: &str, refusal: &Refusal) -> Value {
    json!({"message": refusal.reason, "query": asked.chars().take(200).collect::<String>()})
}

/// The answer to `GET /info`.
pub fn info(version: &str, entries: u64) -> Value {
    json!({"hashlookup-version": version, "stat:NSRL_items": 0, "nsrl-version": "none", "stat:items": entries})
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Time;
    use hashlists::Digests;

    #[test]
    fn a_known_hash_is_told_in_text_and_upper_case() {
        let record = Record {
            digests: Digests { md5: Some([0xab; 16]), ..Digests::default() },
            size: Some(7),
            first_change: Some(Time::from_micros(1_500_000)),
            ..Record::default()
        };
        let expected = json!({
            "MD5": "AB".repeat(16), "FileSize": "7", "source": "a list", "KnownMalicious": "a list",
            "insert-timestamp": "1.500000",
        });
        assert_eq!(found(&record, "a list"), expected);
    }

    #[test]
    fn a_bulk_keeps_what_is_a_hash_and_refuses_what_is_no_bulk() {
        let body = json!({"hashes": ["AB".repeat(16), "x", "00".repeat(20)]}).to_string();
        assert_eq!(Bulk::parse("md5", body.as_bytes(), &Limits::default()), Ok(vec![Asked::Md5([0xab; 16])]));
        assert!(Bulk::parse("md6", body.as_bytes(), &Limits::default()).is_err());
        for bad in ["", "[]", "{}", "{\"hashes\":1}", "{\"hashes\":[1]}"] {
            assert!(Bulk::parse("md5", bad.as_bytes(), &Limits::default()).is_err(), "{bad}");
        }
    }

    #[test]
    fn in_3_a_bulk_has_ten_thousand_hashes_at_most() {
        for (count, good) in [(9_999, true), (10_000, true), (10_001, false)] {
            let body = json!({"hashes": vec!["AB".repeat(16); count]}).to_string();
            assert_eq!(Bulk::parse("md5", body.as_bytes(), &Limits::default()).is_ok(), good, "{count}");
        }
    }
}
