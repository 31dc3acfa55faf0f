//! Sorting and sharing out work over a few threads.

#![expect(clippy::indexing_slicing, reason = "counting sorts: places come from the counts")]

use crate::{error::Result, rows::Rows};
use std::thread;

/// Below this a plain sort is as fast.
const FEW: usize = 4096;

/// Sorted and without repetition.
pub(crate) fn sorted<const N: usize>(mut rows: Rows<N>, threads: usize) -> Result<Rows<N>> {
    if !rows.is_sorted() {
        rows = sort(rows, threads)?;
    }
    let mut kept = 0;
    for k in 0..rows.len() {
        if kept == 0 || rows[k] != rows[kept - 1] {
            if k != kept {
                rows[kept] = rows[k];
            }
            kept += 1;
        }
    }
    rows.shorten(kept);
    Ok(rows)
}

/// By the leading byte, then each part by itself, on several threads.
fn sort<const N: usize>(mut rows: Rows<N>, threads: usize) -> Result<Rows<N>> {
    if rows.len() < FEW {
        rows.sort_unstable();
        return Ok(rows);
    }
    let mut parted = Rows::zeroed(rows.len())?;
    let ends = part(&rows, &mut parted, 56);
    drop(rows);
    let mut parts: Vec<&mut [[u64; N]]> = Vec::new();
    let mut rest: &mut [[u64; N]] = &mut parted;
    let mut from = 0;
    for end in ends {
        let (part, after) = std::mem::take(&mut rest).split_at_mut(end - from);
        parts.push(part);
        (rest, from) = (after, end);
    }
    spread(parts, desks(threads), |second: &mut Vec<[u64; N]>, rows| {
        if rows.len() < FEW {
            return rows.sort_unstable();
        }
        // Once more by the second byte: what is left to sort fits the first-level cache.
        second.resize(rows.len().max(second.len()), [0; N]);
        let second = &mut second[..rows.len()];
        let ends = part(rows, second, 48);
        let mut from = 0;
        for end in ends {
            second[from..end].sort_unstable();
            from = end;
        }
        rows.copy_from_slice(second);
    });
    Ok(parted)
}

/// Copies rows so that the byte at `shift` of their first word ascends; returns where each value's rows end.
fn part<const N: usize>(rows: &[[u64; N]], to: &mut [[u64; N]], shift: u32) -> [usize; 256] {
    let byte = |row: &[u64; N]| (row[0] >> shift) as usize & 255;
    let mut counts = [0_usize; 256];
    rows.iter().for_each(|row| counts[byte(row)] += 1);
    let mut at = [0_usize; 256];
    for k in 1..256 {
        at[k] = at[k - 1] + counts[k - 1];
    }
    for row in rows {
        let place = &mut at[byte(row)];
        to[*place] = *row;
        *place += 1;
    }
    at
}

/// Two lists, the first of them sorted, as one that is.
pub(crate) fn join<const N: usize>(old: Rows<N>, new: impl Iterator<Item = [u64; N]>) -> Result<Rows<N>> {
    let mut new: Vec<[u64; N]> = new.collect();
    if new.is_empty() {
        return Ok(old);
    }
    new.sort_unstable();
    let mut all = Rows::zeroed(old.len() + new.len())?;
    let mut new = new.into_iter().peekable();
    let mut old = old.iter().copied().peekable();
    for to in &mut *all {
        let next = match (old.peek(), new.peek()) {
            (Some(a), Some(b)) if b < a => new.next(),
            (Some(_), _) => old.next(),
            (None, _) => new.next(),
        };
        *to = next.unwrap_or([0; N]);
    }
    Ok(all)
}

/// Does each job once. There is a thread for each desk; they take turns in the list.
pub(crate) fn spread<T: Send, D: Send>(jobs: Vec<T>, desks: Vec<D>, work: impl Fn(&mut D, T) + Sync) {
    let threads = desks.len().max(1);
    let mut hands: Vec<Vec<T>> = (0..threads).map(|_| Vec::new()).collect();
    for (k, job) in jobs.into_iter().enumerate() {
        hands[k % threads].push(job);
    }
    let turn = |(mut desk, hand): (D, Vec<T>)| hand.into_iter().for_each(|job| work(&mut desk, job));
    let mut pairs: Vec<(D, Vec<T>)> = desks.into_iter().zip(hands).collect();
    let mine = pairs.pop();
    thread::scope(|scope| {
        for pair in pairs {
            scope.spawn(|| turn(pair));
        }
        mine.into_iter().for_each(turn);
    });
}

/// As many as there may be threads: 1 to 64.
pub(crate) fn desks<D: Default>(threads: usize) -> Vec<D> {
    (0..threads.clamp(1, 64)).map(|_| D::default()).collect()
}
