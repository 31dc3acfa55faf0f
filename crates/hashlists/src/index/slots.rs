//! What stands behind the numbers that the indexes give: 32 bytes for each version of an entry. A number is given once and
//! never again, so that a number which an index still holds can only be of an entry that was there.

use super::{How, keep::Trouble};
use base::HashId;
use std::io::{Read, Write};
use uuid::Uuid;

/// Bytes of one in a file.
const BYTES: usize = 32;

/// One version of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    /// The entry.
    pub entry: HashId,
    /// The change of its list by which it is so.
    pub version: i64,
    /// Number of its list among those followed.
    pub list: u32,
    /// Frames that can match.
    pub frames: u16,
    /// Digests it has, one bit each.
    has: u8,
    /// Whether it is in force, and the newest.
    pub live: bool,
}

/// A number without an entry.
const NONE: Slot = Slot { entry: HashId(Uuid::nil()), version: 0, list: 0, frames: 0, has: 0, live: false };

const fn bit(how: How) -> u8 {
    match how {
        How::Sha256 => 1,
        How::Sha1 => 2,
        How::Md5 => 4,
        How::PhotoDna | How::Pdq | How::Frames => 0,
    }
}

impl Slot {
    /// A live one.
    pub fn new(entry: HashId, version: i64, list: u32, frames: usize, digests: [(How, bool); 3]) -> Self {
        let has = digests.into_iter().filter(|(_, there)| *there).fold(0, |all, (how, _)| all | bit(how));
        Self { entry, version, list, frames: u16::try_from(frames).unwrap_or(u16::MAX), has, live: true }
    }

    /// Whether the entry has a digest of this kind.
    pub const fn has(&self, how: How) -> bool {
        self.has & bit(how) != 0
    }

    fn write(&self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let parts: [&[u8]; 5] = [
            self.entry.0.as_bytes(),
            &self.version.to_le_bytes(),
            &self.list.to_le_bytes(),
            &self.frames.to_le_bytes(),
            &[self.has, u8::from(self.live)],
        ];
        bytes.iter_mut().zip(parts.into_iter().flatten()).for_each(|(to, byte)| *to = *byte);
        bytes
    }

    fn read(bytes: &[u8; BYTES]) -> Option<Self> {
        let (entry, rest) = bytes.split_first_chunk::<16>()?;
        let (version, rest) = rest.split_first_chunk::<8>()?;
        let (list, rest) = rest.split_first_chunk::<4>()?;
        let (frames, rest) = rest.split_first_chunk::<2>()?;
        let [has, live] = rest.first_chunk::<2>().copied()?;
        Some(Self {
            entry: HashId(Uuid::from_bytes(*entry)),
            version: i64::from_le_bytes(*version),
            list: u32::from_le_bytes(*list),
            frames: u16::from_le_bytes(*frames),
            has,
            live: live == 1,
        })
    }
}

/// All of them.
#[derive(Clone, Default)]
pub struct Slots {
    rows: Vec<Slot>,
    live: usize,
    /// Those that died since the indexes were last swept.
    dead: Vec<u32>,
}

impl Slots {
    /// Numbers given.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Entries in force.
    pub const fn live(&self) -> usize {
        self.live
    }

    /// Bytes they take.
    pub const fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Slot>()
    }

    /// What a number stands for, if it is in force.
    pub fn get(&self, number: u32) -> Option<&Slot> {
        self.rows.get(number as usize).filter(|slot| slot.live)
    }

    /// Gives out numbers of which nothing is known yet; the first of them. `None` when there are no more.
    pub fn reserve(&mut self, count: usize) -> Option<u32> {
        let first = u32::try_from(self.rows.len()).ok()?;
        u32::try_from(self.rows.len() + count).ok()?;
        self.rows.resize(self.rows.len() + count, NONE);
        Some(first)
    }

    /// One more that is in force.
    pub fn push(&mut self, slot: Slot) -> Option<u32> {
        let number = self.reserve(1)?;
        self.set(number, slot);
        Some(number)
    }

    /// Says what a number that was given out stands for.
    pub fn set(&mut self, number: u32, slot: Slot) {
        if let Some(to) = self.rows.get_mut(number as usize) {
            self.live = self.live + usize::from(slot.live) - usize::from(to.live);
            *to = slot;
        }
    }

    /// From now on this is not in force.
    pub fn kill(&mut self, number: u32) {
        if let Some(slot) = self.rows.get_mut(number as usize).filter(|slot| slot.live) {
            slot.live = false;
            self.live -= 1;
            self.dead.push(number);
        }
    }

    /// Those that died since this was last asked, if they are many enough to be worth sweeping the indexes.
    pub fn sweep(&mut self, at_least: usize) -> Option<Vec<u32>> {
        (self.dead.len() > at_least.max(self.live / 8)).then(|| {
            let mut dead = std::mem::take(&mut self.dead);
            dead.sort_unstable();
            dead
        })
    }

    /// All that are in force, with their number.
    pub fn each(&self) -> impl Iterator<Item = (u32, &Slot)> {
        (0..).zip(&self.rows).filter(|(_, slot)| slot.live)
    }

    /// Writes all; returns the checksum.
    pub fn save(&self, to: impl Write) -> std::io::Result<u32> {
        let (mut to, mut sum) = (std::io::BufWriter::with_capacity(1 << 20, to), crc32fast::Hasher::new());
        for slot in &self.rows {
            let bytes = slot.write();
            sum.update(&bytes);
            to.write_all(&bytes)?;
        }
        to.flush()?;
        Ok(sum.finalize())
    }

    /// Reads what [`save`](Self::save) wrote, against its checksum; then numbers up to `all` count as given.
    pub fn open(mut from: impl Read, written: usize, all: usize, sum: u32) -> Result<Self, Trouble> {
        let mut slots = Self { rows: Vec::with_capacity(all.max(written)), ..Self::default() };
        let (mut bytes, mut found) = (vec![0; BYTES << 10], crc32fast::Hasher::new());
        let mut left = written;
        while left > 0 {
            let part = bytes.get_mut(..left.min(1 << 10) * BYTES).unwrap_or_default();
            from.read_exact(part)?;
            found.update(part);
            slots.rows.extend(part.as_chunks::<BYTES>().0.iter().filter_map(Slot::read));
            left -= part.len() / BYTES;
        }
        if found.finalize() != sum || from.read(&mut [0])? != 0 {
            return Err(Trouble::Damaged("the table of entries does not fit its checksum"));
        }
        slots.rows.resize(all.max(written), NONE);
        slots.live = slots.rows.iter().filter(|slot| slot.live).count();
        slots.dead = (0..).zip(&slots.rows).filter(|(_, slot)| !slot.live).map(|(number, _)| number).collect();
        Ok(slots)
    }
}
