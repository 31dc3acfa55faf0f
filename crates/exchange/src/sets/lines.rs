//! One digest a line. Taken together, because they differ by a word: a bare digest; X-Ways' text, whose first line names the
//! kind; `md5sum`'s `<digest>  <name>`; `<kind> <digest>`. Blank lines and those that begin with `#` say nothing.

use super::{
    columns::{Column, Draft},
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
pub const FORMAT: &str = "lines";

/// Which digest a line holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Which {
    /// By the first line when it is a name, else by length. 64 characters are SHA-256 then, never PDQ.
    #[default]
    ByLength,
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// PDQ.
    Pdq,
}

impl Which {
    /// By a name as files write it, `MD5` or `sha-1`.
    pub fn named(name: &[u8]) -> Option<Self> {
        match Column::guess(std::str::from_utf8(name).ok()?) {
            Column::Md5 => Some(Self::Md5),
            Column::Sha1 => Some(Self::Sha1),
            Column::Sha256 => Some(Self::Sha256),
            Column::Pdq => Some(Self::Pdq),
            _ => None,
        }
    }

    const fn column(self) -> Column {
        match self {
            Self::ByLength => Column::Digest,
            Self::Md5 => Column::Md5,
            Self::Sha1 => Column::Sha1,
            Self::Sha256 => Column::Sha256,
            Self::Pdq => Column::Pdq,
        }
    }
}

/// Reads lines of digests. Names beside them are kept.
pub fn read(input: impl Read, limits: &Limits, which: Which, mut each: impl FnMut(Row) -> ControlFlow<()>) -> Done {
    let mut sink = Sink::new(limits, &mut each);
    let flow = walk(&mut Utf8::new(input), limits, which, &mut sink);
    sink.end(flow)
}

fn walk(input: &mut dyn Read, limits: &Limits, mut which: Which, sink: &mut Sink<'_>) -> Flow {
    let mut lines = Lines::new(input, limits);
    let mut first = true;
    loop {
        let row = match lines.next() {
            Err(error) => {
                let (line, offset) = lines.place();
                return sink.broken(line, offset, unreadable(&error));
            }
            Ok(None) => return ControlFlow::Continue(()),
            Ok(Some(Line::TooLong)) => {
                let reason = format!("it has more than {} bytes", limits.record);
                Err(Refusal::new("record", "too-large", reason))
            }
            Ok(Some(Line::Text(text))) => {
                let text = text.trim_ascii();
                if text.is_empty() || text.starts_with(b"#") {
                    continue;
                }
                if let (true, Some(named)) = (std::mem::take(&mut first), Which::named(text)) {
                    which = if which == Which::ByLength { named } else { which };
                    continue;
                }
                record(text, which)
            }
        };
        let (line, offset) = lines.place();
        sink.row(line, offset, row)?;
    }
}

fn record(text: &[u8], which: Which) -> Result<Record, Refusal> {
    let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, &[]));
    let rest = rest.trim_ascii();
    let (column, digest, name) = match Which::named(word) {
        Some(named) if !rest.is_empty() => (named.column(), rest, &[][..]),
        _ => (which.column(), word, rest.strip_prefix(b"*").unwrap_or(rest)),
    };
    let mut draft = Draft::new(FORMAT, None);
    draft.take(&column, digest)?;
    draft.take(&Column::Keep("name".into()), name)?;
    draft.finish()
}

/// Writes X-Ways' text: the kind, then one digest a line, lower case. Records without that digest are left out.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    totals: Totals,
    which: Which,
}

impl<W: Write> Writer<W> {
    /// Writes the first line. By length means MD5.
    pub fn new(mut out: W, which: Which) -> io::Result<Self> {
        let name = match which {
            Which::ByLength | Which::Md5 => "MD5",
            Which::Sha1 => "SHA-1",
            Which::Sha256 => "SHA-256",
            Which::Pdq => "PDQ",
        };
        writeln!(out, "{name}")?;
        Ok(Self { out, totals: Totals::default(), which })
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let digests = &record.digests;
        let bytes = match self.which {
            Which::ByLength | Which::Md5 => digests.md5.as_ref().map(<[u8; 16]>::as_slice),
            Which::Sha1 => digests.sha1.as_ref().map(<[u8; 20]>::as_slice),
            Which::Sha256 => digests.sha256.as_ref().map(<[u8; 32]>::as_slice),
            Which::Pdq => record.pdq.as_ref().map(|p| p.bits.as_slice()),
        };
        match bytes.filter(|_| !record.tombstone) {
            Some(bytes) => {
                writeln!(self.out, "{}", base::hex(bytes))?;
                self.totals.written += 1;
            }
            None => self.totals.left_out += 1,
        }
        Ok(())
    }

    /// Nothing follows the last line.
    pub fn finish(mut self) -> io::Result<(W, Totals)> {
        self.out.flush()?;
        Ok((self.out, self.totals))
    }
}
