//! Tables: CSV with any delimiter and order of columns, with or without headings.
//!
//! The state machine is `csv-core`'s; the buffers are ours, because a quote that is never closed must not collect the rest
//! of the file in memory. Cells are bytes: names in old sets are often not UTF-8, digests have to be.

mod cells;
mod write;

pub use write::Writer;

use super::columns::{Column, Draft};
use crate::{
    Done, Limits, Row,
    input::Utf8,
    row::{Flow, Sink, unreadable},
};
use base::Refusal;
use cells::{Cells, Next};
use hashlists::Record;
use std::{io::Read, ops::ControlFlow};

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
