//! What both kinds of index share: an immutable segment, a small head, the dead, and how they are replaced while others read.
//!
//! Readers copy one pointer. A writer makes the next version beside it and swaps. A merge freezes the head, builds a new
//! segment without holding anybody up, and replays on it what left meanwhile.

use crate::{dead::Dead, error::Result};
use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

/// The immutable part.
pub(crate) trait Segment: Sized {
    /// An entry: what it is found by, and its number.
    type Row: Copy + Eq + Hash;
    /// Entries that came since.
    type Head: Head<Row = Self::Row>;
    /// Places for entries, dead ones included.
    fn slots(&self) -> usize;
    /// Where an entry is, if it is and is not dead.
    fn slot(&self, dead: &Dead, row: &Self::Row) -> Option<usize>;
    /// The number of an entry.
    fn id(row: &Self::Row) -> u64;
    /// Slot and number of every entry, dead ones included.
    fn each_id(&self, each: impl FnMut(usize, u64));
    /// A new one with these too and without who is gone.
    fn merge(&self, gone: &Dead, head: &Self::Head, threads: usize) -> Result<Self>;
}

/// A few entries, cheap to copy.
pub(crate) trait Head: Clone + Default {
    /// As the segment's.
    type Row;
    /// How many.
    fn len(&self) -> usize;
    /// One more, which is not there yet.
    fn push(&mut self, row: Self::Row);
    /// Takes one out; whether it was there.
    fn remove(&mut self, row: &Self::Row) -> bool;
    /// All of them.
    fn each(&self, each: impl FnMut(Self::Row));
}

/// A change of one entry.
#[derive(Clone, Copy)]
pub(crate) enum Step<R> {
    Insert(R),
    Remove(R),
}

/// One version.
pub(crate) struct State<S: Segment> {
    pub segment: Arc<S>,
    pub dead: Arc<Dead>,
    /// Entries that are being merged; searched like the head.
    pub frozen: S::Head,
    pub head: S::Head,
}

impl<S: Segment> Clone for State<S> {
    fn clone(&self) -> Self {
        let Self { segment, dead, frozen, head } = self;
        Self { segment: segment.clone(), dead: dead.clone(), frozen: frozen.clone(), head: head.clone() }
    }
}

/// The index.
pub(crate) struct Layers<S: Segment> {
    /// Locked for the time of copying a pointer.
    state: RwLock<Arc<State<S>>>,
    writer: Mutex<Writer<S::Row>>,
    /// Held during a merge: one at a time.
    merging: Mutex<()>,
}

/// What only writers need.
struct Writer<R> {
    /// Entries of head and frozen head.
    fresh: HashSet<R>,
    /// Entries that left the segment or the frozen head while a merge runs: they leave its result too.
    left: Option<Vec<R>>,
}

impl<S: Segment> Layers<S> {
    pub fn new(segment: S) -> Self {
        let dead = Arc::new(Dead::new(segment.slots()));
        let state = State { segment: Arc::new(segment), dead, frozen: S::Head::default(), head: S::Head::default() };
        Self {
            state: RwLock::new(Arc::new(state)),
            writer: Mutex::new(Writer { fresh: HashSet::new(), left: None }),
            merging: Mutex::default(),
        }
    }

    /// The version of now.
    pub fn state(&self) -> Arc<State<S>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Applies steps in order and shows them at once; says of each whether it changed something.
    pub fn apply(&self, steps: impl IntoIterator<Item = Step<S::Row>>) -> Vec<bool> {
        let mut writer = self.writer();
        let mut state = State::clone(&self.state());
        let mut dying = HashSet::new();
        let done = steps.into_iter().map(|step| state.step(&mut writer, &mut dying, step)).collect();
        // First what is new, then what is gone: an entry that is replaced is never missing.
        let dead = state.dead.clone();
        self.publish(state);
        dying.into_iter().for_each(|slot| dead.mark(slot));
        done
    }

    /// Makes a new segment of all there is, if anything changed; returns the segment then in use.
    pub fn merge(&self, threads: usize) -> Result<Arc<S>> {
        let one = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        self.merge_alone(&one, threads)
    }

    /// Takes out all entries whose number `keep` refuses, whatever they are found by, and makes a new segment of the rest.
    pub fn retain(&self, keep: impl Fn(u64) -> bool, threads: usize) -> Result<Arc<S>> {
        let one = self.merging.lock().unwrap_or_else(PoisonError::into_inner);
        // No merge runs, so nobody has to be told who left the segment.
        let mut writer = self.writer();
        let mut state = State::clone(&self.state());
        let mut going = Vec::new();
        let mut leave = |row| {
            if !keep(S::id(&row)) {
                going.push(row);
            }
        };
        state.frozen.each(&mut leave);
        state.head.each(&mut leave);
        for row in &going {
            writer.fresh.remove(row);
            let _ = state.head.remove(row) || state.frozen.remove(row);
        }
        let (segment, dead) = (state.segment.clone(), state.dead.clone());
        self.publish(state);
        segment.each_id(|slot, id| {
            if !keep(id) {
                dead.mark(slot);
            }
        });
        drop(writer);
        self.merge_alone(&one, threads)
    }

    fn merge_alone(&self, _one: &MutexGuard<'_, ()>, threads: usize) -> Result<Arc<S>> {
        let Some((state, gone)) = self.freeze() else { return Ok(self.state().segment.clone()) };
        let built = state.segment.merge(&gone, &state.frozen, threads);
        drop(state);
        let mut writer = self.writer();
        let left = writer.left.take().unwrap_or_default();
        let segment = Arc::new(built?);
        let dead = Dead::new(segment.slots());
        left.iter().filter_map(|row| segment.slot(&dead, row)).for_each(|slot| dead.mark(slot));
        let head = self.state().head.clone();
        writer.fresh.clear();
        head.each(|row| {
            writer.fresh.insert(row);
        });
        self.publish(State { segment: segment.clone(), dead: Arc::new(dead), frozen: S::Head::default(), head });
        Ok(segment)
    }

    /// Sets the head aside for merging, with a copy of who is dead now. `None` if there is nothing to do.
    fn freeze(&self) -> Option<(Arc<State<S>>, Dead)> {
        let mut writer = self.writer();
        let mut state = State::clone(&self.state());
        let gone = Dead::clone(&state.dead);
        if gone.count() == 0 && state.head.len() + state.frozen.len() == 0 {
            return None;
        }
        if state.frozen.len() == 0 {
            state.frozen = std::mem::take(&mut state.head);
        } else {
            // An earlier merge failed: take both.
            std::mem::take(&mut state.head).each(|row| state.frozen.push(row));
        }
        self.publish(state);
        writer.left = Some(Vec::new());
        Some((self.state(), gone))
    }

    fn writer(&self) -> MutexGuard<'_, Writer<S::Row>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, state: State<S>) {
        let state = Arc::new(state);
        let old = std::mem::replace(&mut *self.state.write().unwrap_or_else(PoisonError::into_inner), state);
        drop(old); // after the lock: the last holder of a segment frees a lot of memory
    }
}

impl<S: Segment> State<S> {
    /// Entries that came since the last merge.
    pub fn fresh(&self) -> usize {
        self.head.len() + self.frozen.len()
    }

    /// Entries that can be found.
    pub fn live(&self) -> usize {
        self.segment.slots() - self.dead.count() + self.fresh()
    }

    fn step(&mut self, writer: &mut Writer<S::Row>, dying: &mut HashSet<usize>, step: Step<S::Row>) -> bool {
        let merged = |row| self.segment.slot(&self.dead, row).filter(|slot| !dying.contains(slot));
        match step {
            Step::Insert(row) if writer.fresh.contains(&row) || merged(&row).is_some() => false,
            Step::Insert(row) => {
                writer.fresh.insert(row);
                self.head.push(row);
                true
            }
            Step::Remove(row) if writer.fresh.remove(&row) => {
                if !self.head.remove(&row) {
                    self.frozen.remove(&row);
                    writer.left.iter_mut().for_each(|left| left.push(row));
                }
                true
            }
            Step::Remove(row) => {
                let Some(slot) = merged(&row) else { return false };
                writer.left.iter_mut().for_each(|left| left.push(row));
                dying.insert(slot)
            }
        }
    }
}
