//! Unpacking with an eye on what comes out: never more than a ratio of what went in, never more than a file may have.

use super::damaged;
use crate::Limits;
use flate2::{
    Crc,
    bufread::{DeflateDecoder, MultiGzDecoder},
};
use std::io::{self, BufReader, Read};

/// What may come out before the ratio is looked at, in bytes.
const GRACE: u64 = 1024 * 1024;

/// Counts what is read through it.
#[derive(Debug)]
pub struct Counted<R> {
    input: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(to)?;
        self.count += count as u64;
        Ok(count)
    }
}

/// A plain file up to its limit.
pub struct Bounded<R> {
    input: Counted<R>,
    most: u64,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(input: R, limits: &Limits) -> Self {
        Self { input: Counted { input, count: 0 }, most: limits.bytes }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(to)?;
        within(self.input.count, u64::MAX, self.most, u64::MAX)?;
        Ok(count)
    }
}

/// Refuses what came out when it is too much, at all or for what went in.
fn within(out: u64, packed: u64, most: u64, ratio: u64) -> io::Result<()> {
    if out > most {
        return Err(damaged(format!("it has more than {most} bytes")));
    }
    if out > GRACE && out > packed.saturating_mul(ratio) {
        return Err(damaged(format!("more than {ratio} bytes come out of each packed one")));
    }
    Ok(())
}

/// Gzip, also of several members in a row.
pub fn gzip<R: Read>(input: R, limits: &Limits) -> impl Read + use<R> {
    let packed = BufReader::with_capacity(64 * 1024, Counted { input, count: 0 });
    Gzip { decoder: MultiGzDecoder::new(packed), out: 0, most: limits.bytes, ratio: limits.ratio }
}

struct Gzip<R> {
    decoder: MultiGzDecoder<BufReader<Counted<R>>>,
    out: u64,
    most: u64,
    ratio: u64,
}

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(to).map_err(|e| named(e, "the gzip data is damaged or cut off"))?;
        self.out += count as u64;
        within(self.out, self.decoder.get_ref().get_ref().count, self.most, self.ratio)?;
        Ok(count)
    }
}

/// A decoder's word on bad data says little to a person; errors of the device pass.
fn named(error: io::Error, reason: &str) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => damaged(reason),
        _ => error,
    }
}

/// What an archive's directory claims of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Packed, else stored.
    pub deflated: bool,
    /// Bytes in the archive.
    pub packed: u64,
    /// Bytes that come out.
    pub size: u64,
    /// CRC-32 of what comes out.
    pub crc: u32,
}

/// An archive's entry, checked against what the directory claims; a difference is an error where it shows.
pub struct Entry<R> {
    body: Body<R>,
    claim: Claim,
    crc: Crc,
    out: u64,
    ratio: u64,
    ended: bool,
}

enum Body<R> {
    Stored(io::Take<R>),
    Deflated(Box<DeflateDecoder<BufReader<io::Take<R>>>>),
}

impl<R: Read> Entry<R> {
    /// `input` stands at the entry's first packed byte.
    pub(super) fn new(input: R, claim: Claim, limits: &Limits) -> io::Result<Self> {
        within(claim.size, claim.packed, limits.bytes, limits.ratio)?;
        let packed = input.take(claim.packed);
        let body = if claim.deflated {
            Body::Deflated(Box::new(DeflateDecoder::new(BufReader::with_capacity(64 * 1024, packed))))
        } else if claim.packed == claim.size {
            Body::Stored(packed)
        } else {
            return Err(damaged("a stored entry's two sizes differ"));
        };
        Ok(Self { body, claim, crc: Crc::new(), out: 0, ratio: limits.ratio, ended: false })
    }

    /// At the end: does everything agree?
    fn check(&mut self) -> io::Result<()> {
        let packed = match &self.body {
            Body::Stored(_) => self.out,
            Body::Deflated(decoder) => decoder.total_in(),
        };
        if self.out != self.claim.size || packed != self.claim.packed {
            return Err(damaged("the archive's entry is not as long as its directory says"));
        }
        if self.crc.sum() != self.claim.crc {
            return Err(damaged("the archive's entry is damaged, its checksum differs"));
        }
        self.ended = true;
        Ok(())
    }
}

impl<R: Read> Read for Entry<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.ended || to.is_empty() {
            return Ok(0);
        }
        let (count, packed) = match &mut self.body {
            Body::Stored(input) => (input.read(to)?, self.claim.packed),
            Body::Deflated(decoder) => {
                let count = decoder.read(to).map_err(|e| named(e, "the archive's entry is damaged or cut off"))?;
                (count, decoder.total_in())
            }
        };
        self.out += count as u64;
        within(self.out, packed, self.claim.size, self.ratio)?;
        self.crc.update(to.get(..count).unwrap_or_default());
        if count == 0 {
            self.check()?;
        }
        Ok(count)
    }
}
