//! Writing: a hash set, or a case with its files. UTF-8 without a mark, nothing kept but one record.
//!
//! The model has no place for some of what a record says: tombstones and records without MD5 are left out, verdicts of
//! another scheme than the file's are left out of their records, and all three are counted. The format without loss is our
//! own, [`crate::sets::jsonl`].

use super::{
    FORMAT, alternative,
    case::{Case, CaseFile},
    head::{Shape, Version, written},
};
use crate::{Totals, loose};
use base64::{Engine, engine::general_purpose::STANDARD};
use hashlists::{Content, PHOTODNA, Record};
use serde_json::Value;
use std::io::{self, Write};

/// A file in the making. [`Writer::finish`] closes it.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    version: Version,
    scheme: Option<String>,
    /// What closes the file.
    tail: &'static str,
    totals: Totals,
    /// One record, used again for the next.
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// A hash set whose verdicts are those of `scheme`, such as `US`. Its region is written as `Default`, the only one that
    /// every reader takes.
    pub fn hash_set(mut out: W, version: Version, scheme: Option<&str>) -> io::Result<Self> {
        let (name, context) = written(version, "Default", Shape::HashSet);
        write!(out, "{{\"{name}\":\"{context}\",\"value\":[")?;
        Ok(Self::new(out, version, scheme, "\n]}\n"))
    }

    /// A case, whose files' paths are relative to the JSON.
    pub fn case(mut out: W, version: Version, scheme: Option<&str>, case: &Case) -> io::Result<Self> {
        let (name, context) = written(version, scheme.unwrap_or("Default"), Shape::Cases);
        write!(out, "{{\"{name}\":\"{context}\",\"value\":[\n{{")?;
        for (name, value) in case.members() {
            write!(out, "{}:{value},", Value::from(name))?;
        }
        write!(out, "\"Media\":[")?;
        Ok(Self::new(out, version, scheme, "\n]}]}\n"))
    }

    fn new(out: W, version: Version, scheme: Option<&str>, tail: &'static str) -> Self {
        Self { out, version, scheme: scheme.map(Into::into), tail, totals: Totals::default(), line: Vec::new() }
    }

    /// One record; `file` is where its file lies, in a case.
    pub fn media(&mut self, record: &Record, file: Option<&CaseFile>) -> io::Result<()> {
        let Some(md5) = record.digests.md5.filter(|_| !record.tombstone) else {
            self.totals.left_out += 1;
            return Ok(());
        };
        let md5 = base::hex(&md5).to_uppercase();
        let category = self.category(record);
        let mut line = Line(std::mem::take(&mut self.line));
        line.0.clear();
        line.0.extend_from_slice(if self.totals.written == 0 { b"\n" } else { b",\n" });
        line.0.push(b'{');
        let running = self.totals.written + 1;
        line.member("MediaID", &Value::from(record.id.as_deref().and_then(|id| id.parse().ok()).unwrap_or(running)));
        line.member("Category", &category);
        line.text("MD5", &md5);
        self.fields(&mut line, record, &md5);
        place(&mut line, record, file, &md5);
        rest(&mut line, record, file.is_some());
        line.0.push(b'}');
        self.out.write_all(&line.0)?;
        self.line = line.0;
        self.totals.written += 1;
        Ok(())
    }

    /// The verdict, when it is of this file's scheme.
    fn category(&mut self, record: &Record) -> Value {
        let Some(category) = &record.category else {
            return record.rest.get(FORMAT, "Category").cloned().unwrap_or(Value::Null);
        };
        let same = match (&category.region, &self.scheme) {
            (Some(theirs), Some(ours)) => theirs.eq_ignore_ascii_case(ours),
            (theirs, ours) => theirs.is_none() && ours.is_none(),
        };
        match category.code.parse::<u64>() {
            Ok(code) if same => Value::from(code),
            _ => {
                self.totals.without_category += 1;
                Value::Null
            }
        }
    }

    fn fields(&self, line: &mut Line, record: &Record, md5: &str) {
        if let Some(sha1) = record.digests.sha1 {
            line.text("SHA1", &base::hex(&sha1).to_uppercase());
        }
        if let Some(size) = record.size {
            line.member("MediaSize", &Value::from(size));
        }
        let flags = [
            ("VictimIdentified", record.flags.victim_identified),
            ("OffenderIdentified", record.flags.offender_identified),
            ("IsDistributed", record.flags.distributed),
            ("IsSuspected", record.flags.suspected),
            ("SelfGenerated", record.flags.self_generated),
        ];
        for (name, flag) in flags {
            if let Some(flag) = flag {
                line.member(name, &Value::from(flag));
            }
        }
        if let Some(series) = &record.series {
            line.text("Series", series);
        }
        if !record.tags.is_empty() {
            line.text("Tags", &record.tags.join(","));
        }
        if let Some(changed) = changed(record) {
            line.text("DateUpdated", &changed);
        }
        self.alternatives(line, record, md5);
    }

    /// PhotoDNA has a member of its own in 2.0; everything else beside MD5 and SHA-1 is an alternative hash.
    fn alternatives(&self, line: &mut Line, record: &Record, md5: &str) {
        let mut all: Vec<(String, String)> = Vec::new();
        for one in &record.opaque {
            match &one.content {
                Content::Bytes(bytes) if one.name == PHOTODNA && self.version == Version::V2_0 => {
                    line.text("PhotoDNA", &STANDARD.encode(bytes));
                }
                Content::Bytes(bytes) if one.name == PHOTODNA => all.push(("PhotoDNA".into(), STANDARD.encode(bytes))),
                Content::Bytes(bytes) => all.push((one.name.clone(), STANDARD.encode(bytes))),
                Content::Reference(_) => (),
            }
        }
        all.extend(record.digests.sha256.map(|d| ("SHA256".into(), base::hex(&d).to_uppercase())));
        all.extend(record.pdq.map(|p| ("PDQ".into(), base::hex(&p.bits))));
        let kept = record.rest.get(FORMAT, alternative::NAME).and_then(Value::as_array);
        for one in kept.into_iter().flatten() {
            if let (Some(name), Some(value)) = (one["HashName"].as_str(), one["HashValue"].as_str()) {
                all.push((name.into(), value.into()));
            }
        }
        if !all.is_empty() {
            line.list(alternative::NAME, all.len(), |line, at| {
                let (name, value) = all.get(at).cloned().unwrap_or_default();
                line.text("MD5", md5);
                line.text("HashName", &name);
                line.text("HashValue", &value);
            });
        }
    }

    /// Closes the file. What was written is told.
    pub fn finish(mut self) -> io::Result<(W, Totals)> {
        self.out.write_all(self.tail.as_bytes())?;
        self.out.flush()?;
        Ok((self.out, self.totals))
    }
}

/// As the file it came from wrote it, while that is still what is known.
fn changed(record: &Record) -> Option<String> {
    let kept = record.rest.get(FORMAT, "DateUpdated").and_then(Value::as_str);
    match (kept, record.last_change) {
        (Some(text), known) if loose::time(text) == known => Some(text.into()),
        (_, known) => known.map(|t| t.to_string()),
    }
}

/// Where the file lies and was found.
fn place(line: &mut Line, record: &Record, file: Option<&CaseFile>, md5: &str) {
    if let Some(media_type) = &record.media_type {
        line.text("MimeType", media_type);
    }
    let Some(file) = file else { return };
    line.text("RelativeFilePath", &file.path.replace('/', "\\"));
    line.list("MediaFiles", 1, |line, _| {
        let last = file.path.rsplit('/').next().unwrap_or_default();
        line.text("MD5", md5);
        line.text("FileName", file.name.as_deref().unwrap_or(last));
        line.text("FilePath", file.found_at.as_deref().unwrap_or_default());
        if let Some(written) = &file.written {
            line.text("Written", written);
        }
    });
}

/// What came with the record and was not understood.
fn rest(line: &mut Line, record: &Record, has_file: bool) {
    for (name, value) in record.rest.of(FORMAT) {
        let own = matches!(name, "Category" | "DateUpdated" | alternative::NAME);
        let of_file = has_file && matches!(name, "RelativeFilePath" | "MediaFiles");
        if !own && !of_file {
            line.member(name, value);
        }
    }
}

/// JSON of one record in the making; a comma goes before every member but the first of its object.
struct Line(Vec<u8>);

impl Line {
    fn name(&mut self, name: &str) {
        if !matches!(self.0.last(), Some(b'{')) {
            self.0.push(b',');
        }
        self.raw(&Value::from(name));
        self.0.push(b':');
    }

    fn raw(&mut self, value: &Value) {
        // Writing to memory does not fail.
        _ = serde_json::to_writer(&mut self.0, value);
    }

    fn member(&mut self, name: &str, value: &Value) {
        self.name(name);
        self.raw(value);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        _ = serde_json::to_writer(&mut self.0, text);
    }

    fn list(&mut self, name: &str, count: usize, mut each: impl FnMut(&mut Self, usize)) {
        self.name(name);
        self.0.push(b'[');
        for at in 0..count {
            if at > 0 {
                self.0.push(b',');
            }
            self.0.push(b'{');
            each(self, at);
            self.0.push(b'}');
        }
        self.0.push(b']');
    }
}
