//! The index of 256-bit hashes.

mod build;
mod bulk;
mod head;
mod one;
mod plan;
mod ring;
mod view;

use crate::{
    dead::Dead,
    error::Result,
    file::Mark,
    hash::{Hash256, Reach},
    layers::{Layers, Step},
    rows::Rows,
    sort::join,
};
use build::{build, row};
use head::Fresh;
use ring::Segment;
use std::path::Path;
pub use view::View;

/// What an entry is found by, its number, and how it is found.
type Entry = (Hash256, u64, Reach);

/// An entry that was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hit {
    /// Bits in which the hashes differ.
    pub distance: u32,
    /// The entry's number, as the caller gave it.
    pub id: u64,
}

/// A change to a [`NearIndex`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Adds an entry. One that is there with the same hash and reach changes nothing; with another reach it is replaced.
    Insert(Hash256, u64, Reach),
    /// Takes an entry out.
    Remove(Hash256, u64),
}

/// What an index holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Entries that can be found.
    pub live: usize,
    /// Of these, entries that came since the last merge: each query scans them.
    pub head: usize,
    /// Removed entries that the next merge sweeps out.
    pub dead: usize,
    /// Bytes of the segment, in memory or mapped.
    pub bytes: usize,
}

/// Hashes of 256 bits and the entries they stand for, searched within a Hamming distance.
///
/// Shared by reference: many threads search while one changes. Readers never wait for a merge and hold no lock while they
/// search; a change is in every [`view`](Self::view) taken after it.
pub struct NearIndex(Layers<Segment>);

impl NearIndex {
    /// An index of these entries, or of none yet. An entry given twice with the same hash counts once.
    ///
    /// # Errors
    /// If memory cannot be had or there are more than 2³¹ entries.
    pub fn build(entries: impl IntoIterator<Item = (Hash256, u64, Reach)>, threads: usize) -> Result<Self> {
        let entries = entries.into_iter();
        let mut near = Rows::with_room(entries.size_hint().0)?;
        let mut alone = Rows::with_room(0)?;
        for (hash, id, reach) in entries {
            match reach {
                Reach::Near => near.push(row(&hash, id))?,
                Reach::Exact => alone.push(row(&hash, id))?,
            }
        }
        Ok(Self(Layers::new(build(near, alone, threads)?)))
    }

    /// Maps a snapshot that [`save`](Self::save) wrote: milliseconds, whatever its size. Also gives back the mark.
    ///
    /// Only the header is checked; [`verify`](Self::verify) reads the rest. A search in a damaged snapshot may miss or name
    /// the wrong entry; it does nothing worse.
    ///
    /// # Errors
    /// With the reason if the file is foreign, of another version or kind, cut, or its header is damaged.
    pub fn open(path: &Path) -> Result<(Self, Mark)> {
        let (segment, mark) = Segment::open(path)?;
        Ok((Self(Layers::new(segment)), mark))
    }

    /// Reads the whole snapshot under this index against its checksums. Nothing to do after a merge.
    ///
    /// # Errors
    /// If a byte has changed.
    pub fn verify(&self) -> Result<()> {
        self.0.state().segment.verify()
    }

    /// Merges, then writes all that had been applied before the call to a snapshot with the caller's `mark`. It is written
    /// beside, flushed and renamed. One writer to a path at a time.
    ///
    /// # Errors
    /// If the file cannot be written; then the old one stays.
    pub fn save(&self, path: &Path, mark: &Mark, threads: usize) -> Result<()> {
        self.0.merge(threads)?.save(path, mark)
    }

    /// What searches are run on: a version that does not change but for removals.
    pub fn view(&self) -> View {
        View::of(self.0.state())
    }

    /// How much there is.
    pub fn counts(&self) -> Counts {
        let state = self.0.state();
        Counts { live: state.live(), head: state.fresh(), dead: state.dead.count(), bytes: state.segment.bytes() }
    }

    /// Adds one entry; whether that changed anything.
    pub fn insert(&self, hash: Hash256, id: u64, reach: Reach) -> bool {
        self.apply([Change::Insert(hash, id, reach)]) == 1
    }

    /// Takes one entry out; whether it was there.
    pub fn remove(&self, hash: Hash256, id: u64) -> bool {
        self.apply([Change::Remove(hash, id)]) == 1
    }

    /// Applies changes in order and shows them at once; how many of them changed something.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) -> usize {
        // An entry has one reach: inserting it removes it from the other, removing it removes it from both.
        let steps = changes.into_iter().flat_map(|change| match change {
            Change::Insert(hash, id, reach) => {
                let other = if reach == Reach::Near { Reach::Exact } else { Reach::Near };
                [Step::Remove((hash, id, other)), Step::Insert((hash, id, reach))]
            }
            Change::Remove(hash, id) => [Reach::Near, Reach::Exact].map(|reach| Step::Remove((hash, id, reach))),
        });
        self.0.apply(steps).as_chunks::<2>().0.iter().filter(|[a, b]| *a || *b).count()
    }

    /// Makes a new segment of all there is, on the caller's thread and `threads - 1` others. Searches and changes go on. Does
    /// nothing if nothing changed since the last time.
    ///
    /// Worth it from some ten thousand entries in the head on: 50,000 cost each query 10 to 15 µs.
    ///
    /// # Errors
    /// If memory cannot be had; then all stays as it was.
    pub fn merge(&self, threads: usize) -> Result<()> {
        self.0.merge(threads).map(drop)
    }

    /// Takes out all entries whose number `keep` refuses, for callers who do not know any more what they were found by; then
    /// merges. Searches go on; changes wait while all numbers are read (some 10 ms for each million).
    ///
    /// # Errors
    /// If memory cannot be had; then they are out all the same.
    pub fn retain(&self, keep: impl Fn(u64) -> bool, threads: usize) -> Result<()> {
        self.0.retain(keep, threads).map(drop)
    }
}

impl crate::layers::Segment for Segment {
    type Row = Entry;
    type Head = Fresh;

    fn slots(&self) -> usize {
        self.shape().slots()
    }

    fn slot(&self, dead: &Dead, (hash, id, reach): &Entry) -> Option<usize> {
        let alive = |(slot, found): &(usize, u64)| found == id && !dead.has(*slot);
        let found = match reach {
            Reach::Near => self.row(hash).and_then(|row| self.entries(row).find(alive)),
            Reach::Exact => self.alone(hash).find(alive),
        };
        found.map(|(slot, _)| slot)
    }

    fn id((_, id, _): &Entry) -> u64 {
        *id
    }

    fn each_id(&self, mut each: impl FnMut(usize, u64)) {
        let near = self.each_near(|[.., id], slot| {
            each(slot, id);
            Ok(())
        });
        debug_assert!(near.is_ok(), "nothing in it fails");
        self.all_alone().for_each(|([.., id], slot)| each(slot, id));
    }

    fn merge(&self, gone: &Dead, head: &Fresh, threads: usize) -> Result<Self> {
        let mut near = Rows::with_room(self.slots())?;
        self.each_near(|row, slot| if gone.has(slot) { Ok(()) } else { near.push(row) })?;
        let mut alone = Rows::with_room(0)?;
        self.all_alone().filter(|(_, slot)| !gone.has(*slot)).try_for_each(|(row, _)| alone.push(row))?;
        let [new, new_alone] = [&head.near, &head.alone].map(|blocks| blocks.iter().map(|(hash, id)| row(&hash, id)));
        build(join(near, new)?, join(alone, new_alone)?, threads)
    }
}
