//! What a partner's record says beyond the fields of ours: kept as JSON, so that it can be handed back without loss.
//!
//! Names are `<format>.<name there>`, so that one format's leftovers are not taken for another's. **No picture may be in
//! here**: [`Rest::keep`] is the only way in, and it lets nothing through that is named or looks like one. Numbers beyond
//! 64-bit integers have the precision of a double.

use serde_json::{Map, Value};

/// Leftover members of a partner's record, by `<format>.<name>`. Empty costs nothing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rest(Map<String, Value>);

impl Rest {
    /// Keeps a member, without anything in it that is a picture; answers how many such things were dropped.
    pub fn keep(&mut self, format: &str, name: &str, mut value: Value) -> u32 {
        if is_picture_name(name) {
            return 1;
        }
        let dropped = strip(&mut value);
        if !value.is_null() || dropped == 0 {
            self.0.insert(format!("{format}.{name}"), value);
        }
        dropped
    }

    /// The members of one format: name there, value.
    pub fn of<'a>(&'a self, format: &'static str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let named = move |(key, value): (&'a String, &'a Value)| -> Option<(&'a str, &'a Value)> {
            key.strip_prefix(format)?.strip_prefix('.').map(|name| (name, value))
        };
        self.0.iter().filter_map(named)
    }

    /// One member.
    pub fn get(&self, format: &str, name: &str) -> Option<&Value> {
        self.0.get(&format!("{format}.{name}"))
    }

    /// Takes a member out.
    pub fn take(&mut self, format: &str, name: &str) -> Option<Value> {
        self.0.remove(&format!("{format}.{name}"))
    }

    /// Every member with its full name `<format>.<name>`.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Nothing was left over.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As one JSON object, for a column of the database.
    pub fn to_json(&self) -> String {
        if self.0.is_empty() { "{}".into() } else { Value::Object(self.0.clone()).to_string() }
    }

    /// What [`Rest::to_json`] wrote; pictures are dropped here too. `None` when it is not a JSON object.
    pub fn from_json(text: &str) -> Option<Self> {
        let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
        let mut rest = Self::default();
        for (name, value) in members {
            let (format, name) = name.split_once('.').unwrap_or(("other", &name));
            rest.keep(format, name, value);
        }
        Some(rest)
    }

    /// Takes over the members of another record of the same content. Lists are joined, other values stay as they are.
    pub fn merge(&mut self, other: Self) {
        for (name, value) in other.0 {
            match (self.0.get_mut(&name), value) {
                (Some(Value::Array(mine)), Value::Array(theirs)) => {
                    for one in theirs {
                        if !mine.contains(&one) {
                            mine.push(one);
                        }
                    }
                }
                (Some(_), _) => (),
                (None, value) => _ = self.0.insert(name, value),
            }
        }
    }
}

/// Names under which exporters put a picture into a record.
const PICTURE_NAMES: &[&str] =
    &["miniature", "thumbnail", "thumb", "preview", "picture", "image", "imagedata", "filedata", "content", "blob"];

/// Whether a member of this name holds a picture; case and separators do not matter.
pub fn is_picture_name(name: &str) -> bool {
    if name.len() > 20 {
        return false;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    PICTURE_NAMES.contains(&plain.as_str())
}

/// How pictures begin in base64 (JPEG, PNG, GIF, WebP, TIFF both ways) and as a data URL.
const PICTURE_STARTS: &[&str] =
    &["/9j/", "iVBORw0KGgo", "R0lGOD", "UklGR", "SUkqA", "TU0AK", "data:image", "data:video"];

/// Whether a text is a picture by its first characters, or so long that nothing else is plausible (over 16 KiB).
pub fn is_picture_text(text: &str) -> bool {
    let text = text.trim_start();
    text.len() > 16 * 1024 || (text.len() > 64 && PICTURE_STARTS.iter().any(|start| text.starts_with(start)))
}

/// Takes pictures out of a value; how many there were.
fn strip(value: &mut Value) -> u32 {
    match value {
        Value::String(text) if is_picture_text(text) => {
            *value = Value::Null;
            1
        }
        Value::Array(values) => values.iter_mut().map(strip).sum(),
        Value::Object(members) => {
            let before = members.len();
            members.retain(|name, _| !is_picture_name(name));
            let named = u32::try_from(before - members.len()).unwrap_or(u32::MAX);
            named + members.values_mut().map(strip).sum::<u32>()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn md_4_no_picture_gets_in_by_name_or_by_content_at_any_depth() {
        let picture = format!("/9j/{}", "A".repeat(100));
        let mut rest = Rest::default();
        assert_eq!(rest.keep("v", "Miniature", json!("AAAA")), 1);
        assert_eq!(rest.keep("v", "thumb_nail", json!("AAAA")), 1);
        assert_eq!(rest.keep("v", "Harmless", json!(picture)), 1);
        assert!(rest.is_empty());
        assert_eq!(rest.keep("v", "Files", json!([{"Name": "a", "Thumbnail": "x", "Deep": [picture]}])), 2);
        assert_eq!(rest.get("v", "Files"), Some(&json!([{"Name": "a", "Deep": [null]}])));
        let again = Rest::from_json(&json!({"v.Miniature": "AAAA", "v.Name": "b"}).to_string()).unwrap();
        assert_eq!(again.to_json(), r#"{"v.Name":"b"}"#);
    }

    #[test]
    fn ordinary_members_stay_as_they_are() {
        let mut rest = Rest::default();
        for (name, value) in [("A", json!(null)), ("B", json!("R0lGOD")), ("C", json!({"x": [1, 2.5, true]}))] {
            assert_eq!(rest.keep("v", name, value.clone()), 0);
            assert_eq!(rest.get("v", name), Some(&value));
        }
        assert_eq!(Rest::from_json(&rest.to_json()), Some(rest.clone()));
        assert_eq!(rest.of("w").count(), 0);
        assert_eq!((rest.take("v", "B"), rest.take("v", "B")), (Some(json!("R0lGOD")), None));
    }

    #[test]
    fn merging_joins_lists_and_keeps_what_was_there() {
        let (mut a, mut b) = (Rest::default(), Rest::default());
        a.keep("v", "Files", json!([1, 2]));
        a.keep("v", "Note", json!("first"));
        b.keep("v", "Files", json!([2, 3]));
        b.keep("v", "Note", json!("second"));
        b.keep("v", "More", json!(1));
        a.merge(b);
        assert_eq!(a.to_json(), r#"{"v.Files":[1,2,3],"v.More":1,"v.Note":"first"}"#);
    }
}
