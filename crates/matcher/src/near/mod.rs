//! The index of 256-bit hashes: an immutable segment, a small head of what came since, and who died in the segment.

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
    simd::Lanes,
};
use build::{Row, build};
use head::Rows;
use ring::Segment;
use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
pub use view::View;

/// An entry that was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hit {
    /// Bits in which the hashes differ.
    pub distance: u32,
    /// The entry's number, as the caller gave it.
    pub id: u64,
}

/// A change to an index.
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

/// Searchable by many threads while one changes it. Readers never wait for a merge and hold no lock while they search.
pub struct NearIndex {
    /// What readers take a copy of; the lock is held for the time of copying a pointer.
    state: RwLock<Arc<State>>,
    writer: Mutex<Writer>,
    /// Held during a merge: one at a time.
    merging: Mutex<()>,
}

/// One version, whole and consistent.
#[derive(Clone)]
struct State {
    segment: Arc<Segment>,
    dead: Arc<Dead>,
    /// Rows that are being merged; they are searched like the head.
    frozen: Head,
    head: Head,
    lanes: Lanes,
}

#[derive(Clone, Default)]
struct Head {
    near: Rows,
    alone: Rows,
}

/// What only writers need.
#[derive(Default)]
struct Writer {
    /// Rows of head and frozen head.
    fresh: HashMap<Row, Reach>,
    /// Rows that left the segment or the frozen head while a merge runs; they must leave its result too.
    left: Option<Vec<Row>>,
}

impl Head {
    fn of(&mut self, reach: Reach) -> &mut Rows {
        match reach {
            Reach::Near => &mut self.near,
            Reach::Exact => &mut self.alone,
        }
    }

    fn len(&self) -> usize {
        self.near.len() + self.alone.len()
    }

    fn and(self, other: &Self) -> Self {
        Self { near: self.near.and(&other.near), alone: self.alone.and(&other.alone) }
    }
}

impl NearIndex {
    /// An index of these entries, or of none yet. An entry given twice with the same hash counts once.
    ///
    /// # Errors
    /// If memory cannot be had or there are more than 2³¹ entries.
    pub fn build(entries: impl IntoIterator<Item = (Hash256, u64, Reach)>, threads: usize) -> Result<Self> {
        let entries = entries.into_iter();
        let mut near = Vec::with_capacity(entries.size_hint().0);
        let mut alone = Vec::new();
        for (hash, id, reach) in entries {
            match reach {
                Reach::Near => near.push((hash, id)),
                Reach::Exact => alone.push((hash, id)),
            }
        }
        Ok(Self::of(build(near, alone, threads)?))
    }

    fn of(segment: Segment) -> Self {
        let dead = Arc::new(Dead::new(segment.shape().slots()));
        let head = Head::default();
        let state = State { segment: Arc::new(segment), dead, frozen: head.clone(), head, lanes: Lanes::best() };
        Self {
            state: RwLock::new(Arc::new(state)),
            writer: Mutex::default(),
            merging: Mutex::default(),
        }
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
        Ok((Self::of(segment), mark))
    }

    /// Reads the whole snapshot under this index against its checksums. Nothing to do after a merge.
    ///
    /// # Errors
    /// If a byte has changed.
    pub fn verify(&self) -> Result<()> {
        self.state().segment.verify()
    }

    /// Merges, then writes all that had been applied before the call to a snapshot with the caller's `mark`. It is written
    /// beside, flushed and renamed. One writer to a path at a time.
    ///
    /// # Errors
    /// If the file cannot be written; then the old one stays.
    pub fn save(&self, path: &Path, mark: &Mark, threads: usize) -> Result<()> {
        let segment = self.merged(threads)?;
        segment.save(path, mark)
    }

    /// What searches are run on: a version that does not change but for removals.
    pub fn view(&self) -> View {
        View(self.state())
    }

    /// How much there is.
    pub fn counts(&self) -> Counts {
        let state = self.state();
        let (slots, dead, head) =
            (state.segment.shape().slots(), state.dead.count(), state.head.len() + state.frozen.len());
        Counts { live: slots - dead + head, head, dead, bytes: state.segment.bytes() }
    }

    /// Adds one entry; whether that changed anything. The next view finds it.
    pub fn insert(&self, hash: Hash256, id: u64, reach: Reach) -> bool {
        self.apply([Change::Insert(hash, id, reach)]) == 1
    }

    /// Takes one entry out; whether it was there. The next view does not find it, nor do older ones if it was merged.
    pub fn remove(&self, hash: Hash256, id: u64) -> bool {
        self.apply([Change::Remove(hash, id)]) == 1
    }

    /// Applies changes in order and shows them at once; how many changed something.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) -> usize {
        let mut writer = self.writer();
        let mut state = State::clone(&self.state());
        let mut dying = HashSet::new();
        let mut changed = 0;
        for change in changes {
            changed += usize::from(match change {
                Change::Insert(hash, id, reach) => {
                    let was = state.reach(&writer, &dying, (hash, id));
                    if was.is_some() && was != Some(reach) {
                        state.take(&mut writer, &mut dying, (hash, id));
                    }
                    if was != Some(reach) {
                        state.head.of(reach).push((hash, id));
                        writer.fresh.insert((hash, id), reach);
                    }
                    was != Some(reach)
                }
                Change::Remove(hash, id) => state.take(&mut writer, &mut dying, (hash, id)),
            });
        }
        // First what is new, then what is gone: an entry that changes its reach is never missing.
        let dead = state.dead.clone();
        self.publish(state);
        dying.into_iter().for_each(|slot| dead.mark(slot));
        changed
    }

    /// Makes a new segment of all there is, on the caller's thread and `threads - 1` others. Searches and changes go on. Does
    /// nothing if nothing changed since the last time.
    ///
    /// Worth it from some ten thousand entries in the head on: 50,000 cost each query about 10 µs.
    ///
    /// # Errors
    /// If memory cannot be had; then all stays as it was.
    pub fn merge(&self, threads: usize) -> Result<()> {
        self.merged(threads).map(drop)
    }

    fn merged(&self, threads: usize) -> Result<Arc<Segment>> {
        let _one = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((state, gone)) = self.freeze() else { return Ok(self.state().segment.clone()) };
        let built = merge(&state, &gone, threads);
        let mut writer = self.writer();
        let left = writer.left.take().unwrap_or_default();
        let segment = Arc::new(built?);
        let dead = Dead::new(segment.shape().slots());
        left.into_iter().filter_map(|row| segment.slot(&dead, row)).for_each(|(slot, _)| dead.mark(slot));
        let now = self.state();
        writer.fresh = now.head.near.iter().map(|row| (row, Reach::Near)).collect();
        writer.fresh.extend(now.head.alone.iter().map(|row| (row, Reach::Exact)));
        self.publish(State {
            segment: segment.clone(),
            dead: Arc::new(dead),
            frozen: Head::default(),
            head: now.head.clone(),
            lanes: now.lanes,
        });
        Ok(segment)
    }

    /// Sets the head aside for merging, with a copy of who is dead now. `None` if there is nothing to do.
    fn freeze(&self) -> Option<(Arc<State>, Dead)> {
        let mut writer = self.writer();
        let state = State::clone(&self.state());
        let gone = Dead::clone(&state.dead);
        if gone.count() == 0 && state.head.len() + state.frozen.len() == 0 {
            return None;
        }
        let frozen = state.frozen.and(&state.head);
        self.publish(State { frozen, head: Head::default(), ..state });
        writer.left = Some(Vec::new());
        Some((self.state(), gone))
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> Arc<State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, state: State) {
        let state = Arc::new(state);
        let old = std::mem::replace(&mut *self.state.write().unwrap_or_else(PoisonError::into_inner), state);
        drop(old); // after the lock: the last holder of a segment frees a lot of memory
    }
}

impl State {
    /// How an entry is found now, if it is there.
    fn reach(&self, writer: &Writer, dying: &HashSet<usize>, row: Row) -> Option<Reach> {
        let merged = || self.segment.slot(&self.dead, row).filter(|(slot, _)| !dying.contains(slot));
        writer.fresh.get(&row).copied().or_else(|| merged().map(|(_, reach)| reach))
    }

    /// Takes an entry out of wherever it is; a merged one dies when the caller has published.
    fn take(&mut self, writer: &mut Writer, dying: &mut HashSet<usize>, row: Row) -> bool {
        if let Some(reach) = writer.fresh.remove(&row) {
            if !self.head.of(reach).remove(row) {
                self.frozen.of(reach).remove(row);
                writer.left.iter_mut().for_each(|left| left.push(row));
            }
            return true;
        }
        match self.segment.slot(&self.dead, row) {
            Some((slot, _)) if dying.insert(slot) => {
                writer.left.iter_mut().for_each(|left| left.push(row));
                true
            }
            _ => false,
        }
    }
}

/// All that lives in a state, without what was `gone` when it was frozen, as a new segment.
fn merge(state: &State, gone: &Dead, threads: usize) -> Result<Segment> {
    let mut near = Vec::with_capacity(state.segment.shape().rows + state.frozen.near.len());
    state.segment.each_near(|row, slot| {
        if !gone.has(slot) {
            near.push(row);
        }
    });
    let alone = state.segment.all_alone().filter(|(_, slot)| !gone.has(*slot)).map(|(row, _)| row).collect();
    build(join(near, &state.frozen.near), join(alone, &state.frozen.alone), threads)
}

/// Two lists, the first of them sorted, as one that is.
fn join(old: Vec<Row>, new: &Rows) -> Vec<Row> {
    let mut new: Vec<Row> = new.iter().collect();
    if new.is_empty() {
        return old;
    }
    new.sort_unstable();
    let mut all = Vec::with_capacity(old.len() + new.len());
    let mut new = new.into_iter().peekable();
    for row in old {
        while let Some(first) = new.next_if(|n| *n < row) {
            all.push(first);
        }
        all.push(row);
    }
    all.extend(new);
    all
}
