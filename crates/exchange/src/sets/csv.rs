//! Tables: CSV with any delimiter and order of columns, with or without headings.
//!
//! The state machine is `csv-core`'s; the buffers are ours, because a quote that is never closed must not collect the rest
//! of the file in memory. Cells are bytes: names in old sets are often not UTF-8, digests have to be.

use super::columns::{Column, Draft, is_formula};
use crate::{
    Done, Limits, Row, Totals,
    input::Utf8,
    row::{Flow, Sink, unreadable},
};
use base::Refusal;
use csv_core::{ReadRecordResult, Reader};
use hashlists::{Category, Record};
use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
};

/// What the caller knows of a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Between cells; guessed from the first line among `,` `;` tab and `|` when not given.
    pub delimiter: Option<u8>,
    /// What the columns mean.
    pub columns: Columns,
    /// Whose categories they are, when no column says.
    pub region: Option<String>,
    /// Name under which other columns are kept, `csv` when not given.
    pub format: Option<&'static str>,
    /// Columns without which the file is another one than was meant.
    pub required: &'static [Column],
}

/// What the columns of a table mean.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Columns {
    /// By their headings; without headings, by the length of what stands in the first row.
    #[default]
    Guess,
    /// These headings mean this (case does not matter); the others are guessed.
    Named(Vec<(String, Column)>),
    /// There are no headings; the columns are these.
    Fixed(Vec<Column>),
}

/// Reads a table. Every line but the headings is a row.
pub fn read(
    input: impl Read,
    limits: &Limits,
    settings: &Settings,
    mut each: impl FnMut(Row) -> ControlFlow<()>,
) -> Done {
    let mut sink = Sink::new(limits, &mut each);
    let flow = walk(&mut Utf8::new(input), limits, settings, &mut sink);
    sink.end(flow)
}

fn walk(input: &mut dyn Read, limits: &Limits, settings: &Settings, sink: &mut Sink<'_>) -> Flow {
    let mut cells = match Cells::new(input, limits, settings.delimiter) {
        Ok(cells) => cells,
        Err(error) => return sink.broken(1, 0, unreadable(&error)),
    };
    let mut columns = match &settings.columns {
        Columns::Fixed(columns) => Some(columns.clone()),
        Columns::Guess | Columns::Named(_) => None,
    };
    let format = settings.format.unwrap_or("csv");
    loop {
        let next = cells.next();
        let (line, offset) = (cells.line, cells.offset);
        match next {
            Err(error) => return sink.broken(line, offset, unreadable(&error)),
            Ok(None) => return ControlFlow::Continue(()),
            Ok(Some(Next::Unclosed)) => {
                let reason = "a quote opens here and is not closed before the end of the file";
                return sink.broken(line, offset, Refusal::new("file", "malformed", reason));
            }
            Ok(Some(Next::Over(rule, reason))) => sink.row(line, offset, Err(Refusal::new("record", rule, reason)))?,
            Ok(Some(Next::Row)) if columns.is_none() => match headings(&cells, settings) {
                Ok(Heading::Names(named)) => columns = Some(named),
                Ok(Heading::Cells(guessed)) => {
                    let row = record(&cells, &guessed, format, settings.region.as_deref(), sink);
                    columns = Some(guessed);
                    sink.row(line, offset, row)?;
                }
                Err(refusal) => return sink.broken(line, offset, refusal),
            },
            Ok(Some(Next::Row)) => {
                let columns = columns.as_deref().unwrap_or_default();
                let row = record(&cells, columns, format, settings.region.as_deref(), sink);
                sink.row(line, offset, row)?;
            }
        }
    }
}

/// What the first line is.
enum Heading {
    Names(Vec<Column>),
    /// No headings: it is a row already.
    Cells(Vec<Column>),
}

fn headings(cells: &Cells<'_>, settings: &Settings) -> Result<Heading, Refusal> {
    let named: &[(String, Column)] = match &settings.columns {
        Columns::Named(named) => named,
        Columns::Guess | Columns::Fixed(_) => &[],
    };
    let meaning = |cell: &[u8]| {
        let heading = String::from_utf8_lossy(cell);
        let given = named.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(heading.trim()));
        given.map_or_else(|| Column::guess(&heading), |(_, column)| column.clone())
    };
    let names: Vec<Column> = cells.iter().map(meaning).collect();
    if settings.required.iter().any(|column| !names.contains(column)) {
        return Err(Refusal::new("file", "other-format", "a heading that this list must have is missing"));
    }
    if names.iter().any(Column::finds) {
        return Ok(Heading::Names(names));
    }
    let guessed: Vec<Column> = cells.iter().map(Column::of_cell).collect();
    if guessed.iter().any(Column::finds) {
        return Ok(Heading::Cells(guessed));
    }
    let reason = "no column holds a digest or a fingerprint, say which one does";
    Err(Refusal::new("file", "no-digest-column", reason))
}

fn record(
    cells: &Cells<'_>,
    columns: &[Column],
    format: &'static str,
    region: Option<&str>,
    sink: &mut Sink<'_>,
) -> Result<Record, Refusal> {
    if let Some(refusal) = swallowed(cells) {
        return Err(refusal);
    }
    let mut draft = Draft::new(format, region);
    // Short rows leave their last columns empty; what stands beyond the columns has no meaning.
    let taken = columns.iter().zip(cells.iter()).try_for_each(|(column, cell)| draft.take(column, cell));
    sink.dropped(draft.pictures);
    taken.and_then(|()| draft.finish())
}

/// A quote that was meant otherwise takes the rows up to the next one into its cell; they would be gone without a word.
fn swallowed(cells: &Cells<'_>) -> Option<Refusal> {
    let quote = |b: u8| b == b'"';
    for cell in cells.iter().filter(|cell| cell.contains(&b'\n')) {
        let inner = cell.split(|b| *b == b'\n').skip(1);
        let parts =
            |line: &'_ [u8]| line.split(|b| *b == cells.delimiter || quote(*b)).any(|p| Column::of_cell(p).finds());
        let rows = inner.filter(|line| parts(line)).count();
        if rows > 0 {
            let reason =
                format!("a quote in it is closed lines later, {rows} rows between were not read: mend and repeat");
            return Some(Refusal::new("record", "open-quote", reason));
        }
    }
    None
}

/// Rows of cells out of a stream.
struct Cells<'a> {
    input: &'a mut dyn Read,
    machine: Reader,
    delimiter: u8,
    window: Vec<u8>,
    start: usize,
    end: usize,
    whole: bool,
    /// Cells of the row, one after the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    /// Quotes in the row.
    quotes: usize,
    line: u64,
    offset: u64,
    next: u64,
    limits: (usize, usize),
}

enum Next {
    Row,
    Over(&'static str, String),
    Unclosed,
}

const WINDOW: usize = 64 * 1024;

impl<'a> Cells<'a> {
    fn new(input: &'a mut dyn Read, limits: &Limits, delimiter: Option<u8>) -> io::Result<Self> {
        let mut cells = Self {
            input,
            machine: Reader::new(),
            delimiter: b',',
            window: vec![0; WINDOW],
            start: 0,
            end: 0,
            whole: false,
            // One more, because full is taken for too much.
            text: vec![0; 4096.min(limits.record.saturating_add(1))],
            ends: vec![0; limits.columns],
            count: 0,
            quotes: 0,
            line: 1,
            offset: 0,
            next: 0,
            limits: (limits.record, limits.columns),
        };
        // A whole line is needed to tell the delimiter, however the bytes come.
        while !cells.whole && cells.end < WINDOW && !cells.ahead().contains(&b'\n') {
            cells.fill()?;
        }
        cells.whole = false;
        cells.delimiter = delimiter.unwrap_or_else(|| guess(cells.ahead()));
        cells.machine = csv_core::ReaderBuilder::new().delimiter(cells.delimiter).build();
        Ok(cells)
    }

    fn ahead(&self) -> &[u8] {
        self.window.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads behind what is ahead; says whether that was the end.
    fn fill(&mut self) -> io::Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        let count = loop {
            match self.input.read(self.window.get_mut(self.end..).unwrap_or_default()) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
                read => break read?,
            }
        };
        self.end += count;
        self.whole = count == 0;
        Ok(())
    }

    /// The cells of the row last read.
    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut from = 0;
        self.ends.iter().take(self.count).map(move |end| {
            let cell = self.text.get(from..*end).unwrap_or_default();
            from = *end;
            cell
        })
    }

    fn next(&mut self) -> io::Result<Option<Next>> {
        let (mut length, mut over) = (0, None);
        (self.count, self.quotes) = (0, 0);
        (self.line, self.offset) = (self.machine.line(), self.next);
        loop {
            if self.start == self.end && !self.whole {
                self.fill()?;
            }
            let ahead = self.window.get(self.start..self.end).unwrap_or_default();
            let text = self.text.get_mut(length..).unwrap_or_default();
            let ends = self.ends.get_mut(self.count..).unwrap_or_default();
            let (result, read, written, ended) = self.machine.read_record(ahead, text, ends);
            let ahead = ahead.get(..read).unwrap_or_default();
            self.quotes += memchr::memchr_iter(b'"', ahead).count();
            let last = ahead.last().copied();
            self.start += read;
            self.next += read as u64;
            length += written;
            self.count += ended;
            match result {
                ReadRecordResult::InputEmpty => (),
                ReadRecordResult::OutputFull if self.text.len() <= self.limits.0 => {
                    self.text.resize((self.text.len() * 2).min(self.limits.0.saturating_add(1)), 0);
                }
                ReadRecordResult::OutputFull => {
                    over.get_or_insert(("too-large", format!("it has more than {} bytes", self.limits.0)));
                    length = 0;
                }
                ReadRecordResult::OutputEndsFull => {
                    over.get_or_insert(("too-many-columns", format!("it has more than {} columns", self.limits.1)));
                    self.count = 0;
                }
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => return Ok(Some(self.row(length, last, over))),
            }
        }
    }

    fn row(&mut self, length: usize, last: Option<u8>, over: Option<(&'static str, String)>) -> Next {
        let inside = memchr::memchr_iter(b'\n', self.text.get(..length).unwrap_or_default()).count() as u64;
        // The state machine ends a quoted cell with the file, as if its quote were closed.
        let unclosed = self.whole && last.is_none() && !self.quotes.is_multiple_of(2);
        if unclosed && (inside > 0 || over.is_some()) {
            return Next::Unclosed;
        }
        if let Some((rule, reason)) = over {
            return Next::Over(rule, reason);
        }
        // Blank lines before the row belong to no row: the line on which it begins is told from its end.
        let end = self.machine.line() - u64::from(last == Some(b'\n'));
        self.line = end.saturating_sub(inside).max(1);
        Next::Row
    }
}

/// The delimiter that stands most often in the first line, outside of quotes.
fn guess(text: &[u8]) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => (),
            byte => counts.iter_mut().filter(|(d, _)| d == byte).for_each(|(_, count)| *count += 1),
        }
    }
    // The first of the most frequent, a comma when there is none.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Writes a table of what has a column; [`crate::sets::jsonl`] is the format without loss.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    totals: Totals,
}

/// Headings of what is written, as [`Column::guess`] knows them.
const WRITTEN: [&str; 21] = [
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
