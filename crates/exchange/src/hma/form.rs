//! `GET /m/raw_lookup`, `GET /m/lookup`, `POST /m/compare`, `GET /m/index/status`. Our lists are its banks, our entries its
//! bank content; what it calls a signal type is the kind of hash.

use crate::{Asked, Limits};
use base::{Refusal, Time};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An entry within the distance.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its number.
    pub id: u64,
    /// Name of the list, as a bank's: A to Z, 0 to 9, `_`.
    pub bank: String,
    /// Bits that differ; 0 for a digest.
    pub distance: u32,
}

/// The signal of a query: `signal_type` and `signal`.
pub fn signal(kind: &str, value: &str) -> Result<Asked, Refusal> {
    match kind {
        "pdq" | "video_md5" | "md5" | "sha1" | "sha256" => Asked::parse(kind, value),
        _ => Err(Refusal::new(
            "signal_type",
            "unknown-kind",
            "`signal_type` is none of pdq, video_md5, md5, sha1, sha256",
        )),
    }
}

/// The answer to a raw look-up: numbers, or numbers with distances, which it writes as text.
pub fn raw_lookup(found: &[Found], with_distance: bool) -> Value {
    let one = |f: &Found| match with_distance {
        true => json!({"bank_content_id": f.id, "distance": f.distance.to_string()}),
        false => json!(f.id),
    };
    json!({"matches": found.iter().map(one).collect::<Vec<_>>()})
}

/// The answer to a look-up: what was found, by bank.
pub fn lookup(found: &[Found]) -> Value {
    let mut banks: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for f in found {
        let one = json!({"bank_content_id": f.id, "distance": f.distance.to_string()});
        banks.entry(&f.bank).or_default().push(one);
    }
    Value::Object(banks.into_iter().map(|(bank, all)| (bank.to_owned(), Value::from(all))).collect::<Map<_, _>>())
}

/// Reads the body of a comparison: pairs of signals by kind.
pub fn compare(body: &[u8], limits: &Limits) -> Result<Vec<(String, Asked, Asked)>, Refusal> {
    let refused = || Refusal::new("body", "malformed", "the body is not {kind: [signal, signal]}");
    let within = body.len() <= limits.record;
    let pairs: Option<BTreeMap<String, [String; 2]>> = serde_json::from_slice(body).ok().filter(|_| within);
    let pairs = pairs.ok_or_else(refused)?;
    pairs.into_iter().map(|(kind, [a, b])| Ok((kind.clone(), signal(&kind, &a)?, signal(&kind, &b)?))).collect()
}

/// The answer to a comparison: whether they match, and how far they are apart.
pub fn compare_answer(answers: &[(String, bool, u32)]) -> Value {
    let one =
        |(kind, matches, distance): &(String, bool, u32)| (kind.clone(), json!([matches, {"distance": distance}]));
    Value::Object(answers.iter().map(one).collect::<Map<_, _>>())
}

/// The answer about an index: by kind, whether it is there, when its newest entry came, and how many it has.
pub fn index_status(indexes: &[(&str, Option<Time>, u64)]) -> Value {
    let one = |(kind, built, size): &(&str, Option<Time>, u64)| {
        let built_to = built.map_or(-1, |t| t.micros().div_euclid(1_000_000));
        ((*kind).to_owned(), json!({"present": built.is_some(), "built_to": built_to, "size": size}))
    };
    Value::Object(indexes.iter().map(one).collect::<Map<_, _>>())
}

/// The body of any refusal.
pub fn error(reason: &str) -> Value {
    json!({ "message": reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_shaped_as_the_public_server_shapes_them() {
        let found = |id, bank: &str, distance| Found { id, bank: bank.into(), distance };
        let all = [found(3, "A_LIST", 7), found(4, "B", 0), found(5, "A_LIST", 31)];
        assert_eq!(raw_lookup(&all, false), json!({"matches": [3, 4, 5]}));
        assert_eq!(raw_lookup(&all[..1], true), json!({"matches": [{"bank_content_id": 3, "distance": "7"}]}));
        let by_bank = json!({
            "A_LIST": [{"bank_content_id": 3, "distance": "7"}, {"bank_content_id": 5, "distance": "31"}],
            "B": [{"bank_content_id": 4, "distance": "0"}],
        });
        assert_eq!(lookup(&all), by_bank);
        assert_eq!(compare_answer(&[("pdq".into(), true, 9)]), json!({"pdq": [true, {"distance": 9}]}));
        let status = index_status(&[("pdq", Some(Time::from_micros(5_000_000)), 2), ("md5", None, 0)]);
        assert_eq!(
            status,
            json!({"pdq": {"present": true, "built_to": 5, "size": 2}, "md5": {"present": false, "built_to": -1, "size": 0}})
        );
    }

    #[test]
    fn pairs_to_compare_are_of_one_kind_and_well_formed() {
        let body = json!({"pdq": ["55".repeat(32), "AA".repeat(32)]}).to_string();
        let pairs = compare(body.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(pairs, [("pdq".to_owned(), Asked::Pdq([0x55; 32]), Asked::Pdq([0xaa; 32]))]);
        for bad in ["", "[]", "{\"pdq\":[\"a\"]}", "{\"pdq\":[\"a\",\"b\"]}", "{\"raw_text\":[\"a\",\"b\"]}"] {
            assert!(compare(bad.as_bytes(), &Limits::default()).is_err(), "{bad}");
        }
    }
}
