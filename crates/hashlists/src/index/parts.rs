//! The indexes of one node, by kind of hash, and hashes on their way into them. Numbers are those of `Slots`; of a frame,
//! slot · 2¹⁶ + place.

use super::{exact::Exact, keep::Trouble, near::Near, slots::Slots};
use crate::{Digests, Hashes, Pdq};
use base::HashId;
use matcher::{Hash256, Key, Mark};
use std::path::Path;

/// The indexes, shared, so that they are tidied and saved without holding up those who put and look up.
pub struct Parts {
    pub md5: Exact,
    pub sha1: Exact,
    pub sha256: Exact,
    pub photodna: Exact,
    pub pdq: Near,
    pub frames: Near,
    /// Where the newest version of an entry is. Made anew when a snapshot is opened.
    pub entries: Exact,
}

/// Hashes that are to be put, by kind.
#[derive(Default)]
pub struct Stage {
    md5: Vec<(Key, u64)>,
    sha1: Vec<(Key, u64)>,
    sha256: Vec<(Key, u64)>,
    photodna: Vec<(Key, u64)>,
    pdq: Vec<(Hash256, u64)>,
    frames: Vec<(Hash256, u64)>,
}

/// Kinds of digests in the order of their files; the place is the tag in the file.
const EXACT: [&str; 4] = ["md5", "sha1", "sha256", "photodna"];

/// A PDQ that may match by distance.
pub fn matchable(pdq: &Pdq) -> bool {
    pdq.unmatchable().is_none()
}

/// The place of an entry's id among keys that are spread evenly: the last bits of an id are chance, the first are time.
pub fn key_of(id: HashId) -> Option<Key> {
    Key::of(&id.0.as_u128().reverse_bits().to_be_bytes())
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Stage {
    /// One entry's hashes.
    pub fn put(&mut self, number: u32, hashes: &Hashes) {
        let id = u64::from(number);
        let Digests { md5, sha1, sha256 } = &hashes.digests;
        let add = |to: &mut Vec<(Key, u64)>, digest: Option<&[u8]>| {
            to.extend(digest.and_then(Key::of).map(|key| (key, id)));
        };
        add(&mut self.md5, md5.as_ref().map(<[u8; 16]>::as_slice));
        add(&mut self.sha1, sha1.as_ref().map(<[u8; 20]>::as_slice));
        add(&mut self.sha256, sha256.as_ref().map(<[u8; 32]>::as_slice));
        add(&mut self.photodna, hashes.photodna.as_ref().map(<[u8; 32]>::as_slice));
        self.pdq.extend(hashes.pdq.filter(matchable).map(|pdq| (Hash256::from_bytes(pdq.bits), id)));
        let frames = (0_u64..1 << 16).zip(&hashes.frames).filter(|(_, f)| matchable(f));
        self.frames.extend(frames.map(|(place, f)| (Hash256::from_bytes(f.bits), id << 16 | place)));
    }
}

impl Default for Parts {
    fn default() -> Self {
        // Indexes of nothing need no memory worth the name; without them nothing would ever match, which `holds` tells.
        Self::build(Stage::default(), &Slots::default())
    }
}

impl Parts {
    /// Indexes of these only.
    pub fn build(stage: Stage, slots: &Slots) -> Self {
        let Stage { md5, sha1, sha256, photodna, pdq, frames } = stage;
        let threads = threads();
        let entries = slots.each().filter_map(|(number, slot)| Some((key_of(slot.entry)?, u64::from(number))));
        Self {
            md5: Exact::of(md5, 0, threads),
            sha1: Exact::of(sha1, 1, threads),
            sha256: Exact::of(sha256, 2, threads),
            photodna: Exact::of(photodna, 3, threads),
            pdq: Near::of(pdq, threads),
            frames: Near::of(frames, threads),
            entries: Exact::of(entries.collect(), 4, threads),
        }
    }

    fn exact(&self) -> [&Exact; 4] {
        [&self.md5, &self.sha1, &self.sha256, &self.photodna]
    }

    /// Adds hashes.
    pub fn put(&self, stage: Stage) {
        let Stage { md5, sha1, sha256, photodna, pdq, frames } = stage;
        self.md5.put(md5);
        self.sha1.put(sha1);
        self.sha256.put(sha256);
        self.photodna.put(photodna);
        self.pdq.put(pdq);
        self.frames.put(frames);
    }

    /// Whether anything can be held at all.
    pub fn holds(&self) -> bool {
        self.exact().iter().all(|one| one.holds()) && self.entries.holds() && self.pdq.holds() && self.frames.holds()
    }

    /// Bytes of all.
    pub fn bytes(&self) -> usize {
        let exact: usize = self.exact().iter().map(|one| one.bytes()).sum();
        exact + self.entries.bytes() + self.pdq.bytes() + self.frames.bytes()
    }

    /// Makes look-ups fast again; takes out the numbers of `gone`, sorted, if there are any. Whether there was something
    /// to do.
    pub fn tidy(&self, gone: Option<&[u32]>) -> matcher::Result<bool> {
        let dead = |number: u64| {
            gone.is_some_and(|gone| u32::try_from(number).is_ok_and(|number| gone.binary_search(&number).is_ok()))
        };
        let dead_frame = |number: u64| dead(number >> 16);
        let sweep = gone.is_some();
        let mut did = false;
        for one in self.exact() {
            did |= one.tidy(sweep.then_some(&dead as _), threads())?;
        }
        did |= self.pdq.tidy(sweep.then_some(&dead as _), threads())?;
        did |= self.frames.tidy(sweep.then_some(&dead_frame as _), threads())?;
        Ok(did | self.entries.tidy(None, threads())?)
    }

    /// Writes a file for each kind into a folder.
    pub fn save(&self, folder: &Path, mark: &Mark) -> Result<(), Trouble> {
        for (name, one) in EXACT.iter().zip(self.exact()) {
            one.save(&folder.join(name), mark, threads())?;
        }
        self.pdq.save(&folder.join("pdq"), mark, threads())?;
        self.frames.save(&folder.join("frames"), mark, threads())
    }

    /// Opens what [`save`](Self::save) wrote, every byte against its checksum.
    pub fn open(folder: &Path, mark: &Mark, slots: &Slots) -> Result<Self, Trouble> {
        let exact = |tag: u64, name: &str| Exact::open(&folder.join(name), tag, mark);
        let [md5, sha1, sha256, photodna] = EXACT;
        Ok(Self {
            md5: exact(0, md5)?,
            sha1: exact(1, sha1)?,
            sha256: exact(2, sha256)?,
            photodna: exact(3, photodna)?,
            pdq: Near::open(&folder.join("pdq"), mark)?,
            frames: Near::open(&folder.join("frames"), mark)?,
            ..Self::build(Stage::default(), slots)
        })
    }
}
