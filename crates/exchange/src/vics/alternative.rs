//! `AlternativeHashes`: digests beside MD5, by name. Those we know become fields of the record; others stay as they are.

use super::{form::Draft, names};
use crate::json::{Cursor, Fault};
use hashlists::{Pdq, digest};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The member under which what is not understood stays.
pub const NAME: &str = "AlternativeHashes";

/// One `{MD5, HashName, HashValue}`.
#[derive(Default)]
struct Alternative<'a> {
    md5: Option<&'a [u8]>,
    name: Option<Cow<'a, str>>,
    value: Option<Cow<'a, str>>,
    wrong: bool,
}

/// Walks over the array.
pub fn read(draft: &mut Draft, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
    if cursor.peek()? != b'[' {
        // Null, or something that no writer writes.
        return cursor.skip().map(drop);
    }
    let mut unknown = Vec::new();
    cursor.array(|cursor| {
        if cursor.peek()? != b'{' {
            return cursor.skip().map(drop);
        }
        let mut one = Alternative::default();
        cursor.object(|name, cursor| member(&mut one, name.plain().unwrap_or_default(), cursor))?;
        take(draft, one, &mut unknown);
        Ok(())
    })?;
    if !unknown.is_empty() {
        draft.pictures += draft.record.rest.keep(super::FORMAT, NAME, Value::from(unknown));
    }
    Ok(())
}

fn member<'a>(one: &mut Alternative<'a>, name: &[u8], cursor: &mut Cursor<'a>) -> Result<(), Fault> {
    let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
    match () {
        () if is("MD5") => match names::bytes(cursor)? {
            Ok(md5) => one.md5 = md5,
            Err(_) => one.wrong = true,
        },
        () if is("HashName") || is("HashValue") => match names::text(cursor)? {
            Ok(text) if is("HashName") => one.name = text,
            Ok(text) => one.value = text,
            Err(_) => one.wrong = true,
        },
        () => return cursor.skip().map(drop),
    }
    Ok(())
}

/// Puts one where it belongs.
fn take(draft: &mut Draft, one: Alternative<'_>, unknown: &mut Vec<Value>) {
    let malformed = || base::Refusal::new("alternative_hash", "malformed", "an alternative hash cannot be read");
    if one.wrong {
        return draft.refuse(malformed());
    }
    let (Some(name), Some(value)) = (one.name, one.value) else { return };
    // It names the record's own MD5; another one means that two records were mixed up.
    draft.digest_of("md5", Ok(one.md5), |r| &mut r.digests.md5);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let bytes = value.as_bytes();
    match plain.as_str() {
        "photodna" => draft.photodna(Ok(Some(bytes))),
        "md5" => draft.digest_of("md5", Ok(Some(bytes)), |r| &mut r.digests.md5),
        "sha1" => draft.digest_of("sha1", Ok(Some(bytes)), |r| &mut r.digests.sha1),
        "sha256" => draft.digest_of("sha256", Ok(Some(bytes)), |r| &mut r.digests.sha256),
        "pdq" => match digest("pdq", bytes) {
            Ok(bits) => draft.set("pdq", |r| &mut r.pdq, Pdq { bits, quality: None }),
            Err(refusal) => draft.refuse(refusal),
        },
        _ => unknown.push(object(&name, &value)),
    }
}

/// As it is written: the name before the value, for readers of one pass. (`serde_json` sorts names, which keeps it so.)
fn object(name: &str, value: &str) -> Value {
    let member = |key: &str, value: &str| (key.to_owned(), Value::from(value));
    Value::Object(Map::from_iter([member("HashName", name), member("HashValue", value)]))
}
