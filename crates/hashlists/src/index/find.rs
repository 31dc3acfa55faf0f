//! Looking up: one file by all its hashes, or many by one kind of hash.

use super::{Hit, How, Inner, parts::matchable, slots::Slot};
use crate::{Digests, Hashes, Pdq};
use base::ListId;
use matcher::{Hash256, Key};
use std::collections::HashMap;

/// Hashes of one kind of many files.
#[derive(Clone, Copy, Debug)]
pub enum Many<'a> {
    /// MD5s, 16 bytes each.
    Md5(&'a [[u8; 16]]),
    /// SHA-1s, 20 bytes each.
    Sha1(&'a [[u8; 20]]),
    /// SHA-256s, 32 bytes each.
    Sha256(&'a [[u8; 32]]),
    /// PDQ hashes, 32 bytes each.
    Pdq(&'a [[u8; 32]]),
}

impl Many<'_> {
    /// How many files.
    pub const fn len(&self) -> usize {
        match self {
            Self::Md5(all) => all.len(),
            Self::Sha1(all) => all.len(),
            Self::Sha256(all) | Self::Pdq(all) => all.len(),
        }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Inner {
    /// Every entry that a file hits, strongest first: by its strongest exact way, and by its strongest way of looking
    /// alike. Both are told, because an exact hit is one of the first 16 bytes and may turn out to be none.
    pub fn look_up(&self, hashes: &Hashes, share: f64) -> Vec<Hit> {
        let mut hits = self.exact(&hashes.digests);
        for number in self.parts.photodna.find(hashes.photodna.as_ref().map(<[u8; 32]>::as_slice)) {
            self.hit(&mut hits, number, How::PhotoDna, 0);
        }
        for (number, distance) in self.like(hashes.pdq.as_ref()) {
            self.hit(&mut hits, number, How::Pdq, distance);
        }
        for (number, distance) in self.like_frames(&hashes.frames, share) {
            self.hit(&mut hits, number, How::Frames, distance);
        }
        hits.sort_by_key(|h| (h.how, h.distance, h.entry));
        hits
    }

    /// Entries of some lists by one kind of hash: place of the file and hit, in no order.
    pub fn look_up_many(&self, many: &Many<'_>, lists: &[ListId], mut found: impl FnMut(usize, Hit)) {
        let asked: Vec<bool> = self.feeds.all().iter().map(|f| lists.contains(&f.list)).collect();
        let mut hit = |place: usize, number: u32, how: How, distance: u32| {
            let Some(slot) = self.slots.get(number) else { return };
            let Some(feed) = self.feeds.get(slot.list) else { return };
            if asked.get(slot.list as usize) == Some(&true) && distance <= feed.max_distance {
                found(place, Hit { entry: slot.entry, list: feed.list, version: slot.version, how, distance });
            }
        };
        fn keys<const N: usize>(all: &[[u8; N]]) -> Vec<Key> {
            all.iter().map(|digest| Key::of(digest).unwrap_or_default()).collect()
        }
        match many {
            Many::Md5(all) => self.parts.md5.find_each(&keys(all), |k, number| hit(k, number, How::Md5, 0)),
            Many::Sha1(all) => self.parts.sha1.find_each(&keys(all), |k, number| hit(k, number, How::Sha1, 0)),
            Many::Sha256(all) => self.parts.sha256.find_each(&keys(all), |k, number| hit(k, number, How::Sha256, 0)),
            Many::Pdq(all) => {
                let fine = |bits: &[u8; 32]| matchable(&Pdq { bits: *bits, quality: None });
                let (places, hashes): (Vec<usize>, Vec<Hash256>) = (0..)
                    .zip(*all)
                    .filter(|(_, bits)| fine(bits))
                    .map(|(place, bits)| (place, Hash256::from_bytes(*bits)))
                    .unzip();
                self.parts.pdq.search_each(&hashes, self.feeds.widest(), |k, number, distance| {
                    if let (Some(place), Ok(number)) = (places.get(k), u32::try_from(number)) {
                        hit(*place, number, How::Pdq, distance);
                    }
                });
            }
        }
    }

    /// Entries with the same digest. One whose stronger digest says that it is another file is none: two files can be
    /// made that share an MD5 or a SHA-1.
    fn exact(&self, digests: &Digests) -> Vec<Hit> {
        let Digests { md5, sha1, sha256 } = digests;
        let ways = [
            (How::Sha256, sha256.is_some(), self.parts.sha256.find(sha256.as_ref().map(<[u8; 32]>::as_slice))),
            (How::Sha1, sha1.is_some(), self.parts.sha1.find(sha1.as_ref().map(<[u8; 20]>::as_slice))),
            (How::Md5, md5.is_some(), self.parts.md5.find(md5.as_ref().map(<[u8; 16]>::as_slice))),
        ];
        // What both know has to be the same.
        let same = |number: u32, slot: &Slot| {
            ways.iter().all(|(how, asked, found)| !asked || !slot.has(*how) || found.contains(&number))
        };
        let mut hits = Vec::new();
        for (how, _, found) in &ways {
            for number in found {
                if self.slots.get(*number).is_some_and(|slot| same(*number, slot)) {
                    self.hit(&mut hits, *number, *how, 0);
                }
            }
        }
        hits
    }

    fn within(&self, number: u32, distance: u32) -> bool {
        let list = self.slots.get(number).and_then(|slot| self.feeds.get(slot.list));
        list.is_some_and(|f| distance <= f.max_distance)
    }

    fn like(&self, pdq: Option<&Pdq>) -> Vec<(u32, u32)> {
        let Some(pdq) = pdq.filter(|p| matchable(p)) else { return Vec::new() };
        let found = self.parts.pdq.search(&pdq.bits, self.feeds.widest()).into_iter();
        found
            .filter_map(|(n, d)| Some((u32::try_from(n).ok()?, d)))
            .filter(|(number, d)| self.within(*number, *d))
            .collect()
    }

    /// Videos that share enough frames: of the one asked for or of the known one.
    fn like_frames(&self, frames: &[Pdq], share: f64) -> Vec<(u32, u32)> {
        let mut asked: Vec<&Pdq> = frames.iter().filter(|f| matchable(f)).collect();
        asked.sort_unstable_by_key(|f| f.bits);
        asked.dedup_by_key(|f| f.bits);
        let mut found: HashMap<u32, Overlap> = HashMap::new();
        for frame in &asked {
            let mut seen: Vec<u32> = Vec::new();
            for (n, distance) in self.parts.frames.search(&frame.bits, self.feeds.widest()) {
                let (Ok(number), place) = (u32::try_from(n >> 16), n & 0xffff) else { continue };
                if !self.within(number, distance) {
                    continue;
                }
                let overlap = found.entry(number).or_insert(Overlap { asked: 0, known: Vec::new(), least: distance });
                overlap.least = overlap.least.min(distance);
                overlap.known.push(place);
                if !seen.contains(&number) {
                    seen.push(number);
                    overlap.asked += 1;
                }
            }
        }
        let enough = |number: u32, overlap: &mut Overlap| {
            overlap.known.sort_unstable();
            overlap.known.dedup();
            let all = self.slots.get(number).map_or(0, |slot| usize::from(slot.frames));
            reaches(overlap.asked, asked.len(), share) || reaches(overlap.known.len(), all, share)
        };
        found.into_iter().filter_map(|(number, mut o)| enough(number, &mut o).then_some((number, o.least))).collect()
    }

    /// Adds a hit, unless the entry is hit by a stronger way of the same kind already.
    fn hit(&self, hits: &mut Vec<Hit>, number: u32, how: How, distance: u32) {
        let Some(slot) = self.slots.get(number) else { return };
        let Some(feed) = self.feeds.get(slot.list) else { return };
        if !hits.iter().any(|h| h.entry == slot.entry && h.how.is_exact() == how.is_exact()) {
            hits.push(Hit { entry: slot.entry, list: feed.list, version: slot.version, how, distance });
        }
    }
}

/// How two videos share frames: frames of the one asked for, places in the known one, least distance.
struct Overlap {
    asked: usize,
    known: Vec<u64>,
    least: u32,
}

#[expect(clippy::cast_precision_loss, reason = "videos have few frames")]
fn reaches(part: usize, whole: usize, share: f64) -> bool {
    whole > 0 && part > 0 && part as f64 >= share * whole as f64
}
