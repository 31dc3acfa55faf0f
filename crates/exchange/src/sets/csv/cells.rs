//! Rows of cells out of a stream: `csv-core`'s state machine over buffers that do not grow past a row's limit.

use crate::Limits;
use csv_core::{ReadRecordResult, Reader};
use std::io::{self, Read};

/// Rows of cells out of a stream.
pub(super) struct Cells<'a> {
    input: &'a mut dyn Read,
    machine: Reader,
    pub(super) delimiter: u8,
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
    /// Where the row last read begins.
    pub(super) line: u64,
    pub(super) offset: u64,
    next: u64,
    limits: (usize, usize),
}

/// What was found.
pub(super) enum Next {
    /// Its cells are there.
    Row,
    /// It is over a limit and was passed over: rule and reason.
    Over(&'static str, String),
    /// A quote in it is not closed before the end of the file.
    Unclosed,
}

const WINDOW: usize = 64 * 1024;

impl<'a> Cells<'a> {
    /// Reads as far as the first line, to tell the delimiter when it is not given.
    pub(super) fn new(input: &'a mut dyn Read, limits: &Limits, delimiter: Option<u8>) -> io::Result<Self> {
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
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut from = 0;
        self.ends.iter().take(self.count).map(move |end| {
            let cell = self.text.get(from..*end).unwrap_or_default();
            from = *end;
            cell
        })
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Next>> {
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
