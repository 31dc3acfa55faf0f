//! The index of exact digests.

mod fresh;
mod table;

use crate::{
    dead::Dead,
    error::Result,
    file::Mark,
    layers::{Layers, Segment, State, Step},
    near::Counts,
    rows::Rows,
    simd::Lanes,
    sort::join,
};
use fresh::Fresh;
use std::{fmt, path::Path, sync::Arc};
use table::{Batch, Table, build};

/// What a digest is looked up by: its first 16 bytes, which is all of an MD5.
///
/// Of SHA-1 and SHA-256 this is as hard to hit by chance or by intent as any 128 bits (2¹²⁸ divided by the number of entries);
/// who keeps the whole digest with the entry may compare it on a hit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Key(u128);

impl Key {
    /// From a digest of at least 16 bytes; `None` if it is shorter.
    #[inline]
    pub fn of(digest: &[u8]) -> Option<Self> {
        digest.first_chunk::<16>().map(|bytes| Self(u128::from_be_bytes(*bytes)))
    }
}

/// Shows the first two bytes only: a digest of evidence does not belong in logs.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:04x}…)", self.0 >> 112)
    }
}

/// Digests of one kind and the entries they stand for; the same way of reading and changing as
/// [`NearIndex`](crate::NearIndex).
pub struct DigestIndex(Layers<Table>);

/// A version of a [`DigestIndex`].
#[derive(Clone)]
pub struct DigestView {
    state: Arc<State<Table>>,
    lanes: Lanes,
}

impl DigestIndex {
    /// An index of these entries, or of none yet. An entry given twice with the same key counts once.
    ///
    /// `tag` is the caller's number for the kind of digest; a snapshot of another tag is refused.
    ///
    /// # Errors
    /// If memory cannot be had or there are more than 2³¹ entries.
    pub fn build(entries: impl IntoIterator<Item = (Key, u64)>, tag: u64, threads: usize) -> Result<Self> {
        let entries = entries.into_iter();
        let mut rows = Rows::with_room(entries.size_hint().0)?;
        for (key, id) in entries {
            rows.push(row(key, id))?;
        }
        Ok(Self(Layers::new(build(rows, tag, threads)?)))
    }

    /// As [`NearIndex::open`](crate::NearIndex::open).
    ///
    /// # Errors
    /// With the reason if the file is foreign, of another version, kind or tag, cut, or its header is damaged.
    pub fn open(path: &Path, tag: u64) -> Result<(Self, Mark)> {
        let (table, mark) = Table::open(path, tag)?;
        Ok((Self(Layers::new(table)), mark))
    }

    /// As [`NearIndex::verify`](crate::NearIndex::verify).
    ///
    /// # Errors
    /// If a byte has changed.
    pub fn verify(&self) -> Result<()> {
        self.0.state().segment.verify()
    }

    /// As [`NearIndex::save`](crate::NearIndex::save).
    ///
    /// # Errors
    /// If the file cannot be written; then the old one stays.
    pub fn save(&self, path: &Path, mark: &Mark, threads: usize) -> Result<()> {
        self.0.merge(threads)?.save(path, mark)
    }

    /// What look-ups are run on.
    pub fn view(&self) -> DigestView {
        DigestView { state: self.0.state(), lanes: Lanes::best() }
    }

    /// How much there is.
    pub fn counts(&self) -> Counts {
        let state = self.0.state();
        Counts { live: state.live(), head: state.fresh(), dead: state.dead.count(), bytes: state.segment.bytes() }
    }

    /// Adds one entry; whether it was not there yet.
    pub fn insert(&self, key: Key, id: u64) -> bool {
        self.insert_all([(key, id)]) == 1
    }

    /// Adds entries and shows them at once; how many were not there yet.
    pub fn insert_all(&self, entries: impl IntoIterator<Item = (Key, u64)>) -> usize {
        self.0.apply(entries.into_iter().map(Step::Insert)).into_iter().filter(|new| *new).count()
    }

    /// Takes one entry out; whether it was there.
    pub fn remove(&self, key: Key, id: u64) -> bool {
        self.remove_all([(key, id)]) == 1
    }

    /// Takes entries out at once; how many were there.
    pub fn remove_all(&self, entries: impl IntoIterator<Item = (Key, u64)>) -> usize {
        self.0.apply(entries.into_iter().map(Step::Remove)).into_iter().filter(|gone| *gone).count()
    }

    /// As [`NearIndex::merge`](crate::NearIndex::merge).
    ///
    /// # Errors
    /// If memory cannot be had; then all stays as it was.
    pub fn merge(&self, threads: usize) -> Result<()> {
        self.0.merge(threads).map(drop)
    }

    /// As [`NearIndex::retain`](crate::NearIndex::retain).
    ///
    /// # Errors
    /// If memory cannot be had; then they are out all the same.
    pub fn retain(&self, keep: impl Fn(u64) -> bool, threads: usize) -> Result<()> {
        self.0.retain(keep, threads).map(drop)
    }
}

impl DigestView {
    /// The same, searched with other instructions. The answers are the same.
    #[must_use]
    pub fn with_lanes(self, lanes: Lanes) -> Self {
        Self { lanes, ..self }
    }

    /// The entries with this key, ascending.
    pub fn find(&self, key: Key) -> Vec<u64> {
        self.find_many(&[key]).into_iter().map(|(_, id)| id).collect()
    }

    /// The entries with any of these keys: number of the key and entry, in order. Some dozen keys or more hide the way to
    /// memory.
    pub fn find_many(&self, keys: &[Key]) -> Vec<(usize, u64)> {
        let mut hits = Vec::new();
        self.find_each(keys, |key, id| hits.push((key, id)));
        hits.sort_unstable();
        hits
    }

    /// The same without a list of hits, in no order.
    pub fn find_each(&self, keys: &[Key], mut hit: impl FnMut(usize, u64)) {
        let State { segment, dead, frozen, head } = &*self.state;
        let dead = (dead.count() > 0).then_some(dead);
        self.lanes.run(Batch {
            table: segment,
            keys,
            hit: |key, slot, id| {
                if dead.is_none_or(|dead| !dead.has(slot)) {
                    hit(key, id);
                }
            },
        });
        for fresh in [frozen, head] {
            if !fresh.is_empty() {
                keys.iter().enumerate().for_each(|(k, key)| fresh.find(*key).for_each(|id| hit(k, id)));
            }
        }
    }
}

impl Segment for Table {
    type Row = (Key, u64);
    type Head = Fresh;

    fn slots(&self) -> usize {
        Table::slots(self)
    }

    fn slot(&self, dead: &Dead, (key, id): &(Key, u64)) -> Option<usize> {
        let mut place = None;
        let hit = |_, slot: usize, found| {
            if found == *id && !dead.has(slot) {
                place = Some(slot);
            }
        };
        Lanes::best().run(Batch { table: self, keys: &[*key], hit });
        place
    }

    fn id((_, id): &(Key, u64)) -> u64 {
        *id
    }

    fn each_id(&self, mut each: impl FnMut(usize, u64)) {
        let all = self.each(|[.., id], slot| {
            each(slot, id);
            Ok(())
        });
        debug_assert!(all.is_ok(), "nothing in it fails");
    }

    fn merge(&self, gone: &Dead, head: &Fresh, threads: usize) -> Result<Self> {
        let mut rows = Rows::with_room(self.slots())?;
        self.each(|row, slot| if gone.has(slot) { Ok(()) } else { rows.push(row) })?;
        build(join(rows, head.all().map(|(key, id)| row(key, id)))?, self.tag(), threads)
    }
}

/// A key and the entry it stands for, as words.
type Row = [u64; 3];

fn row(key: Key, id: u64) -> Row {
    [(key.0 >> 64) as u64, key.0 as u64, id]
}
