//! Digests: all entries of a key are found, and of no other key.

use crate::data::Chance;
use matcher::{DigestIndex, Key, Lanes};
use std::collections::BTreeMap;

fn key(chance: &mut Chance) -> Key {
    Key::of(&chance.hash().to_bytes()).unwrap()
}

/// Random keys in numbers that make directories of all sizes, some with several entries, half of the look-ups unknown.
#[test]
fn every_key_is_found_with_all_its_entries() {
    let mut chance = Chance(11);
    for count in [0, 1, 2, 63, 64, 65, 1000, 40_000, 300_000] {
        let mut known: BTreeMap<Key, Vec<u64>> = BTreeMap::new();
        let keys: Vec<Key> = (0..count).map(|_| key(&mut chance)).collect();
        for (id, key) in keys.iter().enumerate() {
            known.entry(*key).or_default().push(id as u64 + 1_000_000);
            if id % 17 == 0 {
                known.entry(*key).or_default().extend([5_000_000 + id as u64, 6_000_000 + id as u64]);
            }
        }
        let entries = known.iter().flat_map(|(key, ids)| ids.iter().map(|id| (*key, *id)));
        let index = DigestIndex::build(entries, 1, 2).unwrap();
        let asked: Vec<Key> = keys.iter().copied().chain((0..count + 5).map(|_| key(&mut chance))).collect();
        for lanes in Lanes::available() {
            let view = index.view().with_lanes(lanes);
            let mut found: Vec<Vec<u64>> = vec![Vec::new(); asked.len()];
            view.find_many(&asked).into_iter().for_each(|(k, id)| found[k].push(id));
            for (asked, found) in asked.iter().zip(found) {
                assert_eq!(&found, known.get(asked).unwrap_or(&Vec::new()), "{count} keys, {lanes:?}");
            }
        }
    }
}

/// Keys that share all leading bytes, or all but a bit: directories overflow, answers stay right.
#[test]
fn crowded_keys_are_told_apart() {
    let digest = |k: u32| {
        let mut digest = [0xab_u8; 20];
        digest[12..16].copy_from_slice(&k.to_be_bytes());
        digest
    };
    let entries = (0..5000).map(|k| (Key::of(&digest(2 * k)).unwrap(), u64::from(k)));
    let index = DigestIndex::build(entries, 1, 1).unwrap();
    for k in 0..10_000 {
        let found = index.view().find(Key::of(&digest(k)).unwrap());
        assert_eq!(found, if k % 2 == 0 { vec![u64::from(k / 2)] } else { vec![] });
    }
    let index = DigestIndex::build((0..=255).map(|k| (Key::of(&[k; 16]).unwrap(), u64::from(k))), 1, 1).unwrap();
    assert!((0..=255).all(|k| index.view().find(Key::of(&[k; 16]).unwrap()) == [u64::from(k)]));
    assert_eq!(Key::of(&[1; 15]), None);
}

/// The directory costs a fraction of a byte; entries of a small range cost few bytes.
#[test]
fn a_key_with_its_entry_takes_less_than_seventeen_and_a_half_bytes() {
    let mut chance = Chance(12);
    let count = 250_000;
    let index = DigestIndex::build((0..count).map(|id| (key(&mut chance), id)), 1, 2).unwrap();
    let each = index.counts().bytes as f64 / count as f64;
    assert!(each < 17.5, "{each}");
}
