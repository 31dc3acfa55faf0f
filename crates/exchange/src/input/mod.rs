//! What a file is wrapped in: nothing, gzip or zip; UTF-8 or UTF-16. Readers behind it see UTF-8 without a mark.
//!
//! An archive's names are compared, never used as paths. What a wrapping claims is checked before it is believed, and what
//! comes out is counted: a bomb ends after [`Limits::ratio`] times what went in.

mod encoding;
mod inflate;
mod watched;
mod zip;

pub use encoding::Utf8;
pub use watched::Watched;
pub use zip::Pick;

use crate::Limits;
use base::Refusal;
use std::{
    fs::File,
    io::{self, BufReader, Chain, Cursor, Read, Seek, SeekFrom},
};

/// First bytes of a gzip member.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// First bytes of a zip archive, also of an empty one.
const ZIP: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

/// A stream's text: plain or gzip, any of the known encodings. A zip's directory stands at its end, so it is refused here
/// and read by [`open_file`] and [`open_spooled`].
pub fn open<'a>(input: impl Read + 'a, limits: &Limits) -> Result<Box<dyn Read + 'a>, Refusal> {
    let (start, input) = peeked(input)?;
    match () {
        () if ZIP.iter().any(|z| start.starts_with(z)) => Err(Refusal::new(
            "file",
            "zip-as-stream",
            "a zip archive cannot be read as a stream, save it to a file first",
        )),
        () if start.starts_with(GZIP) => Ok(Box::new(Utf8::new(inflate::gzip(input, limits)))),
        () => Ok(Box::new(Utf8::new(inflate::Bounded::new(input, limits)))),
    }
}

/// A stream's text, zip archives too: one is written to the file that `spool` gives, up to [`Limits::archive`], and read
/// from there. Nothing else is.
pub fn open_spooled<'a>(
    input: impl Read + 'a,
    spool: impl FnOnce() -> io::Result<File>,
    pick: Pick<'_>,
    limits: &Limits,
) -> Result<Box<dyn Read + 'a>, Refusal> {
    let (start, input) = peeked(input)?;
    if !ZIP.iter().any(|z| start.starts_with(z)) {
        return open(input, limits);
    }
    let mut archive = input.take(limits.archive.saturating_add(1));
    let kept = spool().and_then(|mut file| {
        let written = io::copy(&mut archive, &mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok((file, written))
    });
    let (file, written) = kept.map_err(|e| crate::row::unreadable(&e))?;
    if written > limits.archive {
        let reason = format!("the archive has more than {} bytes, unpack it first", limits.archive);
        return Err(Refusal::new("file", "too-large", reason));
    }
    open_file(file, pick, limits)
}

/// A file's text: plain, gzip or zip, of which `pick` says which entry.
pub fn open_file<'a>(
    mut file: impl Read + Seek + 'a,
    pick: Pick<'_>,
    limits: &Limits,
) -> Result<Box<dyn Read + 'a>, Refusal> {
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(|e| crate::row::unreadable(&e))?;
    file.seek(SeekFrom::Start(0)).map_err(|e| crate::row::unreadable(&e))?;
    if ZIP.iter().any(|z| start.starts_with(z)) {
        return Ok(Box::new(Utf8::new(zip::entry(file, pick, limits)?)));
    }
    open(file, limits)
}

/// An input whose first bytes were looked at.
type Peeked<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

/// The first four bytes, and the input with them still in front.
fn peeked<R: Read>(mut input: R) -> Result<(Vec<u8>, Peeked<R>), Refusal> {
    let mut start = Vec::new();
    input.by_ref().take(4).read_to_end(&mut start).map_err(|e| crate::row::unreadable(&e))?;
    Ok((start.clone(), BufReader::with_capacity(64 * 1024, Cursor::new(start).chain(input))))
}

/// Data that is not what its wrapping says.
fn damaged(reason: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason.into())
}
