//! The archive: ZIP with 64-bit sizes, stored, written front to back. Nothing in it is free: names, order, sizes and checksums
//! give every byte of every header, so that whoever checks can make the headers again and compare. There is no place in which
//! something could hide or be changed unseen.
//!
//! An entry is a local header without sizes, the bytes, and a descriptor with checksum and size; behind the entries stand the
//! directory and its three ends (APPNOTE 6.3.9, sections 4.3 and 4.5.3). Times are the first that the format knows.

use flate2::Crc;

/// ZIP version 4.5: 64-bit sizes.
const VERSION: u16 = 45;
/// Sizes stand behind the bytes.
const SIZES_LATER: u16 = 8;
/// 1980-01-01.
const DATE: u16 = 0x21;
const LONG: u32 = u32::MAX;

/// Bytes behind the directory.
pub const END: usize = 56 + 20 + 22;
/// Bytes of a descriptor.
pub const DESCRIPTOR: usize = 24;

/// One file of an archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its path; see [`is_plain`].
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// CRC-32 of its bytes.
    pub crc: u32,
    /// Where its local header begins.
    pub offset: u64,
}

/// Whether a name is one that packages use: 1 to 200 of a to z, 0 to 9, `.`, `-`, `_` and `/`, with no empty part and no part
/// that begins with a point.
pub fn is_plain(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_/".contains(&b);
    (1..=200).contains(&name.len())
        && name.bytes().all(letter)
        && name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
}

/// Little-endian numbers, one after the other.
struct Bytes<'a>(&'a mut Vec<u8>);

impl Bytes<'_> {
    fn text(&mut self, text: &str) -> &mut Self {
        self.0.extend_from_slice(text.as_bytes());
        self
    }
    fn two(&mut self, number: u16) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }
    fn four(&mut self, number: u32) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }
    fn eight(&mut self, number: u64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }
    /// Version, flags, method, time and date, as both headers of an entry have them.
    fn usual(&mut self) -> &mut Self {
        self.two(VERSION).two(SIZES_LATER).two(0).two(0).two(DATE)
    }
    fn length(&mut self, name: &str) -> &mut Self {
        self.two(u16::try_from(name.len()).unwrap_or(u16::MAX))
    }
}

/// The header before an entry's bytes.
pub fn local_header(name: &str, out: &mut Vec<u8>) {
    let mut to = Bytes(out);
    to.text("PK\x03\x04").usual().four(0).four(LONG).four(LONG).length(name).two(20).text(name);
    to.two(1).two(16).eight(0).eight(0);
}

/// What stands behind an entry's bytes.
pub fn descriptor(crc: u32, size: u64, out: &mut Vec<u8>) {
    Bytes(out).text("PK\x07\x08").four(crc).eight(size).eight(size);
}

/// An entry's record in the directory.
pub fn directory_record(entry: &Entry, out: &mut Vec<u8>) {
    let mut to = Bytes(out);
    to.text("PK\x01\x02").two(VERSION).usual().four(entry.crc).four(LONG).four(LONG).length(&entry.name).two(28);
    to.two(0).two(0).two(0).four(0).four(LONG).text(&entry.name);
    to.two(1).two(24).eight(entry.size).eight(entry.size).eight(entry.offset);
}

/// What stands behind the directory: how many entries it has, where it begins and how long it is.
pub fn end(entries: u64, offset: u64, size: u64, out: &mut Vec<u8>) {
    let mut to = Bytes(out);
    to.text("PK\x06\x06").eight(44).two(VERSION).two(VERSION).four(0).four(0);
    to.eight(entries).eight(entries).eight(size).eight(offset);
    to.text("PK\x06\x07").four(0).eight(offset.saturating_add(size)).four(1);
    to.text("PK\x05\x06").two(0).two(0).two(u16::MAX).two(u16::MAX).four(LONG).four(LONG).two(0);
}

/// An archive in the making. Bytes go behind what stands in the caller's buffer.
#[derive(Default)]
pub struct Writer {
    entries: Vec<Entry>,
    /// Bytes written in all.
    at: u64,
    crc: Crc,
    size: u64,
}

impl Writer {
    /// Begins an entry.
    pub fn begin(&mut self, name: &str, out: &mut Vec<u8>) {
        let before = out.len();
        local_header(name, out);
        self.entries.push(Entry { name: name.to_owned(), size: 0, crc: 0, offset: self.at });
        self.at += (out.len() - before) as u64;
        (self.crc, self.size) = (Crc::new(), 0);
    }

    /// Counts bytes of the entry, which the caller passes on as they are.
    pub fn count(&mut self, bytes: &[u8]) {
        self.crc.update(bytes);
        self.size += bytes.len() as u64;
        self.at += bytes.len() as u64;
    }

    /// Ends the entry.
    pub fn end_entry(&mut self, out: &mut Vec<u8>) {
        let (crc, size) = (self.crc.sum(), self.size);
        if let Some(entry) = self.entries.last_mut() {
            (entry.crc, entry.size) = (crc, size);
        }
        descriptor(crc, size, out);
        self.at += DESCRIPTOR as u64;
    }

    /// Ends the archive.
    pub fn finish(self, out: &mut Vec<u8>) {
        let before = out.len();
        for entry in &self.entries {
            directory_record(entry, out);
        }
        let size = (out.len() - before) as u64;
        end(self.entries.len() as u64, self.at, size, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_headers_are_what_readers_of_them_take() {
        let entry = Entry { name: "a".into(), size: 1, crc: 2, offset: 3 };
        let (mut record, mut tail, mut after) = (Vec::new(), Vec::new(), Vec::new());
        directory_record(&entry, &mut record);
        end(1, 2, 3, &mut tail);
        descriptor(1, 2, &mut after);
        assert_eq!((record.len(), tail.len(), after.len()), (46 + 28 + 1, END, DESCRIPTOR));
    }

    #[test]
    fn in_6_only_plain_names_are_names() {
        for good in ["manifest.json", "media/00ff", "captures/0192-a.warc.gz"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in
            ["", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a/.b", "A", "a\\b", "a b", "ä", "a\0", &"a".repeat(201)]
        {
            assert!(!is_plain(bad), "{bad:?}");
        }
    }
}
