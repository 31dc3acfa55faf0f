//! Readers while a writer inserts, removes and merges: nothing that is there is missing, nothing that is gone comes back.

use crate::data::Chance;
use matcher::{DigestIndex, Hash256, Hit, Key, NearIndex, Reach};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// How long readers and writers run.
const SPAN: Duration = Duration::from_millis(1500);

/// Three thousand entries stay for ever, others come and go in order; readers know what must be and what must not be.
#[test]
fn co_1_readers_see_every_entry_that_is_there_and_no_ghost() {
    let mut chance = Chance(41);
    let stay: Vec<Hash256> = (0..3000).map(|_| chance.hash()).collect();
    let pass: Vec<Hash256> = (0..60_000).map(|_| chance.hash()).collect();
    let index = NearIndex::build(stay.iter().zip(0..).map(|(hash, id)| (*hash, id, Reach::Near)), 1).unwrap();
    // Of `pass`, all below `removed` are gone and all below `inserted` and from `removing` on are there.
    let (inserted, removing, removed) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = |seed: u64| {
            let mut chance = Chance(seed);
            let mut reads = 0;
            while !stop.load(Ordering::Relaxed) {
                let (gone, there) = (removed.load(Ordering::SeqCst), inserted.load(Ordering::SeqCst));
                let view = index.view();
                let k = chance.below(stay.len());
                let query = chance.at_distance(stay[k], 8);
                assert_eq!(view.search(&query, 31), [Hit { distance: 8, id: k as u64 }]);
                let k = chance.below(pass.len());
                let found = view.search(&pass[k], 3).len();
                let leaving = removing.load(Ordering::SeqCst);
                let k = k as u64;
                assert!(found <= 1, "twice");
                assert!(!(k < gone && found > 0), "ghost of {k}");
                assert!(!(k < there && k >= leaving && found == 0), "{k} is missing");
                reads += 1;
            }
            assert!(reads > 100, "{reads}");
        };
        scope.spawn(move || reader(42));
        scope.spawn(move || reader(43));
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                index.merge(1).unwrap();
            }
        });
        let start = Instant::now();
        let (mut new, mut old) = (0, 0);
        while start.elapsed() < SPAN && new < pass.len() {
            assert!(index.insert(pass[new], new as u64 + 1_000_000, Reach::Near));
            new += 1;
            inserted.store(new as u64, Ordering::SeqCst);
            if new > old + 500 {
                removing.store(old as u64 + 1, Ordering::SeqCst);
                assert!(index.remove(pass[old], old as u64 + 1_000_000));
                old += 1;
                removed.store(old as u64, Ordering::SeqCst);
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(old > 100, "{old}");
        assert_eq!(index.counts().live, stay.len() + new - old);
    });
    index.merge(1).unwrap();
    assert_eq!(index.counts().head, 0);
    assert_eq!(index.counts().dead, 0);
}

#[test]
fn co_1_digest_readers_see_every_entry_that_is_there_and_no_ghost() {
    let mut chance = Chance(44);
    let keys: Vec<Key> = (0..20_000).map(|_| Key::of(&chance.hash().to_bytes()).unwrap()).collect();
    let (stay, pass) = keys.split_at(10_000);
    let index = DigestIndex::build(stay.iter().zip(0..).map(|(key, id)| (*key, id)), 1, 1).unwrap();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let found = index.view().find_many(stay);
                assert!(found.into_iter().eq((0..stay.len()).map(|k| (k, k as u64))));
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                index.merge(1).unwrap();
            }
        });
        let start = Instant::now();
        for (k, key) in pass.iter().enumerate().cycle() {
            if start.elapsed() > SPAN {
                break;
            }
            assert!(index.insert(*key, k as u64 + 1_000_000));
            assert_eq!(index.view().find(*key), [k as u64 + 1_000_000]);
            assert!(index.remove(*key, k as u64 + 1_000_000));
            assert_eq!(index.view().find(*key), []);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(index.counts().live, stay.len());
}

/// A new hash is found by the very next view, and inserting it takes well under a millisecond also into a large head.
#[test]
fn a_new_hash_matches_at_once() {
    let mut chance = Chance(45);
    let index = NearIndex::build((0..20_000).map(|id| (chance.hash(), id, Reach::Near)), 1).unwrap();
    let mut slowest = Vec::new();
    for id in 0..2000 {
        let hash = chance.hash();
        let start = Instant::now();
        index.insert(hash, 1_000_000 + id, Reach::Near);
        let found = index.view().search(&hash, 31);
        slowest.push(start.elapsed());
        assert_eq!(found, [Hit { distance: 0, id: 1_000_000 + id }]);
    }
    slowest.sort_unstable();
    assert!(slowest[1000] < Duration::from_millis(1), "{:?}", slowest[1000]);
}
