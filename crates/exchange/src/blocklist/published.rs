//! The published list in memory: what is listed at which serial, and what changed lately.
//!
//! A snapshot costs a few pointers and never changes, so a transfer that runs keeps its version while the list goes on.
//! It is a large sorted part and a small one with the changes since; when the small one has grown, both become a new large
//! one. Changes that change nothing (listed twice, removed twice) count as serials and are not kept.

use super::arena::Arena;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, PoisonError, RwLock},
};

/// Changes that are kept for increments. Who is further behind takes everything anew.
const HISTORY: usize = 100_000;
/// Changes beside the large part, at least, before both become one.
const LEAST_APART: usize = 8_192;
/// And at most this share of the large part: one in so many.
const SHARE_APART: usize = 16;

/// A change of the list, as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Counts up from 1.
    pub serial: i64,
    /// A-labels, lower case, without a dot at the end.
    pub domain: Arc<str>,
    /// Listed, or removed.
    pub listed: bool,
}

/// The list at one serial. Cheap to clone.
#[derive(Clone, Default)]
pub struct Snapshot {
    serial: i64,
    count: usize,
    base: Arc<Arena>,
    /// Sorted; whether listed now. Says more than `base`.
    apart: Arc<Vec<(Arc<str>, bool)>>,
}

/// What differs between an earlier serial and a snapshot: each domain once.
#[derive(Clone)]
pub struct Delta {
    /// The earlier serial.
    pub since: i64,
    /// The list now.
    pub now: Snapshot,
    /// Sorted domains and whether they are listed now; before, they were the other.
    pub changes: Vec<(Arc<str>, bool)>,
}

#[derive(Default)]
struct Inner {
    now: Snapshot,
    log: VecDeque<Change>,
    /// The log says everything after this serial.
    from: i64,
}

/// The published list. One for a node.
#[derive(Default)]
pub struct Published(RwLock<Inner>);

impl Published {
    /// The list now.
    pub fn snapshot(&self) -> Snapshot {
        self.0.read().unwrap_or_else(PoisonError::into_inner).now.clone()
    }

    /// What differs since a serial; `None` when the history does not reach so far, or the serial is yet to come.
    pub fn delta(&self, since: i64) -> Option<Delta> {
        let inner = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if since < inner.from || since > inner.now.serial {
            return None;
        }
        let begin = inner.log.partition_point(|change| change.serial <= since);
        let mut net: BTreeMap<&Arc<str>, (bool, bool)> = BTreeMap::new();
        for change in inner.log.range(begin..) {
            // Each kept change turned the domain's state: the first says what it was, the last what it is.
            net.entry(&change.domain).or_insert((!change.listed, change.listed)).1 = change.listed;
        }
        let differs = net.into_iter().filter(|(_, (before, now))| before != now);
        let changes = differs.map(|(domain, (_, now))| (Arc::clone(domain), now)).collect();
        Some(Delta { since, now: inner.now.clone(), changes })
    }

    /// Takes over changes in the order of their serials; those known already are passed over.
    pub fn apply(&self, changes: &[Change]) {
        let before = self.snapshot();
        let mut last: BTreeMap<Arc<str>, bool> = BTreeMap::new();
        let mut kept = Vec::new();
        let mut serial = before.serial;
        for change in changes.iter().filter(|change| change.serial > before.serial) {
            let was = last.get(&change.domain).copied().unwrap_or_else(|| before.contains(&change.domain));
            if was != change.listed {
                last.insert(Arc::clone(&change.domain), change.listed);
                kept.push(change.clone());
            }
            serial = serial.max(change.serial);
        }
        let after = before.with(&last, serial);
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Only one task follows the rows; another that came first has done the same.
        if inner.now.serial == before.serial {
            inner.now = after;
            inner.log.extend(kept);
            while inner.log.len() > HISTORY {
                inner.from = inner.log.pop_front().map_or(inner.from, |change| change.serial);
            }
        }
    }
}

impl Snapshot {
    /// Which version.
    pub const fn serial(&self) -> i64 {
        self.serial
    }

    /// How many domains are listed.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether nothing is listed.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of memory in use, nearly.
    pub fn bytes(&self) -> usize {
        let apart: usize = self.apart.iter().map(|(domain, _)| domain.len() + 2 * size_of::<usize>()).sum();
        self.base.bytes() + apart + self.apart.capacity() * size_of::<(Arc<str>, bool)>()
    }

    /// Whether this very domain is listed.
    pub fn contains(&self, domain: &str) -> bool {
        match self.apart.binary_search_by(|(d, _)| d.as_ref().cmp(domain)) {
            Ok(place) => self.apart.get(place).is_some_and(|(_, listed)| *listed),
            Err(_) => self.base.contains(domain),
        }
    }

    /// The listed domain that blocks a name: itself, or one it lies under.
    pub fn blocks<'a>(&self, name: &'a str) -> Option<&'a str> {
        let mut rest = name;
        loop {
            if self.contains(rest) {
                return Some(rest);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// Everything that is listed, in order.
    pub fn walk(&self) -> Walk {
        Walk { of: self.clone(), base: 0, apart: 0 }
    }

    /// The same with other states of some domains.
    fn with(&self, changes: &BTreeMap<Arc<str>, bool>, serial: i64) -> Self {
        let mut count = self.count;
        // What was listed and removed again in one go is no change of the count.
        for (_, listed) in changes.iter().filter(|(domain, listed)| self.contains(domain) != **listed) {
            count = if *listed { count + 1 } else { count.saturating_sub(1) };
        }
        let apart = merge(&self.apart, changes);
        let next = Self { serial, count, base: Arc::clone(&self.base), apart: Arc::new(apart) };
        if next.apart.len() > LEAST_APART.max(next.base.len() / SHARE_APART) { next.as_one() } else { next }
    }

    fn as_one(&self) -> Self {
        let added: usize = self.apart.iter().map(|(domain, _)| domain.len()).sum();
        let mut arena = Arena::with_capacity(self.count, self.base.text_bytes() + added);
        let mut walk = self.walk();
        while let Some(domain) = walk.peek() {
            arena.push(domain);
            walk.step();
        }
        Self { serial: self.serial, count: arena.len(), base: Arc::new(arena), apart: Arc::default() }
    }
}

fn merge(old: &[(Arc<str>, bool)], new: &BTreeMap<Arc<str>, bool>) -> Vec<(Arc<str>, bool)> {
    let mut merged = Vec::with_capacity(old.len() + new.len());
    let mut old = old.iter().peekable();
    for (domain, listed) in new {
        while let Some(before) = old.next_if(|(d, _)| d < domain) {
            merged.push(before.clone());
        }
        let _replaced = old.next_if(|(d, _)| d == domain);
        merged.push((Arc::clone(domain), *listed));
    }
    merged.extend(old.cloned());
    merged
}

/// A way through a snapshot, which can be left and taken up again.
pub struct Walk {
    of: Snapshot,
    base: usize,
    apart: usize,
}

impl Walk {
    /// The domain here; `None` at the end.
    pub fn peek(&mut self) -> Option<&str> {
        // Passes over what the small part takes away; afterwards the smaller of both is what is here.
        while let Some((domain, listed)) = self.of.apart.get(self.apart) {
            match self.of.base.get(self.base).map(|base| base.cmp(domain)) {
                Some(std::cmp::Ordering::Less) => break,
                Some(std::cmp::Ordering::Equal) => self.base += 1,
                Some(std::cmp::Ordering::Greater) | None if *listed => return Some(domain),
                Some(std::cmp::Ordering::Greater) | None => self.apart += 1,
            }
        }
        self.of.base.get(self.base)
    }

    /// Goes on to the next.
    pub fn step(&mut self) {
        let here = self.of.apart.get(self.apart).map(|(domain, _)| domain.as_ref());
        match (self.of.base.get(self.base), here) {
            (Some(base), Some(apart)) if base > apart => self.apart += 1,
            (None, Some(_)) => self.apart += 1,
            _ => self.base += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn change(serial: i64, domain: &str, listed: bool) -> Change {
        Change { serial, domain: domain.into(), listed }
    }

    fn all(snapshot: &Snapshot) -> Vec<String> {
        let (mut walk, mut found) = (snapshot.walk(), Vec::new());
        while let Some(domain) = walk.peek() {
            found.push(domain.to_owned());
            walk.step();
        }
        found
    }

    #[test]
    fn a_snapshot_stays_while_the_list_goes_on() {
        let list = Published::default();
        list.apply(&[change(1, "b.example", true), change(2, "a.example", true)]);
        let kept = list.snapshot();
        list.apply(&[change(3, "b.example", false), change(4, "c.example", true)]);
        assert_eq!((all(&kept), kept.serial()), (vec!["a.example".into(), "b.example".into()], 2));
        assert_eq!(all(&list.snapshot()), ["a.example", "c.example"]);
        assert_eq!(list.snapshot().blocks("x.y.c.example"), Some("c.example"));
        assert_eq!(list.snapshot().blocks("xc.example"), None);
    }

    #[test]
    fn what_was_listed_and_removed_again_is_no_difference() {
        let list = Published::default();
        list.apply(&[change(1, "a.example", true)]);
        list.apply(&[change(2, "b.example", true), change(3, "b.example", false), change(4, "a.example", true)]);
        assert_eq!(list.delta(1).expect("reaches").changes, []);
        assert_eq!(list.delta(0).expect("reaches").changes, [("a.example".into(), true)]);
        assert!(list.delta(5).is_none() && list.delta(-1).is_none());
    }

    #[test]
    fn a_history_that_does_not_reach_is_none() {
        let list = Published::default();
        let many: Vec<Change> =
            (0..HISTORY as i64 + 10).map(|n| change(n + 1, &format!("d{n}.example"), true)).collect();
        list.apply(&many);
        assert!(list.delta(9).is_none());
        assert_eq!(list.delta(10).expect("reaches").changes.len(), HISTORY);
        assert_eq!(list.snapshot().len(), HISTORY + 10);
    }

    proptest! {
        #[test]
        fn any_history_gives_the_list_and_every_difference(
            turns in prop::collection::vec((0..30_u8, any::<bool>()), 0..200), batch in 1..20_usize, fold in any::<bool>(),
        ) {
            let list = Published::default();
            let changes: Vec<Change> = turns.iter().enumerate()
                .map(|(n, (d, listed))| change(n as i64 + 1, &format!("d{d}.example"), *listed)).collect();
            for some in changes.chunks(batch) {
                list.apply(some);
                if fold {
                    let mut inner = list.0.write().unwrap();
                    inner.now = inner.now.as_one();
                }
            }
            let at = |serial: i64| -> BTreeSet<String> {
                let mut set = BTreeSet::new();
                for change in changes.iter().filter(|c| c.serial <= serial) {
                    if change.listed { set.insert(change.domain.to_string()); } else { set.remove(change.domain.as_ref()); }
                }
                set
            };
            let end = changes.len() as i64;
            let now = list.snapshot();
            prop_assert_eq!(all(&now), at(end).into_iter().collect::<Vec<_>>());
            prop_assert_eq!(now.len(), at(end).len());
            for since in 0..=end {
                let delta = list.delta(since).expect("reaches");
                let mut set = at(since);
                for (domain, listed) in delta.changes {
                    let turned = if listed { set.insert(domain.to_string()) } else { set.remove(domain.as_ref()) };
                    prop_assert!(turned, "each difference is one");
                }
                prop_assert_eq!(set, at(end));
            }
        }
    }
}
