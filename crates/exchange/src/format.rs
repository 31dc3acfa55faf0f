//! Every form of a list behind one word, for commands and interfaces that are told which one it is.

use crate::{
    Done, Limits, Row, Totals, icse,
    sets::{csv, hashdeep, jsonl, lines, nsrl},
    vics,
};
use base::Refusal;
use hashlists::Record;
use std::{
    fmt,
    io::{self, Read, Write},
    ops::ControlFlow,
    str::FromStr,
};

/// A form of a list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// Our own JSON Lines, the only one without loss.
    Jsonl,
    /// Project VIC's JSON.
    Vics,
    /// A table.
    Csv,
    /// One digest a line; X-Ways' text, `md5sum`'s.
    Text,
    /// The reference data set's text.
    Nsrl,
    /// hashdeep.
    Hashdeep,
    /// INTERPOL's table. Read only.
    Icse,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 7] = [Self::Jsonl, Self::Vics, Self::Csv, Self::Text, Self::Nsrl, Self::Hashdeep, Self::Icse];

    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Vics => "vics",
            Self::Csv => "csv",
            Self::Text => "text",
            Self::Nsrl => "nsrl",
            Self::Hashdeep => "hashdeep",
            Self::Icse => "icse",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Format {
    type Err = Refusal;
    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL.into_iter().find(|f| f.word() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::word).join(", ");
            Refusal::new("format", "unknown-format", format!("the format is none of {known}"))
        })
    }
}

/// What whoever imports knows and the file may not say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// Whose categories they are.
    pub region: Option<String>,
    /// What the columns of a table mean.
    pub columns: csv::Columns,
    /// Between the cells of a table.
    pub delimiter: Option<u8>,
    /// Which digest a line holds.
    pub which: lines::Which,
    /// Whether the files are looked for or known to be harmless.
    pub purpose: vics::Purpose,
}

/// Reads a list of a form. See the reader of each.
pub fn read(
    format: Format,
    input: impl Read,
    limits: &Limits,
    told: &Told,
    each: impl FnMut(Row) -> ControlFlow<()>,
) -> Done {
    match format {
        Format::Jsonl => jsonl::read(input, limits, each),
        Format::Vics => {
            let options = vics::Options { region: told.region.clone(), purpose: told.purpose };
            vics::read(input, limits, &options, each).done
        }
        Format::Csv => {
            let settings = csv::Settings {
                delimiter: told.delimiter,
                columns: told.columns.clone(),
                region: told.region.clone(),
                ..csv::Settings::default()
            };
            csv::read(input, limits, &settings, each)
        }
        Format::Text => lines::read(input, limits, told.which, each),
        Format::Nsrl => nsrl::read(input, limits, each),
        Format::Hashdeep => hashdeep::read(input, limits, each),
        Format::Icse => icse::read(input, limits, each),
    }
}

/// A list being written.
#[derive(Debug)]
pub enum Writer<W> {
    /// See [`jsonl::Writer`].
    Jsonl(jsonl::Writer<W>),
    /// See [`vics::Writer`].
    Vics(Box<vics::Writer<W>>),
    /// See [`csv::Writer`].
    Csv(csv::Writer<W>),
    /// See [`lines::Writer`].
    Text(lines::Writer<W>),
    /// See [`nsrl::Writer`].
    Nsrl(nsrl::Writer<W>),
    /// See [`hashdeep::Writer`].
    Hashdeep(hashdeep::Writer<W>),
}

impl<W: Write> Writer<W> {
    /// Writes the beginning: VICS as a hash set of 2.0 whose verdicts are the region's, text of the digest told (MD5 when
    /// none is), hashdeep with MD5 and SHA-256. INTERPOL's table is not written (`Unsupported`).
    pub fn new(format: Format, out: W, told: &Told) -> io::Result<Self> {
        Ok(match format {
            Format::Jsonl => Self::Jsonl(jsonl::Writer::new(out)?),
            Format::Vics => {
                let region = told.region.as_deref();
                Self::Vics(Box::new(vics::Writer::hash_set(out, vics::Version::V2_0, region)?))
            }
            Format::Csv => Self::Csv(csv::Writer::new(out)?),
            Format::Text => Self::Text(lines::Writer::new(out, told.which)?),
            Format::Nsrl => Self::Nsrl(nsrl::Writer::new(out)?),
            Format::Hashdeep => Self::Hashdeep(hashdeep::Writer::new(out, hashdeep::With::Md5Sha256)?),
            Format::Icse => {
                return Err(io::Error::new(io::ErrorKind::Unsupported, "INTERPOL's table is read, not written"));
            }
        })
    }

    /// Writes a record.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        match self {
            Self::Jsonl(writer) => writer.record(record),
            Self::Vics(writer) => writer.media(record, None),
            Self::Csv(writer) => writer.record(record),
            Self::Text(writer) => writer.record(record),
            Self::Nsrl(writer) => writer.record(record),
            Self::Hashdeep(writer) => writer.record(record),
        }
    }

    /// Writes the end.
    pub fn finish(self) -> io::Result<(W, Totals)> {
        match self {
            Self::Jsonl(writer) => writer.finish(),
            Self::Vics(writer) => writer.finish(),
            Self::Csv(writer) => writer.finish(),
            Self::Text(writer) => writer.finish(),
            Self::Nsrl(writer) => writer.finish(),
            Self::Hashdeep(writer) => writer.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hashlists::Digests;

    #[test]
    fn every_form_is_known_by_its_word_and_reads_what_it_writes() {
        let digests = Digests { md5: Some([1; 16]), sha1: Some([2; 20]), sha256: Some([3; 32]) };
        let record = Record { digests, id: Some("7".into()), ..Record::default() };
        for format in Format::ALL {
            assert_eq!(format.word().parse(), Ok(format));
            let told = Told::default();
            let Ok(mut writer) = Writer::new(format, Vec::new(), &told) else {
                assert_eq!(format, Format::Icse);
                continue;
            };
            writer.record(&record).unwrap();
            let (bytes, totals) = writer.finish().unwrap();
            assert_eq!(totals, Totals { written: 1, ..Totals::default() }, "{format}");
            let mut rows = Vec::new();
            let done = read(format, &bytes[..], &Limits::default(), &told, |row| {
                rows.push(row.content.unwrap());
                ControlFlow::Continue(())
            });
            assert!(done.is_clean() && rows[0].digests.md5 == Some([1; 16]), "{format}");
        }
        assert!("xml".parse::<Format>().is_err());
    }
}
