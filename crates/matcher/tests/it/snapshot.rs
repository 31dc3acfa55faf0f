//! Snapshots: opened at once, refused when damaged, and never half there.

use crate::data::Chance;
use matcher::{DigestIndex, Error, Hash256, Key, NearIndex, Reach};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("matcher-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn hashes(seed: u64, count: usize) -> Vec<Hash256> {
    let mut chance = Chance(seed);
    (0..count).map(|_| chance.hash()).collect()
}

fn index(hashes: &[Hash256]) -> NearIndex {
    let reach = |id: usize| if id % 50 == 7 { Reach::Exact } else { Reach::Near };
    // Every tenth hash stands for two entries.
    let twice = hashes
        .iter()
        .enumerate()
        .filter(|(id, _)| id % 10 == 0)
        .map(|(id, hash)| (*hash, 1 << 40 | id as u64, Reach::Near));
    let once = hashes.iter().enumerate().map(|(id, hash)| (*hash, id as u64, reach(id)));
    NearIndex::build(once.chain(twice), 1).unwrap()
}

#[test]
fn a_snapshot_answers_like_the_index_it_was_written_from() {
    let folder = folder("same");
    let hashes = hashes(31, 3000);
    let built = index(&hashes);
    built.remove(hashes[0], 0);
    let late = Chance(99).hash();
    built.insert(late, 77, Reach::Near);
    built.save(&folder.join("near"), &[9; 64], 2).unwrap();
    let (opened, mark) = NearIndex::open(&folder.join("near")).unwrap();
    opened.verify().unwrap();
    assert_eq!(mark, [9; 64]);
    assert_eq!(opened.counts(), built.counts());
    let mut chance = Chance(32);
    for hash in hashes.iter().chain([&late]) {
        let query = chance.at_distance(*hash, 12);
        assert_eq!(opened.view().search(&query, 31), built.view().search(&query, 31));
        assert_eq!(opened.view().search(hash, 0), built.view().search(hash, 0));
    }
    // It can be changed and written over the file it is mapped from.
    assert!(opened.remove(late, 77));
    opened.save(&folder.join("near"), &[10; 64], 1).unwrap();
    let (again, mark) = NearIndex::open(&folder.join("near")).unwrap();
    assert_eq!((again.view().search(&late, 0), mark), (vec![], [10; 64]));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn foreign_cut_and_other_files_are_refused_with_the_reason() {
    let folder = folder("foreign");
    let (near, digests, other) = (folder.join("near"), folder.join("digests"), folder.join("other"));
    index(&hashes(33, 500)).save(&near, &[0; 64], 1).unwrap();
    DigestIndex::build([(Key::of(&[1; 16]).unwrap(), 1)], 5, 1).unwrap().save(&digests, &[0; 64], 1).unwrap();
    assert!(matches!(NearIndex::open(&folder.join("none")), Err(Error::Io(_))));
    assert!(matches!(NearIndex::open(&digests), Err(Error::Kind)));
    assert!(matches!(DigestIndex::open(&near, 5), Err(Error::Kind)));
    assert!(matches!(DigestIndex::open(&digests, 6), Err(Error::Kind)));
    let bytes = fs::read(&near).unwrap();
    for cut in [0, 7, 8, 100, 4095, 4096, 5000, bytes.len() - 1] {
        fs::write(&other, &bytes[..cut]).unwrap();
        assert!(matches!(NearIndex::open(&other), Err(Error::Foreign | Error::Damaged(_))), "{cut}");
    }
    fs::write(&other, [bytes.as_slice(), &[0]].concat()).unwrap();
    assert!(matches!(NearIndex::open(&other), Err(Error::Damaged(_))));
    fs::write(&other, b"PK\x03\x04 something else entirely").unwrap();
    assert!(matches!(NearIndex::open(&other), Err(Error::Foreign)));
    fs::remove_dir_all(folder).unwrap();
}

/// Any changed byte: in the header it is refused; behind it `verify` finds it and searching never panics or hangs.
#[test]
fn in_2_a_damaged_snapshot_is_refused_or_found_by_verify() {
    let folder = folder("damaged");
    let (near, digests, other) = (folder.join("near"), folder.join("digests"), folder.join("other"));
    let hashes = hashes(34, 600);
    let keys: Vec<Key> = hashes.iter().map(|hash| Key::of(&hash.to_bytes()).unwrap()).collect();
    index(&hashes).save(&near, &[0; 64], 1).unwrap();
    DigestIndex::build(keys.iter().zip(0..).map(|(key, id)| (*key, id)), 5, 1)
        .unwrap()
        .save(&digests, &[0; 64], 1)
        .unwrap();
    let mut chance = Chance(35);
    for round in 0..600 {
        let near_round = round % 2 == 0;
        let mut bytes = fs::read(if near_round { &near } else { &digests }).unwrap();
        let header = round % 6 == 0;
        for _ in 0..1 + chance.below(30) {
            let at = if header { chance.below(4096) } else { 4096 + chance.below(bytes.len() - 4096) };
            bytes[at] ^= 1 << chance.below(8) | (chance.next() as u8 & chance.next() as u8);
        }
        if bytes == fs::read(if near_round { &near } else { &digests }).unwrap() {
            continue;
        }
        fs::write(&other, &bytes).unwrap();
        if near_round {
            match NearIndex::open(&other) {
                Err(Error::Damaged(_) | Error::Foreign) => assert!(header),
                Err(error) => panic!("{error}"),
                Ok((opened, _)) => {
                    assert!(!header);
                    // Padding between sections is not covered; everything that is read is.
                    let sound = opened.verify().is_ok();
                    let whole = index(&hashes);
                    for hash in &hashes[..40] {
                        let found = opened.view().search(hash, 31);
                        assert!(!sound || found == whole.view().search(hash, 31));
                    }
                    opened.view().search_many(&hashes, 31);
                    opened.insert(hashes[0], 1 << 50, Reach::Near);
                    opened.merge(1).ok();
                }
            }
        } else {
            match DigestIndex::open(&other, 5) {
                Err(Error::Damaged(_) | Error::Foreign) => assert!(header),
                Err(error) => panic!("{error}"),
                Ok((opened, _)) => {
                    assert!(!header);
                    let sound = opened.verify().is_ok();
                    let found = opened.view().find_many(&keys);
                    assert!(!sound || found == (0..keys.len()).map(|k| (k, k as u64)).collect::<Vec<_>>());
                    opened.insert(keys[0], 1 << 50);
                    opened.merge(1).ok();
                }
            }
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

/// A process that writes two snapshots in turn is killed at moments all over its work; what is there is one of the two, whole.
#[test]
fn du_1_a_killed_writer_leaves_the_old_snapshot_or_the_new() {
    let folder = folder("killed");
    let file = folder.join("near");
    index(&hashes(0, 4000)).save(&file, &[0; 64], 1).unwrap();
    let mut seen = [0; 2];
    let mut beside = 0;
    for round in 0..60_u64 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "snapshot::writes_until_killed", "--ignored", "--nocapture"])
            .env("MATCHER_TEST_FILE", &file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(15 + round * 7 % 40));
        writer.kill().unwrap();
        writer.wait().unwrap();
        beside += usize::from(folder.join("near.new").exists());
        let (opened, mark) = NearIndex::open(&file).unwrap();
        opened.verify().unwrap();
        let which = usize::from(mark[0]);
        seen[which] += 1;
        let hashes = hashes(which as u64, 4000);
        assert!(hashes.iter().step_by(97).all(|hash| !opened.view().search(hash, 0).is_empty()));
    }
    assert!(seen[0] > 0 && seen[1] > 0 && beside > 0, "{seen:?}, {beside} killed before the rename");
    // Left-overs do no harm: the next writer takes their place.
    index(&hashes(1, 4000)).save(&file, &[1; 64], 1).unwrap();
    assert!(!folder.join("near.new").exists());
    fs::remove_dir_all(folder).unwrap();
}

/// Not a test: what the one above kills.
#[test]
#[ignore = "started by the test that kills it"]
fn writes_until_killed() {
    let Some(file) = std::env::var_os("MATCHER_TEST_FILE") else { return };
    let both = [0, 1].map(|which| index(&hashes(which, 4000)));
    for which in (0..2).cycle() {
        both[which].save(Path::new(&file), &[which as u8; 64], 1).unwrap();
    }
}

/// Cut between writing and renaming: the unfinished file beside is ignored.
#[test]
fn du_1_what_lies_beside_is_never_opened() {
    let folder = folder("beside");
    let file = folder.join("near");
    index(&hashes(36, 100)).save(&file, &[1; 64], 1).unwrap();
    let whole = fs::read(&file).unwrap();
    for cut in [0, 100, 4096, whole.len() - 1] {
        fs::write(folder.join("near.new"), &whole[..cut]).unwrap();
        assert_eq!(NearIndex::open(&file).unwrap().1, [1; 64]);
    }
    assert!(matches!(NearIndex::open(&folder.join("near.new")), Err(Error::Damaged(_))));
    fs::remove_dir_all(folder).unwrap();
}
