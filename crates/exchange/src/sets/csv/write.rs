//! Writing a table.

use crate::{Totals, sets::columns::is_formula};
use hashlists::{Category, Record};
use std::io::{self, Write};

/// Writes a table of what has a column; [`crate::sets::jsonl`] is the format without loss.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    totals: Totals,
}

/// Headings of what is written, as [`crate::sets::columns::Column::guess`] knows them.
const WRITTEN: [&str; 23] = [
    "md5",
    "sha1",
    "sha256",
    "pdq",
    "pdq_quality",
    "photodna",
    "media_type",
    "size",
    "list",
    "member",
    "member_name",
    "id",
    "region",
    "category",
    "victim_identified",
    "offender_identified",
    "distributed",
    "suspected",
    "self_generated",
    "age_group",
    "gender",
    "series",
    "tags",
];
/// The last three headings.
const WRITTEN_LAST: [&str; 3] = ["first_change", "last_change", "tombstone"];

impl<W: Write> Writer<W> {
    /// Writes the headings.
    pub fn new(mut out: W) -> io::Result<Self> {
        let headings: Vec<&str> = WRITTEN.into_iter().chain(WRITTEN_LAST).collect();
        writeln!(out, "{}\r", headings.join(","))?;
        Ok(Self { out, totals: Totals::default() })
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let cells: Vec<String> = cells_of(record).iter().map(|cell| quoted(cell)).collect();
        writeln!(self.out, "{}\r", cells.join(","))?;
        self.totals.written += 1;
        Ok(())
    }

    /// Nothing follows the last row.
    pub fn finish(mut self) -> io::Result<(W, Totals)> {
        self.out.flush()?;
        Ok((self.out, self.totals))
    }
}

fn cells_of(record: &Record) -> Vec<String> {
    let hex = |bytes: Option<&[u8]>| bytes.map(base::hex).unwrap_or_default();
    let flag = |flag: Option<bool>| flag.map(|f| f.to_string()).unwrap_or_default();
    let photodna = record.opaque.iter().find_map(|o| match &o.content {
        hashlists::Content::Bytes(bytes) if o.name == hashlists::PHOTODNA => Some(base::hex(bytes)),
        hashlists::Content::Bytes(_) | hashlists::Content::Reference(_) => None,
    });
    let Category { region, code } = record.category.clone().unwrap_or(Category { region: None, code: String::new() });
    let member = record.member.clone();
    vec![
        hex(record.digests.md5.as_ref().map(<[u8; 16]>::as_slice)),
        hex(record.digests.sha1.as_ref().map(<[u8; 20]>::as_slice)),
        hex(record.digests.sha256.as_ref().map(<[u8; 32]>::as_slice)),
        hex(record.pdq.as_ref().map(|p| p.bits.as_slice())),
        record.pdq.and_then(|p| p.quality).map(|q| q.to_string()).unwrap_or_default(),
        photodna.unwrap_or_default(),
        record.media_type.clone().unwrap_or_default(),
        record.size.map(|s| s.to_string()).unwrap_or_default(),
        record.list.clone().unwrap_or_default(),
        member.as_ref().map(|m| m.id.clone()).unwrap_or_default(),
        member.map(|m| m.name).unwrap_or_default(),
        record.id.clone().unwrap_or_default(),
        region.unwrap_or_default(),
        code,
        flag(record.flags.victim_identified),
        flag(record.flags.offender_identified),
        flag(record.flags.distributed),
        flag(record.flags.suspected),
        flag(record.flags.self_generated),
        record.age_group.map(|a| a.word().to_owned()).unwrap_or_default(),
        record.gender.map(|g| g.word().to_owned()).unwrap_or_default(),
        record.series.clone().unwrap_or_default(),
        record.tags.join(";"),
        record.first_change.map(|t| t.to_string()).unwrap_or_default(),
        record.last_change.map(|t| t.to_string()).unwrap_or_default(),
        if record.tombstone { "true".into() } else { String::new() },
    ]
}

/// In quotes where needed. What a spreadsheet would take for a formula gets an apostrophe in front (CSV injection).
fn quoted(cell: &str) -> String {
    let cell = if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', ';', '"', '\n', '\r', '\t']) || cell.trim() != cell {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}
