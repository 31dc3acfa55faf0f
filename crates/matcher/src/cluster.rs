//! Which of a batch belong together.

use crate::{
    error::Result,
    hash::{Hash256, Reach},
    near::NearIndex,
    sort::{desks, spread},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Queries of one job.
const JOB: usize = 1 << 14;
/// Pairs kept before they are joined.
const PAIRS: usize = 1 << 16;

/// Groups hashes that are connected by steps of at most `radius` bits; entries of [`Reach::Exact`] only with their equals.
/// Says of each the place of the first of its group, so `result[i] == i` begins a group.
///
/// Time grows with the number of pairs within the radius: a hundred thousand different hashes that are all near each other
/// take half a minute.
///
/// # Errors
/// If memory cannot be had or there are more than 2³¹ hashes.
pub fn group(hashes: &[(Hash256, Reach)], radius: u32, threads: usize) -> Result<Vec<usize>> {
    let mut groups = Groups::new(hashes.len());
    let mut seen: HashMap<(Hash256, Reach), usize> = HashMap::new();
    let mut first = Vec::new();
    for (k, (hash, reach)) in hashes.iter().enumerate() {
        let other = *seen.entry((*hash, *reach)).or_insert(k);
        groups.join(k, other);
        if other == k && *reach == Reach::Near {
            first.push((*hash, k));
        }
    }
    let index = NearIndex::build(first.iter().map(|(hash, k)| (*hash, *k as u64, Reach::Near)), threads)?;
    let view = index.view();
    let shared = Mutex::new(groups);
    let join = |pairs: &mut Vec<(usize, usize)>| {
        let mut groups = shared.lock().unwrap_or_else(PoisonError::into_inner);
        pairs.drain(..).for_each(|(a, b)| groups.join(a, b));
    };
    spread(first.chunks(JOB).collect(), desks(threads), |(), part: &[(Hash256, usize)]| {
        let queries: Vec<Hash256> = part.iter().map(|(hash, _)| *hash).collect();
        let mut pairs = Vec::new();
        view.search_each(&queries, radius, |query, hit| {
            if let Some((_, place)) = part.get(query) {
                pairs.push((*place, hit.id as usize));
            }
            if pairs.len() == PAIRS {
                join(&mut pairs);
            }
        });
        join(&mut pairs);
    });
    let mut groups = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok((0..hashes.len()).map(|k| groups.first(k)).collect())
}

/// Disjoint sets; the first member stands for all.
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn first(&mut self, mut k: usize) -> usize {
        while let Some(up) = self.0.get(k).copied().filter(|up| *up != k) {
            // Halve the way for whoever comes next.
            let further = self.0.get(up).copied().unwrap_or(up);
            if let Some(to) = self.0.get_mut(k) {
                *to = further;
            }
            k = further;
        }
        k
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        if let Some(to) = self.0.get_mut(a.max(b)) {
            *to = a.min(b);
        }
    }
}
