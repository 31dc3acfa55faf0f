//! Exact recall: what brute force finds is found, and nothing else, at every radius, by every path.

use crate::data::Chance;
use matcher::{Hash256, Hit, Lanes, NearIndex, Reach};

fn brute(known: &[Hash256], query: &Hash256, radius: u32) -> Vec<Hit> {
    let hits = known.iter().enumerate().map(|(id, hash)| Hit { distance: query.distance(hash), id: id as u64 });
    let mut hits: Vec<Hit> = hits.filter(|hit| hit.distance <= radius).collect();
    hits.sort_unstable();
    hits
}

fn index(known: &[Hash256]) -> NearIndex {
    NearIndex::build(known.iter().enumerate().map(|(id, hash)| (*hash, id as u64, Reach::Near)), 2).unwrap()
}

/// Queries one by one and together, with all instructions, against brute force.
fn agrees(known: &[Hash256], queries: &[Hash256], radii: &[u32]) {
    let index = index(known);
    for radius in radii {
        let truth: Vec<Vec<Hit>> = queries.iter().map(|query| brute(known, query, *radius)).collect();
        let together: Vec<(usize, Hit)> =
            truth.iter().enumerate().flat_map(|(k, hits)| hits.iter().map(move |hit| (k, *hit))).collect();
        for lanes in Lanes::available() {
            let view = index.view().with_lanes(lanes);
            for (query, truth) in queries.iter().zip(&truth) {
                assert_eq!(&view.search(query, *radius), truth, "{lanes:?}, radius {radius}");
            }
            assert_eq!(view.search_many(queries, *radius), together, "{lanes:?}, radius {radius}, together");
        }
    }
}

/// A thousand queries against a thousand hashes, pairs planted at 0 to 40 bits.
#[test]
fn a_million_pairs_agree_with_brute_force() {
    let mut chance = Chance(1);
    let known: Vec<Hash256> = (0..1000).map(|_| chance.hash()).collect();
    let queries: Vec<Hash256> = (0..1000).map(|k| chance.at_distance(known[k], (k % 41) as u32)).collect();
    agrees(&known, &queries, &[0, 1, 7, 14, 15, 16, 30, 31, 32, 40]);
}

/// Each distance from 0 to 40 against each radius from 0 to 40, in an index large enough to cut keys to fewer bits.
#[test]
fn every_distance_is_found_from_its_radius_on() {
    let mut chance = Chance(2);
    let known: Vec<Hash256> = (0..20_000).map(|_| chance.hash()).collect();
    let index = index(&known);
    let view = index.view();
    for distance in 0..=40_u32 {
        for _ in 0..12 {
            let id = chance.below(known.len());
            let query = chance.at_distance(known[id], distance);
            for radius in 0..=40 {
                let hits = view.search(&query, radius);
                let expected = if distance <= radius { vec![Hit { distance, id: id as u64 }] } else { vec![] };
                assert_eq!(hits, expected, "distance {distance}, radius {radius}");
            }
        }
    }
}

/// All hashes with 128 ones: the radius is rounded to what distances can be.
#[test]
fn balanced_hashes_are_found_by_balanced_and_other_queries() {
    let mut chance = Chance(3);
    let known: Vec<Hash256> = (0..3000).map(|_| chance.balanced()).collect();
    let queries: Vec<Hash256> =
        (0..800).map(|k| chance.at_distance(known[k * 3], (k % 41) as u32)).chain(known[..50].to_vec()).collect();
    agrees(&known, &queries, &[0, 1, 2, 15, 30, 31, 33]);
}

/// Data as skewed as it comes: a few prototypes, half of them mostly zeroes.
#[test]
fn skewed_hashes_are_found_completely() {
    let mut chance = Chance(4);
    let known: Vec<Hash256> = (0..4000).map(|_| chance.skewed()).collect();
    let queries: Vec<Hash256> = (0..300).map(|_| chance.skewed()).collect();
    agrees(&known, &queries, &[0, 8, 31]);
}

/// One hash a thousand times, and neighbours all within the radius of each other.
#[test]
fn one_hash_may_stand_for_many_entries() {
    let mut chance = Chance(5);
    let centre = chance.hash();
    let known: Vec<Hash256> =
        (0..1500).map(|k| if k < 1000 { centre } else { chance.at_distance(centre, k % 16) }).collect();
    agrees(&known, &[centre, chance.at_distance(centre, 9), chance.hash()], &[0, 15, 16, 31, 256]);
}

#[test]
fn an_index_of_nothing_or_little_answers() {
    let mut chance = Chance(6);
    for count in [0, 1, 2, 3, 31, 32, 33, 65] {
        let known: Vec<Hash256> = (0..count).map(|_| chance.hash()).collect();
        let queries: Vec<Hash256> = (0..80).map(|k| if count > 0 { known[k % count] } else { chance.hash() }).collect();
        agrees(&known, &queries, &[0, 31, 256]);
    }
}

/// A million hashes and a thousand queries: a thousand million pairs.
#[test]
#[ignore = "a minute without optimisation of the test itself: scripts/test --long"]
fn long_a_million_hashes_agree_with_brute_force() {
    let mut chance = Chance(7);
    let known: Vec<Hash256> =
        (0..1_000_000).map(|k| if k % 4 == 0 { chance.skewed() } else { chance.hash() }).collect();
    let queries: Vec<Hash256> = (0..1000).map(|k| chance.at_distance(known[k * 997], (k % 41) as u32)).collect();
    agrees(&known, &queries, &[31]);
}
