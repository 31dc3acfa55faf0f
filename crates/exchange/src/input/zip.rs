//! Zip archives, as narrow as hash lists need them: one entry, stored or deflated, found by the directory at the end.
//!
//! Written here rather than taken from a package, because the directory must not be walked before its claims are judged
//! (ten million entries, lying sizes), and because two readers that disagree on where the directory is are a way in.
//! Anything unusual is refused: data before or between, two directories, links, names that climb, encryption, doubles.

use super::inflate::{Claim, Entry};
use crate::{Limits, row::unreadable};
use base::Refusal;
use std::{
    collections::BTreeSet,
    io::{self, Read, Seek, SeekFrom},
};

/// Which entry of an archive is the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick<'a> {
    /// The only one; more than one is refused.
    Only,
    /// The one of this name, folders before it left out.
    Named(&'a str),
}

/// Bytes of the record that ends an archive, without its comment.
const END: usize = 22;
/// Bytes of a directory record before its names.
const DIRECTORY: usize = 46;
/// A directory longer than this is refused, in bytes.
const LONGEST_DIRECTORY: u64 = 16 * 1024 * 1024;

/// The picked entry's bytes.
pub fn entry<R: Read + Seek>(mut file: R, pick: Pick<'_>, limits: &Limits) -> Result<Entry<R>, Refusal> {
    let directory = find_directory(&mut file)?;
    if directory.entries > limits.entries {
        let reason = format!("the archive has {} entries, at most {} are read", directory.entries, limits.entries);
        return Err(Refusal::new("file", "too-many-entries", reason));
    }
    let chosen = choose(&walk(&mut file, &directory)?, pick)?;
    begin(&mut file, &chosen)?;
    Entry::new(file, chosen.claim, limits).map_err(|e| unreadable(&e))
}

/// Where an archive's directory is said to be.
#[derive(Debug)]
struct Directory {
    entries: u64,
    offset: u64,
    size: u64,
}

/// One file in the archive.
#[derive(Clone, Debug)]
struct Listed {
    name: Vec<u8>,
    flags: u16,
    claim: Claim,
    offset: u64,
}

fn refused(reason: impl Into<String>) -> Refusal {
    Refusal::new("file", "archive", format!("the archive is refused: {}", reason.into()))
}

fn at<R: Read + Seek>(file: &mut R, offset: u64, length: u64) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut read = |bytes: &mut Vec<u8>| -> io::Result<()> {
        file.seek(SeekFrom::Start(offset))?;
        file.take(length).read_to_end(bytes).map(drop)
    };
    read(&mut bytes).map_err(|e| unreadable(&e))?;
    if (bytes.len() as u64) < length { Err(refused("it is cut off")) } else { Ok(bytes) }
}

/// Little-endian number of 2, 4 or 8 bytes at a place.
fn number(bytes: &[u8], from: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(from..from.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |sum, b| sum << 8 | u64::from(*b)))
}

fn find_directory<R: Read + Seek>(file: &mut R) -> Result<Directory, Refusal> {
    let length = file.seek(SeekFrom::End(0)).map_err(|e| unreadable(&e))?;
    let tail = length.min((END + usize::from(u16::MAX)) as u64);
    let bytes = at(file, length - tail, tail)?;
    // The record counts only where its comment reaches exactly to the end of the file.
    let fits = |from: &usize| {
        let end = bytes.get(*from..).unwrap_or_default();
        end.starts_with(b"PK\x05\x06")
            && number(end, 20, 2).is_some_and(|comment| comment == (end.len() - END.min(end.len())) as u64)
    };
    let mut found = (0..bytes.len().saturating_sub(END - 1)).filter(fits);
    let (Some(from), None) = (found.next(), found.next()) else {
        return Err(refused("its end is not there or not clear"));
    };
    let end = bytes.get(from..).unwrap_or_default();
    let value = |from, length| number(end, from, length).unwrap_or_default();
    let position = length - tail + from as u64;
    if value(4, 2) != 0 || value(6, 2) != 0 || value(8, 2) != value(10, 2) {
        return Err(refused("it is one of several parts"));
    }
    let short = Directory { entries: value(10, 2), size: value(12, 4), offset: value(16, 4) };
    let (directory, ends_at) = if short.entries == 0xffff || short.size == 0xffff_ffff || short.offset == 0xffff_ffff {
        find_long(file, position)?
    } else {
        (short, position)
    };
    if directory.offset.checked_add(directory.size) != Some(ends_at) {
        return Err(refused("its directory is not where it should be"));
    }
    Ok(directory)
}

/// The record of 64-bit archives, which stands before the short one.
fn find_long<R: Read + Seek>(file: &mut R, position: u64) -> Result<(Directory, u64), Refusal> {
    let missing = || refused("its 64-bit end is not there");
    let locator = at(file, position.checked_sub(20).ok_or_else(missing)?, 20)?;
    let start = number(&locator, 8, 8).filter(|_| locator.starts_with(b"PK\x06\x07")).ok_or_else(missing)?;
    if start.checked_add(56 + 20) != Some(position) {
        return Err(missing());
    }
    let long = at(file, start, 56)?;
    let value = |from| number(&long, from, 8).unwrap_or_default();
    if !long.starts_with(b"PK\x06\x06") || value(24) != value(32) {
        return Err(missing());
    }
    Ok((Directory { entries: value(32), size: value(40), offset: value(48) }, start))
}

/// Every file of the directory; folders are left out, anything dangerous refuses the archive.
fn walk<R: Read + Seek>(file: &mut R, directory: &Directory) -> Result<Vec<Listed>, Refusal> {
    if directory.size > LONGEST_DIRECTORY {
        return Err(refused("its directory is too long"));
    }
    let bytes = at(file, directory.offset, directory.size)?;
    let (mut from, mut files, mut names) = (0, Vec::new(), BTreeSet::new());
    for _ in 0..directory.entries {
        let (length, listed) = listed(bytes.get(from..).unwrap_or_default())?;
        from += length;
        if !names.insert(listed.name.clone()) {
            return Err(refused("two entries have the same name"));
        }
        let name = &listed.name;
        if !name.ends_with(b"/") && !name.starts_with(b"__MACOSX/") && !name.ends_with(b".DS_Store") {
            files.push(listed);
        }
    }
    if from != bytes.len() { Err(refused("its directory has more than it counts")) } else { Ok(files) }
}

fn listed(record: &[u8]) -> Result<(usize, Listed), Refusal> {
    let value = |from, length| number(record, from, length).ok_or_else(|| refused("its directory is cut off"));
    if !record.starts_with(b"PK\x01\x02") {
        return Err(refused("its directory is damaged"));
    }
    let [name, extra, comment] =
        [value(28, 2)?, value(30, 2)?, value(32, 2)?].map(|l| usize::try_from(l).unwrap_or(usize::MAX));
    let method = value(10, 2)?;
    let part = |from: usize, length: usize| record.get(from..from + length).ok_or_else(|| refused("it is cut off"));
    let mut claim = Claim {
        deflated: method == 8,
        crc: u32::try_from(value(16, 4)?).unwrap_or_default(),
        packed: value(20, 4)?,
        size: value(24, 4)?,
    };
    let mut offset = value(42, 4)?;
    widen(part(DIRECTORY + name, extra)?, [&mut claim.size, &mut claim.packed, &mut offset])?;
    let listed = Listed {
        name: part(DIRECTORY, name)?.to_vec(),
        flags: u16::try_from(value(8, 2)?).unwrap_or_default(),
        claim,
        offset,
    };
    let unix_link = value(38, 4)? >> 28 == 0xa;
    match () {
        () if unix_link => Err(refused("it has a link")),
        () if climbs(&listed.name) => Err(refused("a name in it leads out of it")),
        () if method != 0 && method != 8 => Err(refused("it is packed in a way other than deflate")),
        () => Ok((DIRECTORY + name + extra + comment, listed)),
    }
}

/// 64-bit numbers stand in the extra field, in this order, for each that is all ones.
fn widen(mut extra: &[u8], fields: [&mut u64; 3]) -> Result<(), Refusal> {
    let mut wide: &[u8] = &[];
    while let (Some(id), Some(length)) = (number(extra, 0, 2), number(extra, 2, 2)) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let body = extra.get(4..4 + length).ok_or_else(|| refused("an extra field is cut off"))?;
        if id == 1 {
            wide = body;
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
    for field in fields.into_iter().filter(|f| **f == 0xffff_ffff) {
        *field = number(wide, 0, 8).ok_or_else(|| refused("a 64-bit size is missing"))?;
        wide = wide.get(8..).unwrap_or_default();
    }
    Ok(())
}

/// Absolute, with a drive, with a zero, or with a step up.
fn climbs(name: &[u8]) -> bool {
    let up = name.split(|b| matches!(b, b'/' | b'\\')).any(|part| part == b"..");
    up || matches!(name, [b'/' | b'\\', ..] | [_, b':', ..]) || name.contains(&0) || name.is_empty()
}

fn choose(files: &[Listed], pick: Pick<'_>) -> Result<Listed, Refusal> {
    let last = |l: &&Listed| l.name.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or_default().to_vec();
    let mut fitting = files.iter().filter(|l| match pick {
        Pick::Only => true,
        Pick::Named(name) => l.name == name.as_bytes() || last(l) == name.as_bytes(),
    });
    let chosen = match (fitting.next(), fitting.next()) {
        (Some(one), None) => one.clone(),
        (None, _) => return Err(refused("the list is not in it")),
        (Some(_), Some(_)) => return Err(refused("it holds several files, name the one to read")),
    };
    if chosen.flags & 1 != 0 { Err(refused("it is encrypted, decrypt it first")) } else { Ok(chosen) }
}

/// Goes to the entry's first byte; its own header has to say what the directory says.
fn begin<R: Read + Seek>(file: &mut R, listed: &Listed) -> Result<(), Refusal> {
    let header = at(file, listed.offset, 30)?;
    let value = |from, length| number(&header, from, length).unwrap_or_default();
    let name = at(file, listed.offset.saturating_add(30), value(26, 2))?;
    let known_later = listed.flags & 8 != 0;
    let same = |here: u64, there: u64| here == there || here == 0xffff_ffff || (known_later && here == 0);
    let agrees = header.starts_with(b"PK\x03\x04")
        && name == listed.name
        && (value(8, 2) == 8) == listed.claim.deflated
        && same(value(18, 4), listed.claim.packed)
        && same(value(22, 4), listed.claim.size);
    if !agrees {
        return Err(refused("an entry's header and the directory differ"));
    }
    let start = listed.offset.saturating_add(30 + value(26, 2) + value(28, 2));
    file.seek(SeekFrom::Start(start)).map(drop).map_err(|e| unreadable(&e))
}
