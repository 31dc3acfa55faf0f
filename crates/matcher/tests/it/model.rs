//! Any order of inserts, removals, merges and snapshots against a plain set.

use crate::data::Chance;
use matcher::{Change, DigestIndex, Hash256, Hit, Key, NearIndex, Reach};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
enum Act {
    Insert(usize, u64, Reach),
    Remove(usize, u64),
    Batch(Vec<(usize, u64, bool)>),
    Merge,
    Retain(u64),
    Reopen,
    Search(usize, u32),
}

fn act() -> impl Strategy<Value = Act> {
    let (hash, id) = (0..40_usize, 0..6_u64);
    let reach = prop::sample::select(vec![Reach::Near, Reach::Near, Reach::Near, Reach::Exact]);
    prop_oneof![
        6 => (hash.clone(), id.clone(), reach).prop_map(|(h, id, r)| Act::Insert(h, id, r)),
        3 => (hash.clone(), id.clone()).prop_map(|(h, id)| Act::Remove(h, id)),
        2 => prop::collection::vec((hash.clone(), id, any::<bool>()), 0..30).prop_map(Act::Batch),
        1 => Just(Act::Merge),
        1 => (0..6_u64).prop_map(Act::Retain),
        1 => Just(Act::Reopen),
        6 => (hash, 0..40_u32).prop_map(|(h, r)| Act::Search(h, r)),
    ]
}

/// Forty hashes in families that are near each other.
fn pool() -> Vec<Hash256> {
    let mut chance = Chance(21);
    let bases: Vec<Hash256> = (0..8).map(|_| chance.hash()).collect();
    (0..40).map(|k| chance.at_distance(bases[k % 8], (k / 8 * 9) as u32)).collect()
}

fn found(model: &BTreeMap<(Hash256, u64), Reach>, query: &Hash256, radius: u32) -> Vec<Hit> {
    let within = |reach: &Reach| if *reach == Reach::Near { radius } else { 0 };
    let hits = model.iter().map(|((hash, id), reach)| (Hit { distance: query.distance(hash), id: *id }, reach));
    let mut hits: Vec<Hit> = hits.filter(|(hit, reach)| hit.distance <= within(reach)).map(|(hit, _)| hit).collect();
    hits.sort_unstable();
    hits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn near_index_does_what_a_set_does(acts in prop::collection::vec(act(), 1..120), case in any::<u64>()) {
        let folder = tempfile(case);
        let (pool, mut model) = (pool(), BTreeMap::new());
        let mut index = NearIndex::build([], 1).unwrap();
        for act in acts {
            match act {
                Act::Insert(hash, id, reach) => {
                    let changed = model.insert((pool[hash], id), reach) != Some(reach);
                    prop_assert_eq!(index.insert(pool[hash], id, reach), changed);
                }
                Act::Remove(hash, id) => {
                    prop_assert_eq!(index.remove(pool[hash], id), model.remove(&(pool[hash], id)).is_some());
                }
                Act::Batch(batch) => {
                    let mut changed = 0;
                    for (hash, id, insert) in &batch {
                        changed += usize::from(match insert {
                            true => model.insert((pool[*hash], *id), Reach::Near) != Some(Reach::Near),
                            false => model.remove(&(pool[*hash], *id)).is_some(),
                        });
                    }
                    let changes = batch.iter().map(|(hash, id, insert)| match insert {
                        true => Change::Insert(pool[*hash], *id, Reach::Near),
                        false => Change::Remove(pool[*hash], *id),
                    });
                    prop_assert_eq!(index.apply(changes), changed);
                }
                Act::Merge => index.merge(1).unwrap(),
                Act::Retain(gone) => {
                    model.retain(|(_, id), _| *id != gone);
                    index.retain(|id| id != gone, 2).unwrap();
                }
                Act::Reopen => {
                    index.save(&folder, &[7; 64], 2).unwrap();
                    index = NearIndex::open(&folder).unwrap().0;
                    index.verify().unwrap();
                }
                Act::Search(hash, radius) => {
                    let expected = found(&model, &pool[hash], radius);
                    prop_assert_eq!(&index.view().search(&pool[hash], radius), &expected);
                    let many = index.view().search_many(&[pool[hash]; 3], radius);
                    prop_assert_eq!(many.len(), 3 * expected.len());
                }
            }
            prop_assert_eq!(index.counts().live, model.len());
        }
        for hash in &pool {
            prop_assert_eq!(index.view().search(hash, 31), found(&model, hash, 31));
        }
        std::fs::remove_file(&folder).ok();
    }

    #[test]
    fn digest_index_does_what_a_set_does(acts in prop::collection::vec(act(), 1..120), case in any::<u64>()) {
        let file = tempfile(case);
        let keys: Vec<Key> = pool().iter().map(|hash| Key::of(&hash.to_bytes()).unwrap()).collect();
        let mut model = BTreeSet::new();
        let mut index = DigestIndex::build([], 3, 1).unwrap();
        for act in acts {
            match act {
                Act::Insert(key, id, _) => {
                    prop_assert_eq!(index.insert(keys[key], id), model.insert((keys[key], id)));
                }
                Act::Remove(key, id) => prop_assert_eq!(index.remove(keys[key], id), model.remove(&(keys[key], id))),
                Act::Batch(batch) => {
                    let rows: Vec<(Key, u64)> = batch.iter().map(|(key, id, _)| (keys[*key], *id)).collect();
                    let new = rows.iter().filter(|row| model.insert(**row)).count();
                    prop_assert_eq!(index.insert_all(rows), new);
                }
                Act::Merge => index.merge(1).unwrap(),
                Act::Retain(gone) => {
                    model.retain(|(_, id)| *id != gone);
                    index.retain(|id| id != gone, 1).unwrap();
                }
                Act::Reopen => {
                    index.save(&file, &[7; 64], 1).unwrap();
                    index = DigestIndex::open(&file, 3).unwrap().0;
                    index.verify().unwrap();
                }
                Act::Search(key, _) => {
                    let expected: Vec<u64> = model.iter().filter(|row| row.0 == keys[key]).map(|row| row.1).collect();
                    prop_assert_eq!(index.view().find(keys[key]), expected);
                }
            }
            prop_assert_eq!(index.counts().live, model.len());
        }
        std::fs::remove_file(&file).ok();
    }
}

fn tempfile(case: u64) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("matcher-model-{}-{case:x}", std::process::id()))
}
