//! Lines out of a stream, with their place, none longer than a limit.

use crate::Limits;
use std::io::{self, BufRead, BufReader, Read};

/// A stream cut at line feeds. One line is in memory at a time.
pub struct Lines<'a> {
    input: BufReader<&'a mut dyn Read>,
    line: Vec<u8>,
    longest: usize,
    number: u64,
    /// Bytes before the line, and up to the next.
    offset: u64,
    next: u64,
}

/// One line.
pub enum Line<'a> {
    /// Without its end.
    Text(&'a [u8]),
    /// It had more bytes than a row may have, and was passed over.
    TooLong,
}

impl<'a> Lines<'a> {
    /// Nothing is read yet.
    pub fn new(input: &'a mut dyn Read, limits: &Limits) -> Self {
        let input = BufReader::with_capacity(64 * 1024, input);
        Self { input, line: Vec::new(), longest: limits.record, number: 0, offset: 0, next: 0 }
    }

    /// Number of the line last read, from 1, and bytes before it.
    pub const fn place(&self) -> (u64, u64) {
        (self.number, self.offset)
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        (self.number, self.offset) = (self.number + 1, self.next);
        // The line, its end, and one byte that tells that there was more.
        let most = self.longest as u64 + 2;
        let count = self.input.by_ref().take(most).read_until(b'\n', &mut self.line)?;
        self.next += count as u64;
        if count == 0 {
            return Ok(None);
        }
        let whole = self.line.ends_with(b"\n");
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let length = text.strip_suffix(b"\r").unwrap_or(text).len();
        if length > self.longest {
            if !whole {
                self.pass()?;
            }
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(Line::Text(self.line.get(..length).unwrap_or_default())))
    }

    fn pass(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.input.fill_buf()?;
            let end = memchr::memchr(b'\n', bytes);
            let (count, last) = (end.map_or(bytes.len(), |at| at + 1), end.is_some() || bytes.is_empty());
            self.input.consume(count);
            self.next += count as u64;
            if last {
                return Ok(());
            }
        }
    }
}
