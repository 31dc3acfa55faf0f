//! hashdeep 1.0: two lines of heading, remarks after `##`, then rows of which the last cell is a name and may hold commas.

use super::{
    columns::{Column, Draft},
    name_of,
    text::{Line, Lines},
};
use crate::{
    Done, Limits, Row, Totals,
    input::Utf8,
    row::{Flow, Sink, unreadable},
};
use base::Refusal;
use hashlists::Record;
use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
};

/// Name before the point in [`hashlists::Rest`].
pub const FORMAT: &str = "hashdeep";
const VERSION: &[u8] = b"%%%% HASHDEEP-1.0";

/// Reads a set. Digests of other kinds are kept under their names.
pub fn read(input: impl Read, limits: &Limits, mut each: impl FnMut(Row) -> ControlFlow<()>) -> Done {
    let mut sink = Sink::new(limits, &mut each);
    let flow = walk(&mut Utf8::new(input), limits, &mut sink);
    sink.end(flow)
}

fn walk(input: &mut dyn Read, limits: &Limits, sink: &mut Sink<'_>) -> Flow {
    let mut lines = Lines::new(input, limits);
    let (mut versioned, mut columns) = (false, Vec::new());
    loop {
        let next = lines.next().map(|line| {
            line.map(|line| match line {
                Line::Text(text) => Some(text.to_vec()),
                Line::TooLong => None,
            })
        });
        let (line, offset) = lines.place();
        let refuse = |rule, reason: &str| Refusal::new("file", rule, reason);
        match next {
            Err(error) => return sink.broken(line, offset, unreadable(&error)),
            Ok(None) if columns.is_empty() => {
                return sink.broken(line, offset, refuse("malformed", "the two lines of heading are missing"));
            }
            Ok(None) => return ControlFlow::Continue(()),
            Ok(Some(None)) => {
                let reason = format!("it has more than {} bytes", limits.record);
                sink.row(line, offset, Err(Refusal::new("record", "too-large", reason)))?;
            }
            Ok(Some(Some(text))) => match text.as_slice() {
                text if !versioned => {
                    versioned = text.trim_ascii_end() == VERSION;
                    if !versioned {
                        return sink.broken(
                            line,
                            offset,
                            refuse("other-format", "it does not begin like hashdeep 1.0"),
                        );
                    }
                }
                text if columns.is_empty() => {
                    columns = headings(text, limits);
                    if !columns.iter().any(Column::finds) {
                        return sink.broken(
                            line,
                            offset,
                            refuse("no-digest-column", "its heading names no known digest"),
                        );
                    }
                }
                text if text.is_empty() || text.starts_with(b"#") || text.starts_with(b"%") => (),
                text => {
                    let row = record(text, &columns, sink);
                    sink.row(line, offset, row)?;
                }
            },
        }
    }
}

/// `%%%% size,md5,sha256,filename`
fn headings(text: &[u8], limits: &Limits) -> Vec<Column> {
    let text = String::from_utf8_lossy(text);
    let names = text.strip_prefix("%%%% ").unwrap_or_default().split(',').take(limits.columns);
    names.map(|name| Column::guess(name.trim())).collect()
}

fn record(text: &[u8], columns: &[Column], sink: &mut Sink<'_>) -> Result<Record, Refusal> {
    let mut draft = Draft::new(FORMAT, None);
    let cells: Vec<&[u8]> = text.splitn(columns.len(), |b| *b == b',').collect();
    if cells.len() < columns.len() {
        return Err(Refusal::new("record", "malformed", "the row has fewer cells than the heading"));
    }
    let taken = columns.iter().zip(cells).try_for_each(|(column, cell)| draft.take(column, cell));
    sink.dropped(draft.pictures);
    taken.and_then(|()| draft.finish())
}

/// Writes a set. It needs MD5, SHA-1 and SHA-256, or those of them that are chosen; records without are left out.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    totals: Totals,
    with: With,
}

/// Digests of a set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum With {
    /// MD5 and SHA-256, as the tool does by itself.
    Md5Sha256,
    /// MD5, SHA-1 and SHA-256.
    All,
    /// MD5 only.
    Md5,
}

impl<W: Write> Writer<W> {
    /// Writes the heading.
    pub fn new(mut out: W, with: With) -> io::Result<Self> {
        let columns = match with {
            With::Md5Sha256 => "md5,sha256",
            With::All => "md5,sha1,sha256",
            With::Md5 => "md5",
        };
        write!(out, "%%%% HASHDEEP-1.0\n%%%% size,{columns},filename\n")?;
        Ok(Self { out, totals: Totals::default(), with })
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let hex = |bytes: Option<&[u8]>| bytes.map(base::hex);
        let digests = &record.digests;
        let md5 = hex(digests.md5.as_ref().map(<[u8; 16]>::as_slice));
        let sha1 = hex(digests.sha1.as_ref().map(<[u8; 20]>::as_slice));
        let sha256 = hex(digests.sha256.as_ref().map(<[u8; 32]>::as_slice));
        let cells: Option<Vec<String>> = match self.with {
            With::Md5Sha256 => [md5, sha256].into_iter().collect(),
            With::All => [md5, sha1, sha256].into_iter().collect(),
            With::Md5 => [md5].into_iter().collect(),
        };
        let Some(cells) = cells.filter(|_| !record.tombstone) else {
            self.totals.left_out += 1;
            return Ok(());
        };
        let size = record.size.unwrap_or_default();
        writeln!(self.out, "{size},{},{}", cells.join(","), name_of(record))?;
        self.totals.written += 1;
        Ok(())
    }

    /// Nothing follows the last row.
    pub fn finish(mut self) -> io::Result<(W, Totals)> {
        self.out.flush()?;
        Ok((self.out, self.totals))
    }
}
