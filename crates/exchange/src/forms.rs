//! The forms a hash list comes in and goes out as, by one word each, for doors that let the caller choose.

use crate::{
    Done, Limits, Row, icse,
    sets::{csv, hashdeep, jsonl, lines, nsrl},
    vics,
};
use base::Refusal;
use hashlists::Record;
use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
    str::FromStr,
};

/// A form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Project VIC JSON; 2.0 when written.
    Vics,
    /// A table with headings.
    Csv,
    /// JSON Lines of our own, without loss.
    Jsonl,
    /// One digest a line.
    Text,
    /// hashdeep 1.0.
    Hashdeep,
    /// NSRL RDS 2.x.
    Nsrl,
    /// INTERPOL's list as a table; only read.
    Icse,
}

impl Form {
    /// Every form, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Vics, Self::Csv, Self::Jsonl, Self::Text, Self::Hashdeep, Self::Nsrl, Self::Icse];

    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Vics => "vics",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Text => "text",
            Self::Hashdeep => "hashdeep",
            Self::Nsrl => "nsrl",
            Self::Icse => "icse",
        }
    }

    /// Whether lists are written in it.
    pub const fn is_written(self) -> bool {
        !matches!(self, Self::Icse)
    }

    /// Media type of a file of this form.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Vics => "application/json",
            Self::Csv | Self::Icse => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
            Self::Text | Self::Hashdeep | Self::Nsrl => "text/plain; charset=utf-8",
        }
    }

    /// End of the name of a file of this form.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Vics => "json",
            Self::Csv | Self::Icse => "csv",
            Self::Jsonl => "jsonl",
            Self::Text | Self::Hashdeep | Self::Nsrl => "txt",
        }
    }

    /// Reads text of this form. `region`: whose categories they are, when the file does not say.
    pub fn read(
        self,
        input: impl Read,
        limits: &Limits,
        region: Option<&str>,
        each: impl FnMut(Row) -> ControlFlow<()>,
    ) -> Done {
        let region = region.map(str::to_owned);
        match self {
            Self::Vics => vics::read(input, limits, &vics::Options { region, ..vics::Options::default() }, each).done,
            Self::Csv => csv::read(input, limits, &csv::Settings { region, ..csv::Settings::default() }, each),
            Self::Jsonl => jsonl::read(input, limits, each),
            Self::Text => lines::read(input, limits, lines::Which::ByLength, each),
            Self::Hashdeep => hashdeep::read(input, limits, each),
            Self::Nsrl => nsrl::read(input, limits, each),
            Self::Icse => icse::read(input, limits, each),
        }
    }
}

impl FromStr for Form {
    type Err = Refusal;

    fn from_str(word: &str) -> Result<Self, Refusal> {
        Self::ALL.into_iter().find(|form| form.word() == word).ok_or_else(|| {
            let known = Self::ALL.map(Self::word).join(", ");
            let word: String = word.chars().take(40).collect();
            Refusal::new("format", "unknown-format", format!("`{word}` is not one of {known}"))
        })
    }
}

/// A file in the making, of any form that is written. [`Writer::finish`] closes it.
#[derive(Debug)]
pub enum Writer<W> {
    /// Project VIC JSON.
    Vics(vics::Writer<W>),
    /// A table.
    Csv(csv::Writer<W>),
    /// Our own.
    Jsonl(jsonl::Writer<W>),
    /// One digest a line.
    Text(lines::Writer<W>),
    /// hashdeep.
    Hashdeep(hashdeep::Writer<W>),
    /// NSRL.
    Nsrl(nsrl::Writer<W>),
}

impl<W: Write> Writer<W> {
    /// Begins a file. `scheme`: whose categories are written, where the form has one scheme for all.
    pub fn new(out: W, form: Form, scheme: Option<&str>) -> io::Result<Self> {
        Ok(match form {
            Form::Vics => Self::Vics(vics::Writer::hash_set(out, vics::Version::V2_0, scheme)?),
            Form::Csv => Self::Csv(csv::Writer::new(out)?),
            Form::Jsonl => Self::Jsonl(jsonl::Writer::new(out)?),
            Form::Text => Self::Text(lines::Writer::new(out, lines::Which::Md5)?),
            Form::Hashdeep => Self::Hashdeep(hashdeep::Writer::new(out, hashdeep::With::All)?),
            Form::Nsrl => Self::Nsrl(nsrl::Writer::new(out)?),
            Form::Icse => return Err(io::Error::new(io::ErrorKind::Unsupported, "this form is only read")),
        })
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        match self {
            Self::Vics(out) => out.media(record, None),
            Self::Csv(out) => out.record(record),
            Self::Jsonl(out) => out.record(record),
            Self::Text(out) => out.record(record),
            Self::Hashdeep(out) => out.record(record),
            Self::Nsrl(out) => out.record(record),
        }
    }

    /// Closes the file; how many records were written.
    pub fn finish(self) -> io::Result<u64> {
        Ok(match self {
            Self::Vics(out) => out.finish()?.1.written,
            Self::Csv(out) => out.finish()?.1.written,
            Self::Jsonl(out) => out.finish()?.1.written,
            Self::Text(out) => out.finish()?.1.written,
            Self::Hashdeep(out) => out.finish()?.1.written,
            Self::Nsrl(out) => out.finish()?.1.written,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hashlists::Digests;

    #[test]
    fn every_form_is_found_by_its_word_and_reads_what_it_writes() {
        assert_eq!("word".parse::<Form>().map_err(|r| (r.field, r.rule)), Err(("format", "unknown-format")));
        let digests = Digests { md5: Some([1; 16]), sha1: Some([2; 20]), sha256: Some([3; 32]) };
        let record = Record { digests, id: Some("7".into()), size: Some(9), ..Record::default() };
        for form in Form::ALL {
            assert_eq!(form.word().parse(), Ok(form));
            if !form.is_written() {
                continue;
            }
            let mut out = Vec::new();
            let mut writer = Writer::new(&mut out, form, None).expect("begins");
            writer.record(&record).expect("writes");
            assert_eq!(writer.finish().expect("ends"), 1, "{form:?}");
            let mut read = Vec::new();
            let done = form.read(out.as_slice(), &Limits::default(), None, |row| {
                read.push(row.content);
                ControlFlow::Continue(())
            });
            assert!(done.is_clean(), "{form:?}: {done:?}");
            assert_eq!(read.len(), 1, "{form:?}");
            assert_eq!(read[0].as_ref().map(|r| r.digests.md5), Ok(Some([1; 16])), "{form:?}");
        }
    }
}
