//! Snapshots against the index they were made of and against brute force; what is broken, old or foreign is refused.

use super::{keep, *};
use crate::{ListClass, Record, Says};
use base::{AgeGroup, Gender, Time};
use proptest::prelude::*;
use std::{collections::BTreeMap, fs, path::PathBuf};
use uuid::Uuid;

const LIST: ListId = ListId(Uuid::from_u128(9));

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("cport-index-{name}-{}", std::process::id()));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file with hashes of a small world, so that files share some.
fn hashes(n: u8) -> Hashes {
    let mut bits = [0; 32];
    bits[..16].fill(0xff);
    bits[usize::from(n % 16)] = !(1 << (n % 8));
    bits[16 + usize::from(n % 16)] = 1 << (n % 8);
    Hashes {
        digests: Digests {
            md5: (!n.is_multiple_of(3)).then_some([n % 23; 16]),
            sha1: (!n.is_multiple_of(4)).then_some([n % 29; 20]),
            sha256: (!n.is_multiple_of(5)).then_some([n; 32]),
        },
        photodna: n.is_multiple_of(7).then_some([n; 32]),
        pdq: Some(Pdq { bits, quality: Some(80) }),
        frames: Vec::new(),
    }
}

fn entry(id: u8, changed: i64, hashes: Hashes, withdrawn: bool) -> store::Indexed {
    store::Indexed { id: HashId(Uuid::from_u128(u128::from(id) + 1)), changed, withdrawn, hashes }
}

/// What a plain list of entries would answer: of each its strongest exact way and its strongest way of looking alike.
fn brute(entries: &BTreeMap<HashId, store::Indexed>, asked: &Hashes, distance: u32) -> Vec<(HashId, How, u32)> {
    let one = |e: &store::Indexed| {
        let (a, b) = (&asked.digests, &e.hashes.digests);
        fn pair<T: PartialEq>(a: Option<T>, b: Option<T>) -> Option<bool> {
            Some(a? == b?)
        }
        let ways = [
            (How::Sha256, pair(a.sha256, b.sha256)),
            (How::Sha1, pair(a.sha1, b.sha1)),
            (How::Md5, pair(a.md5, b.md5)),
        ];
        let fits = ways.iter().all(|(_, same)| *same != Some(false));
        let exact = ways.iter().find(|(_, same)| fits && *same == Some(true)).map(|(how, _)| (e.id, *how, 0));
        let opaque = asked.photodna.is_some() && asked.photodna == e.hashes.photodna;
        let near = asked
            .pdq
            .zip(e.hashes.pdq)
            .map(|(a, b)| -> u32 { a.bits.iter().zip(b.bits).map(|(a, b)| (a ^ b).count_ones()).sum() });
        let near = near.filter(|bits| *bits <= distance).map(|bits| (e.id, How::Pdq, bits));
        exact.into_iter().chain(opaque.then_some((e.id, How::PhotoDna, 0)).or(near)).collect::<Vec<_>>()
    };
    let mut found: Vec<_> = entries.values().filter(|e| !e.withdrawn).flat_map(one).collect();
    found.sort_by_key(|(id, how, distance)| (*how, *distance, *id));
    found
}

fn answers(index: &Index, asked: &Hashes) -> Vec<(HashId, How, u32)> {
    index.look_up(asked, 0.8).into_iter().map(|h| (h.entry, h.how, h.distance)).collect()
}

/// As a start does it, but for asking the database.
fn reopened(folder: &std::path::Path) -> Result<Index, keep::Trouble> {
    let index = Index::default();
    index.replace(keep::kept(folder)?);
    Ok(index)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_order_of_changes_tidying_and_starts_answers_as_brute_force(
        acts in prop::collection::vec((0..40_u8, any::<u8>(), 0..12_u8), 1..120), case in any::<u64>(),
    ) {
        let folder = folder(&format!("model-{case:x}"));
        let (mut index, mut model) = (Index::default(), BTreeMap::new());
        index.set_distance(LIST, 6);
        let mut saved = 0;
        for (version, (id, content, act)) in (1..).zip(acts) {
            let now = entry(id, version, hashes(content), act == 0 && model.contains_key(&HashId(Uuid::from_u128(u128::from(id) + 1))));
            index.take_over(LIST, vec![now.clone()], Place::after(version));
            model.insert(now.id, now);
            match act {
                1 => drop(index.tidy().unwrap()),
                2 => {
                    // All that is dead, however little it is.
                    let dead = index.write().slots.sweep(0);
                    index.read().parts.tidy(dead.as_deref()).unwrap();
                }
                3 => {
                    index.save(&folder).unwrap();
                    saved = version;
                }
                4 if saved > 0 => {
                    index = reopened(&folder).unwrap();
                    prop_assert_eq!(index.version(LIST), saved);
                    let mut since: Vec<_> = model.values().filter(|e| e.changed > saved).cloned().collect();
                    since.sort_by_key(|e| e.changed);
                    index.take_over(LIST, since, Place::after(version));
                }
                _ => {}
            }
            let asked = hashes(content.wrapping_add(act));
            prop_assert_eq!(answers(&index, &asked), brute(&model, &asked, 6));
        }
        prop_assert_eq!(index.len(), model.values().filter(|e| !e.withdrawn).count());
        fs::remove_dir_all(&folder).unwrap();
    }
}

fn some() -> Index {
    let index = Index::default();
    index.set_distance(LIST, 31);
    index.take_over(LIST, (0..50).map(|n| entry(n, 1, hashes(n), false)).collect(), Place::after(1));
    index
}

#[test]
fn every_byte_of_a_snapshot_that_changed_is_found_before_it_answers() {
    let folder = folder("bytes");
    let index = some();
    assert_eq!(index.save(&folder).unwrap(), 50);
    let inside = folder.join("1");
    let mut files: Vec<PathBuf> = fs::read_dir(&inside).unwrap().map(|e| e.unwrap().path()).collect();
    files.push(folder.join("state"));
    assert_eq!(files.len(), 8);
    for file in &files {
        let good = fs::read(file).unwrap();
        let places: Vec<usize> = (0..good.len()).step_by((good.len() / 40).max(1)).collect();
        for place in places {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            fs::write(file, &bad).unwrap();
            // Padding between sections is not read by anybody.
            if let Ok(index) = reopened(&folder) {
                assert!((0..50).all(|n| !answers(&index, &hashes(n)).is_empty()), "{file:?} {place}");
                assert_eq!(good[place], 0, "{file:?} {place}: only padding may change unseen");
            }
        }
        for cut in [0, 1, good.len() / 2, good.len() - 1] {
            fs::write(file, &good[..cut]).unwrap();
            assert!(reopened(&folder).is_err(), "{file:?} cut to {cut}");
        }
        fs::remove_file(file).unwrap();
        assert!(reopened(&folder).is_err(), "{file:?} gone");
        fs::write(file, good).unwrap();
        assert!(reopened(&folder).is_ok());
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn files_of_two_snapshots_never_mix_and_old_ones_go() {
    let folder = folder("mix");
    let index = some();
    index.save(&folder).unwrap();
    let old = fs::read(folder.join("1/pdq")).unwrap();
    index.take_over(LIST, vec![entry(60, 2, hashes(200), false)], Place::after(2));
    index.save(&folder).unwrap();
    assert!(!folder.join("1").exists(), "the older snapshot went");
    fs::write(folder.join("2/pdq"), old).unwrap();
    assert!(matches!(reopened(&folder).err(), Some(keep::Trouble::Damaged(_))));
    // A writer that was killed left a folder behind: it is no snapshot, and the next one does not trip over it.
    fs::create_dir_all(folder.join("7")).unwrap();
    fs::write(folder.join("7/slots"), b"half").unwrap();
    index.save(&folder).unwrap();
    assert_eq!(reopened(&folder).unwrap().len(), 51);
    assert!(!folder.join("7").exists() && folder.join("8").exists());
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_entry_takes_32_bytes_beside_its_hashes() {
    let index = some();
    let inner = index.read();
    assert_eq!(size_of::<Slot>(), 32);
    assert!(inner.slots.bytes() >= 50 * 32);
    drop(inner);
    assert!(index.wants_saving());
}

#[test]
fn many_at_once_are_answered_as_one_by_one() {
    let index = some();
    let asked: Vec<[u8; 32]> = (0..=255).filter_map(|n| hashes(n).pdq).map(|p| p.bits).collect();
    let mut many: Vec<Vec<(u32, HashId)>> = vec![Vec::new(); asked.len()];
    index.look_up_many(&Many::Pdq(&asked), &[LIST], |place, hit| many[place].push((hit.distance, hit.entry)));
    for (bits, mut found) in asked.iter().zip(many) {
        let one = Hashes { pdq: Some(Pdq { bits: *bits, quality: None }), ..Hashes::default() };
        found.sort_unstable();
        let single: Vec<_> = index.look_up(&one, 0.8).iter().map(|h| (h.distance, h.entry)).collect();
        assert_eq!(found, single);
    }
    let digests: Vec<[u8; 32]> = (0..=255).map(|n| [n; 32]).collect();
    let mut known = vec![false; 256];
    index.look_up_many(&Many::Sha256(&digests), &[LIST], |place, _| known[place] = true);
    assert_eq!(known.iter().filter(|k| **k).count(), (0..50).filter(|n| n % 5 != 0).count());
    index.look_up_many(&Many::Sha256(&digests), &[], |_, _| panic!("a list that was not asked"));
}

#[test]
fn an_entry_of_the_public_kind_is_made_of_the_same_hashes() {
    let says = Says { class: ListClass::Baseline, age_group: AgeGroup::Unknown, gender: Gender::Unknown };
    let (at, added, changed) = (Time::from_micros(0), 1, 1);
    let entry = Entry {
        id: HashId(Uuid::from_u128(1)),
        list: LIST,
        source: String::new(),
        source_id: "1".into(),
        says,
        hashes: hashes(7),
        record: Record::default(),
        added,
        changed,
        withdrawn: None,
        added_at: at,
        changed_at: at,
    };
    let found = answers(&Index::of(&[entry], &[(LIST, 31)]), &hashes(7));
    assert!(!found.is_empty() && found.iter().all(|(id, ..)| *id == HashId(Uuid::from_u128(1))), "{found:?}");
}
