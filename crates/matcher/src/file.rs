//! One buffer that is the index in memory and, with its first page filled in, the snapshot on disk.
//!
//! Page 0 is the header: 512 little-endian words of 64 bits.
//!
//! | words | what |
//! |---|---|
//! | 0 | magic `lens.idx` |
//! | 1, 2 | format, kind of index |
//! | 3 | length of the file in bytes |
//! | 4-19 | numbers of the kind (counts, widths) |
//! | 20-27 | 64 bytes of the caller |
//! | 28-75 | 16 sections: offset, length in bytes, CRC-32 |
//! | 511 | CRC-32 of the 4,088 bytes before |
//!
//! Sections follow in order, each at a multiple of 64.

use crate::{
    error::{Error, Result},
    map::Buffer,
};
use memmap2::MmapMut;
use std::{
    fs::{self, File},
    io::{Read, Write},
    path::Path,
};

/// `lens.idx`, read as a little-endian number.
const MAGIC: u64 = u64::from_le_bytes(*b"lens.idx");
/// Format written and read here.
const FORMAT: u64 = 1;
/// Bytes before the first section.
const HEADER: usize = 4096;
/// Numbers of the kind.
pub(crate) const FIELDS: usize = 16;
/// Sections a file may have.
const SECTIONS: usize = 16;

/// Bytes a caller may keep in a snapshot: where its feed stood, which data it holds.
pub type Mark = [u8; 64];

/// What a snapshot is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Hashes of 256 bits.
    Near = 1,
    /// Keys of 16 bytes.
    Exact = 2,
}

/// Where a section lies.
#[derive(Clone, Copy, Default, Debug)]
struct Section {
    offset: usize,
    len: usize,
}

/// The buffer of a built or opened index.
#[derive(Debug)]
pub(crate) struct Parts {
    buffer: Buffer,
    kind: Kind,
    pub fields: [u64; FIELDS],
    sections: [Section; SECTIONS],
}

/// A buffer being filled.
pub(crate) struct Draft {
    memory: MmapMut,
    sections: [Section; SECTIONS],
}

impl Draft {
    /// Zeroed sections of these lengths in bytes.
    pub fn new(lens: &[usize]) -> Result<Self> {
        let mut sections = [Section::default(); SECTIONS];
        let mut offset = HEADER;
        for (section, len) in sections.iter_mut().zip(lens) {
            *section = Section { offset, len: *len };
            offset += len.next_multiple_of(64);
        }
        Ok(Self { memory: Buffer::zeroed(offset)?, sections })
    }

    /// All sections at once, to be written by several threads.
    pub fn sections(&mut self) -> [&mut [u8]; SECTIONS] {
        let mut rest = self.memory.get_mut(HEADER..).unwrap_or_default();
        self.sections.map(|section| {
            let (this, after) =
                std::mem::take(&mut rest).split_at_mut_checked(section.len.next_multiple_of(64)).unwrap_or_default();
            rest = after;
            this.get_mut(..section.len).unwrap_or_default()
        })
    }

    pub fn done(self, kind: Kind, fields: [u64; FIELDS]) -> Parts {
        Parts { buffer: Buffer::Built(self.memory), kind, fields, sections: self.sections }
    }
}

impl Parts {
    /// A section as numbers; empty if its length does not fit.
    #[inline]
    pub fn section<T: bytemuck::AnyBitPattern>(&self, k: usize) -> &[T] {
        let Section { offset, len } = self.sections.get(k).copied().unwrap_or_default();
        self.buffer
            .get(offset..offset.saturating_add(len))
            .and_then(|bytes| bytemuck::try_cast_slice(bytes).ok())
            .unwrap_or_default()
    }

    /// Bytes of all, in memory and on disk.
    pub fn len(&self) -> usize {
        self.buffer.len()
    }

    /// Writes beside, flushes, renames: whatever kills this leaves the old file or the new one. One writer to a path.
    pub fn save(&self, path: &Path, mark: &Mark) -> Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let mut file = File::create(&beside)?;
        file.write_all(&self.header(mark))?;
        file.write_all(self.buffer.get(HEADER..).unwrap_or_default())?;
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, path)?;
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
        Ok(())
    }

    fn header(&self, mark: &Mark) -> Vec<u8> {
        let mut words = vec![MAGIC, FORMAT, self.kind as u64, self.buffer.len() as u64];
        words.extend(self.fields);
        words.extend(mark.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)));
        for (k, Section { offset, len }) in self.sections.iter().enumerate() {
            words.extend([*offset as u64, *len as u64, u64::from(crc32fast::hash(self.section(k)))]);
        }
        words.resize(HEADER / 8 - 1, 0);
        let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        bytes.extend(u64::from(crc32fast::hash(&bytes)).to_le_bytes());
        bytes
    }

    /// Maps a snapshot without reading more than its header. `kind` must fit.
    pub fn open(path: &Path, kind: Kind) -> Result<(Self, Mark)> {
        let file = File::open(path)?;
        let mut header = Vec::with_capacity(HEADER);
        (&file).take(HEADER as u64).read_to_end(&mut header)?;
        let words: Vec<u64> = header.as_chunks::<8>().0.iter().map(|b| u64::from_le_bytes(*b)).collect();
        if words.first() != Some(&MAGIC) || cfg!(target_endian = "big") {
            return Err(Error::Foreign);
        }
        let (body, sum) = words.split_at_checked(HEADER / 8 - 1).ok_or(Error::Damaged("cut within the header"))?;
        let written = header.get(..HEADER - 8).map(crc32fast::hash).map(u64::from);
        if sum.first().copied() != written {
            return Err(Error::Damaged("the header's checksum does not fit"));
        }
        let word = |k: usize| body.get(k).copied().unwrap_or_default();
        if word(1) != FORMAT {
            return Err(Error::Version { found: word(1), wanted: FORMAT });
        }
        if word(2) != kind as u64 {
            return Err(Error::Kind);
        }
        if word(3) != file.metadata()?.len() {
            return Err(Error::Damaged("the file's length does not fit"));
        }
        let fields = std::array::from_fn(|k| word(4 + k));
        let mut mark = [0; 64];
        mark.as_chunks_mut::<8>().0.iter_mut().enumerate().for_each(|(k, b)| *b = word(20 + k).to_le_bytes());
        let number = |k| usize::try_from(word(k)).unwrap_or(usize::MAX);
        let sections = std::array::from_fn(|k| Section { offset: number(28 + 3 * k), len: number(29 + 3 * k) });
        Ok((Self { buffer: Buffer::map(&file)?, kind, fields, sections }, mark))
    }

    /// Reads all of a mapped snapshot against its checksums; of a built index there is nothing to check.
    pub fn verify(&self) -> Result<()> {
        if let Buffer::Built(_) = &self.buffer {
            return Ok(());
        }
        let header: &[u64] =
            self.buffer.get(..HEADER).and_then(|bytes| bytemuck::try_cast_slice(bytes).ok()).unwrap_or_default();
        for k in 0..SECTIONS {
            if header.get(30 + 3 * k).copied() != Some(u64::from(crc32fast::hash(self.section(k)))) {
                return Err(Error::Damaged("a section's checksum does not fit"));
            }
        }
        Ok(())
    }

    /// Refuses unless each section is as long as the index needs it.
    pub fn check_lens(&self, lens: &[usize]) -> Result<()> {
        let mut offset = HEADER;
        for (k, section) in self.sections.iter().enumerate() {
            let len = lens.get(k).copied().unwrap_or_default();
            let used = k < lens.len();
            let end = section.offset.checked_add(len).filter(|end| *end <= self.buffer.len());
            if section.len != len || (used && section.offset != offset) || end.is_none() {
                return Err(Error::Damaged("a section's length does not fit"));
            }
            offset += len.next_multiple_of(64);
        }
        if offset != self.buffer.len() {
            return Err(Error::Damaged("the sections do not fill the file"));
        }
        Ok(())
    }
}
