//! Sorting and sharing out work over a few threads.

#![expect(clippy::indexing_slicing, reason = "a counting sort: places come from the counts")]

use std::thread;

/// Rows with a leading byte by which they are parted first.
pub(crate) trait Leading: Ord + Copy + Default + Send {
    /// The most significant byte of the order.
    fn leading(&self) -> u8;
}

/// Sorted and without repetition.
pub(crate) fn sorted<T: Leading>(mut rows: Vec<T>, threads: usize) -> Vec<T> {
    if !rows.is_sorted() {
        rows = sort(rows, threads);
    }
    rows.dedup();
    rows
}

/// By the leading byte, then each part by itself, on several threads.
fn sort<T: Leading>(mut rows: Vec<T>, threads: usize) -> Vec<T> {
    if rows.len() < 10_000 {
        rows.sort_unstable();
        return rows;
    }
    let mut counts = [0_usize; 256];
    rows.iter().for_each(|row| counts[usize::from(row.leading())] += 1);
    let mut at = [0_usize; 256];
    for k in 1..256 {
        at[k] = at[k - 1] + counts[k - 1];
    }
    let mut parted = vec![T::default(); rows.len()];
    for row in &rows {
        let to = &mut at[usize::from(row.leading())];
        parted[*to] = *row;
        *to += 1;
    }
    drop(rows);
    let mut parts: Vec<&mut [T]> = Vec::new();
    let mut rest = parted.as_mut_slice();
    for count in counts {
        let (part, after) = std::mem::take(&mut rest).split_at_mut(count);
        parts.push(part);
        rest = after;
    }
    spread(parts, threads, |part| part.sort_unstable());
    parted
}

/// Two lists, the first of them sorted, as one that is.
pub(crate) fn join<T: Ord>(old: Vec<T>, mut new: Vec<T>) -> Vec<T> {
    if new.is_empty() {
        return old;
    }
    new.sort_unstable();
    let mut all = Vec::with_capacity(old.len() + new.len());
    let mut new = new.into_iter().peekable();
    for row in old {
        while let Some(first) = new.next_if(|n| *n < row) {
            all.push(first);
        }
        all.push(row);
    }
    all.extend(new);
    all
}

/// Does each job once, on `threads` threads (1 to 64) that take turns in the list.
pub(crate) fn spread<T: Send>(jobs: Vec<T>, threads: usize, work: impl Fn(T) + Sync) {
    let threads = threads.clamp(1, 64);
    let mut hands: Vec<Vec<T>> = (0..threads).map(|_| Vec::new()).collect();
    for (k, job) in jobs.into_iter().enumerate() {
        hands[k % threads].push(job);
    }
    let mine = hands.pop().unwrap_or_default();
    thread::scope(|scope| {
        for hand in hands {
            scope.spawn(|| hand.into_iter().for_each(&work));
        }
        mine.into_iter().for_each(&work);
    });
}
