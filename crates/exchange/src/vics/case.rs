//! Cases: what stands around the media, and the files behind them.

use base::Refusal;
use serde_json::{Map, Value};

/// One case, without its media. Members that are not understood are in `rest`.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Case {
    /// `CaseID`, a GUID as text, also in braces.
    pub id: Option<String>,
    /// `CaseNumber`.
    pub number: Option<String>,
    /// `ContactOrganization`.
    pub organisation: Option<String>,
    /// `SourceApplicationName` and `SourceApplicationVersion` of the exporter.
    pub application: Option<(String, String)>,
    /// Every other member but `Media`; what is said of totals is there too and is not to be trusted.
    pub rest: Map<String, Value>,
}

/// A file of a case, beside its record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CaseFile {
    /// Where the file lies, relative to the JSON, parts separated by `/`.
    pub path: String,
    /// Its name where it was found.
    pub name: Option<String>,
    /// Where it was found: folder or URL.
    pub found_at: Option<String>,
    /// When it was written there, RFC 3339.
    pub written: Option<String>,
}

/// Names of a case that are understood.
const NAMES: [&str; 5] =
    ["CaseID", "CaseNumber", "ContactOrganization", "SourceApplicationName", "SourceApplicationVersion"];

impl Case {
    /// Takes a member of the object.
    pub(super) fn take(&mut self, name: &str, value: Value) {
        let known = NAMES.iter().position(|n| n.eq_ignore_ascii_case(name));
        match (known, value) {
            (Some(0), Value::String(text)) => self.id = Some(text),
            (Some(1), Value::String(text)) => self.number = Some(text),
            (Some(2), Value::String(text)) => self.organisation = Some(text),
            (Some(3), Value::String(text)) => self.application.get_or_insert_default().0 = text,
            (Some(4), Value::String(text)) => self.application.get_or_insert_default().1 = text,
            (_, value) => _ = self.rest.insert(name.into(), value),
        }
    }

    /// The members as they are written, without media.
    pub(super) fn members(&self) -> Vec<(String, Value)> {
        let (name, version) = self.application.clone().map_or((None, None), |(n, v)| (Some(n), Some(v)));
        let values = [self.id.clone(), self.number.clone(), self.organisation.clone(), name, version];
        let known = NAMES.iter().zip(values).filter_map(|(n, v)| Some(((*n).to_owned(), Value::from(v?))));
        known.chain(self.rest.iter().map(|(n, v)| (n.clone(), v.clone()))).collect()
    }
}

/// A path of a case, safe to join to the folder of its JSON: parts separated by `/`. Refuses what is absolute, names a drive
/// or a stream, climbs, or is empty.
pub fn relative_path(text: &str) -> Result<String, Refusal> {
    let refused = |reason: &str| Refusal::new("path", "unsafe-path", format!("the path of a file {reason}"));
    let parts: Vec<&str> = text.split(['/', '\\']).collect();
    match () {
        () if text.trim().is_empty() => Err(refused("is empty")),
        () if text.len() > 1024 => Err(refused("has more than 1024 bytes")),
        () if text.starts_with(['/', '\\']) => Err(refused("is absolute")),
        () if text.contains(':') => Err(refused("names a drive or a stream")),
        () if text.chars().any(char::is_control) => Err(refused("has control characters")),
        () if parts.iter().any(|p| p.trim_matches([' ', '.']).is_empty() && !matches!(*p, "." | "")) => {
            Err(refused("leads out of its folder"))
        }
        () if parts.iter().all(|p| matches!(*p, "." | "")) => Err(refused("names no file")),
        () => Ok(parts.into_iter().filter(|p| !matches!(*p, "." | "")).collect::<Vec<_>>().join("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_6_paths_stay_below_their_json() {
        assert_eq!(relative_path(r"VIC_Files\01\.\a.jpg"), Ok("VIC_Files/01/a.jpg".into()));
        assert_eq!(relative_path("a..b.jpg"), Ok("a..b.jpg".into()));
        for bad in [
            "",
            " ",
            ".",
            "a:",
            "..\\a",
            "a/../b",
            "/etc/x",
            "\\\\host\\x",
            "C:\\x",
            "c:x",
            "a.jpg:s",
            "a/.. /b",
            "a/... ",
            "a\0b",
        ] {
            assert!(relative_path(bad).is_err(), "{bad:?}");
        }
        assert!(relative_path(&"a".repeat(1024)).is_ok() && relative_path(&"a".repeat(1025)).is_err());
    }
}
