//! Videos by their frames, and groups of near-duplicates.

use crate::data::Chance;
use matcher::{Error, Frame, Hash256, Reach, Share, VideoIndex, group};

fn frames(hashes: &[Hash256]) -> Vec<Frame> {
    hashes.iter().map(|hash| Frame { hash: *hash, quality: 80 }).collect()
}

/// Flips one set and one unset bit in pairs: a balanced hash stays balanced.
fn shifted(chance: &mut Chance, hash: Hash256, pairs: u32) -> Hash256 {
    let mut other = hash;
    while other.distance(&hash) != 2 * pairs || other.ones() != 128 {
        other = chance.at_distance(hash, 2 * pairs);
    }
    other
}

#[test]
fn a_video_is_known_by_its_share_of_frames_both_ways() {
    let mut chance = Chance(51);
    let hashes: Vec<Hash256> = (0..100).map(|_| chance.balanced()).collect();
    let index = VideoIndex::new().unwrap();
    assert_eq!(index.insert(7, &frames(&hashes[..40])).unwrap(), 40);
    assert_eq!(index.insert(8, &frames(&hashes[30..60])).unwrap(), 30);
    assert_eq!(index.insert(7, &frames(&hashes[..40])).unwrap(), 40);
    assert_eq!(index.counts().live, 70);
    // Ten frames of 7 (five of them also in 8) seen again with changes, one of them twice, and ten unknown ones.
    let mut query: Vec<Hash256> = hashes[25..35].iter().map(|hash| shifted(&mut chance, *hash, 5)).collect();
    query.push(query[0]);
    query.extend(&hashes[80..90]);
    let mut query = frames(&query);
    query.push(Frame { hash: hashes[0], quality: 49 });
    let hits = index.search(&query, 31);
    assert_eq!(hits.iter().map(|hit| hit.video).collect::<Vec<_>>(), [7, 8]);
    assert_eq!((hits[0].of_query, hits[0].of_known), (Share { matched: 10, of: 20 }, Share { matched: 10, of: 40 }));
    assert_eq!((hits[1].of_query, hits[1].of_known), (Share { matched: 5, of: 20 }, Share { matched: 5, of: 30 }));
    assert_eq!(hits[0].of_query.percent(), 50.0);
    index.merge(1).unwrap();
    assert_eq!(index.search(&query, 31), hits);
    assert!(index.remove(7, &frames(&hashes[..40])).unwrap());
    assert!(!index.remove(7, &frames(&hashes[..40])).unwrap());
    assert_eq!(index.search(&query, 31).len(), 1);
    assert_eq!(index.search(&[], 31), []);
}

#[test]
fn a_video_of_too_many_frames_is_refused() {
    let mut chance = Chance(52);
    let hashes: Vec<Hash256> = (0..65_536).map(|_| chance.balanced()).collect();
    let index = VideoIndex::new().unwrap();
    assert!(matches!(index.insert(1, &frames(&hashes)), Err(Error::TooMany(_))));
    assert_eq!(index.insert(1, &frames(&hashes[1..])).unwrap(), 65_535);
    let hits = index.search(&frames(&hashes[..100]), 31);
    assert_eq!((hits[0].of_query, hits[0].of_known.of), (Share { matched: 99, of: 100 }, 65_535));
}

/// Groups against connecting every pair by brute force.
#[test]
fn groups_are_what_is_connected() {
    let mut chance = Chance(53);
    for (count, families) in [(0, 1), (1, 1), (300, 20), (4000, 900)] {
        let bases: Vec<Hash256> = (0..families).map(|_| chance.hash()).collect();
        let hashes: Vec<(Hash256, Reach)> = (0..count)
            .map(|k| {
                let distance = chance.below(24) as u32;
                let hash = chance.at_distance(bases[k % families], if k % 5 == 0 { 0 } else { distance });
                (hash, if k % 11 == 0 { Reach::Exact } else { Reach::Near })
            })
            .collect();
        let mut truth: Vec<usize> = (0..count).collect();
        loop {
            let before = truth.clone();
            for a in 0..count {
                for b in (0..a).filter(|b| (a - b) % families == 0) {
                    let ((x, near), (y, also)) = (hashes[a], hashes[b]);
                    let within = if near == Reach::Near { 31 } else { 0 };
                    if near == also && x.distance(&y) <= within {
                        let low = truth[a].min(truth[b]);
                        (truth[a], truth[b]) = (low, low);
                    }
                }
            }
            if truth == before {
                break;
            }
        }
        for threads in [1, 2] {
            assert_eq!(group(&hashes, 31, threads).unwrap(), truth, "{count} in {families}");
        }
    }
}
