//! The reference data set's text form, RDS 2.x `NSRLFile.txt`: a table in quotes with fixed headings.
//!
//! NIST's own data are known *harmless* files; what the list is for is said by whoever imports it. Other publishers write
//! notable files in this form because every forensic tool reads it.

use super::{csv, name_of};
use crate::{Done, Limits, Row, Totals};
use hashlists::Record;
use std::{
    io::{self, Read, Write},
    ops::ControlFlow,
};

/// Name before the point in [`hashlists::Rest`].
pub const FORMAT: &str = "nsrl";

/// Reads a set of this form. Columns that are no field of ours are kept.
pub fn read(input: impl Read, limits: &Limits, each: impl FnMut(Row) -> ControlFlow<()>) -> Done {
    let settings = csv::Settings { delimiter: Some(b','), format: Some(FORMAT), ..csv::Settings::default() };
    csv::read(input, limits, &settings, each)
}

/// Writes a set of this form. It needs MD5 and SHA-1; records without one are left out and counted.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    totals: Totals,
}

impl<W: Write> Writer<W> {
    /// Writes the headings.
    pub fn new(mut out: W) -> io::Result<Self> {
        let headings = r#""SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode""#;
        writeln!(out, "{headings}\r")?;
        Ok(Self { out, totals: Totals::default() })
    }

    /// Writes a record. The checksum of old is not known and is zero.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let (Some(md5), Some(sha1), false) = (record.digests.md5, record.digests.sha1, record.tombstone) else {
            self.totals.left_out += 1;
            return Ok(());
        };
        let (sha1, md5) = (base::hex(&sha1).to_uppercase(), base::hex(&md5).to_uppercase());
        let (name, size) = (name_of(record), record.size.unwrap_or_default());
        writeln!(self.out, "\"{sha1}\",\"{md5}\",\"00000000\",\"{name}\",{size},0,\"0\",\"\"\r")?;
        self.totals.written += 1;
        Ok(())
    }

    /// Nothing follows the last row.
    pub fn finish(mut self) -> io::Result<(W, Totals)> {
        self.out.flush()?;
        Ok((self.out, self.totals))
    }
}
