//! What every list knows, in memory, to answer what is known of a file. Built from the database and kept up by following
//! the numbered changes of each list, on every node, without stopping readers. The index finds candidates; what a list may
//! do for whom, and whether an entry still stands, is asked of the database by whoever acts on a hit.

mod exact;
mod near;

use crate::{Digests, Entry, Hashes, Pdq, Result, entry::Place, store};
use base::{Actor, HashId, ListId};
use exact::Exact;
use near::Near;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use storage::Db;

/// How a file was recognised; stronger first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum How {
    /// The same SHA-256.
    Sha256,
    /// The same SHA-1.
    Sha1,
    /// The same MD5.
    Md5,
    /// A PDQ within the list's distance.
    Pdq,
    /// Enough frames within the list's distance.
    Frames,
}

impl How {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
            Self::Md5 => "md5",
            Self::Pdq => "pdq",
            Self::Frames => "frames",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sha256, Self::Sha1, Self::Md5, Self::Pdq, Self::Frames].into_iter().find(|how| how.word() == word)
    }

    /// Whether it is the very same file, and not one that looks like it.
    pub const fn is_exact(self) -> bool {
        matches!(self, Self::Sha256 | Self::Sha1 | Self::Md5)
    }
}

/// An entry that a file hits, by its strongest way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hit {
    /// The entry.
    pub entry: HashId,
    /// Its list.
    pub list: ListId,
    /// The change of the list by which the entry is as it is.
    pub version: i64,
    /// How.
    pub how: How,
    /// Bits of difference; 0 of an exact hit; of frames, the least.
    pub distance: u32,
}

/// The index. One for a node, shared by reference.
#[derive(Default)]
pub struct Index(RwLock<Inner>);

#[derive(Default)]
struct Inner {
    // Shared, so that they are tidied without holding up those who put and look up.
    md5: Arc<Exact>,
    sha1: Arc<Exact>,
    sha256: Arc<Exact>,
    pdq: Arc<Near>,
    /// Numbers are slot · 2¹⁶ + frame.
    frames: Arc<Near>,
    lists: HashMap<ListId, Followed>,
    slots: Vec<Slot>,
    by_entry: HashMap<HashId, u32>,
}

/// How far a list was followed.
#[derive(Clone, Copy, Default)]
struct Followed {
    place: Place,
    max_distance: u32,
}

struct Slot {
    entry: HashId,
    list: ListId,
    version: i64,
    live: bool,
    hashes: Hashes,
}

/// Entries read at once while following.
const PAGE: u64 = 1000;

impl Index {
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        // A writer that panicked left whole entries behind: each is put in one step that does not fail.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what changed in lists since the last time; returns how many entries that were.
    pub async fn follow(&self, db: &Db) -> Result<usize> {
        let actor = Actor::machine("index");
        let tx = db.look(&actor).await?;
        let lists = store::list_versions(&tx).await?;
        drop(tx);
        let mut changed = 0;
        for (list, version, _, max_distance) in lists {
            let mut place = self.set_distance(list, max_distance);
            while place.version < version {
                let tx = db.look(&actor).await?;
                let page = store::entries_since(&tx, list, (place.version, place.entry), PAGE).await?;
                drop(tx);
                let Some(last) = page.iter().take(PAGE as usize).next_back() else { break };
                place = Place { version: last.changed, entry: last.id.0 };
                let more = page.len() > PAGE as usize;
                changed += page.len().min(PAGE as usize);
                let mut inner = self.write();
                page.iter().take(PAGE as usize).for_each(|entry| inner.put(entry));
                if !more {
                    place = place.max(Place::after(version));
                }
                inner.followed(list, place);
            }
        }
        Ok(changed)
    }

    /// Makes look-ups fast again after many changes; says whether there was something to do. Takes seconds after an import of
    /// millions, on all cores, while look-ups and changes go on. Not for an asynchronous task.
    pub fn tidy(&self) -> std::result::Result<bool, matcher::Error> {
        let (exact, near) = {
            let Inner { md5, sha1, sha256, pdq, frames, .. } = &*self.read();
            ([md5, sha1, sha256].map(Arc::clone), [pdq, frames].map(Arc::clone))
        };
        let mut did = false;
        for one in &exact {
            did |= one.tidy()?;
        }
        for one in &near {
            did |= one.tidy()?;
        }
        Ok(did)
    }

    /// Whether anything can be held at all; not when memory could not be had at the start. `doctor` and `serve` ask.
    pub fn holds(&self) -> bool {
        let Inner { md5, sha1, sha256, pdq, frames, .. } = &*self.read();
        [md5, sha1, sha256].iter().all(|e| e.holds()) && [pdq, frames].iter().all(|n| n.holds())
    }

    fn set_distance(&self, list: ListId, max_distance: u32) -> Place {
        let known = self.read().lists.get(&list).copied();
        match known {
            Some(known) if known.max_distance == max_distance => known.place,
            _ => {
                let mut inner = self.write();
                let followed = inner.lists.entry(list).or_insert(Followed { place: Place::start(), max_distance });
                followed.max_distance = max_distance;
                followed.place
            }
        }
    }

    /// An index of some entries only.
    pub fn of(entries: &[Entry], distances: &[(ListId, u32)]) -> Self {
        let index = Self::default();
        for (list, max_distance) in distances {
            index.set_distance(*list, *max_distance);
        }
        let mut inner = index.write();
        entries.iter().for_each(|entry| inner.put(entry));
        drop(inner);
        index
    }

    /// Up to which change a list was followed.
    pub fn version(&self, list: ListId) -> i64 {
        self.read().lists.get(&list).map_or(0, |f| f.place.version)
    }

    /// Entries in force.
    pub fn len(&self) -> usize {
        self.read().by_entry.len()
    }

    /// Whether no list has an entry in force.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every entry that a file hits, each once, by its strongest way; exact ones first, then by distance. `share`: how
    /// much of a video's frames must match, of either one.
    pub fn look_up(&self, hashes: &Hashes, share: f64) -> Vec<Hit> {
        let inner = self.read();
        let mut hits = inner.exact(&hashes.digests);
        for (slot, distance) in inner.like(hashes.pdq.as_ref()) {
            inner.hit(&mut hits, slot, How::Pdq, distance);
        }
        for (slot, distance) in inner.like_frames(&hashes.frames, share) {
            inner.hit(&mut hits, slot, How::Frames, distance);
        }
        hits.sort_by_key(|h| (h.how, h.distance, h.entry));
        hits
    }
}

fn matchable(pdq: &Pdq) -> bool {
    pdq.unmatchable().is_none()
}

fn number(slot: u32, frame: usize) -> u64 {
    u64::from(slot) << 16 | (frame as u64 & 0xffff)
}

impl Inner {
    /// Puts an entry as it is now; an older version of it goes. What was read before changes nothing.
    fn put(&mut self, entry: &Entry) {
        if let Some(slot) = self.by_entry.get(&entry.id).copied() {
            if self.slots.get(slot as usize).is_some_and(|s| s.version >= entry.changed) {
                return;
            }
            self.take(slot);
        }
        if entry.withdrawn.is_some() {
            return;
        }
        let Ok(slot) = u32::try_from(self.slots.len()) else { return };
        let hashes = entry.hashes.clone();
        let Digests { md5, sha1, sha256 } = hashes.digests;
        self.md5.put(md5.as_ref().map(<[u8; 16]>::as_slice), slot);
        self.sha1.put(sha1.as_ref().map(<[u8; 20]>::as_slice), slot);
        self.sha256.put(sha256.as_ref().map(<[u8; 32]>::as_slice), slot);
        if let Some(pdq) = hashes.pdq.filter(matchable) {
            self.pdq.put(&pdq.bits, u64::from(slot));
        }
        for (n, frame) in hashes.frames.iter().enumerate().filter(|(_, f)| matchable(f)) {
            self.frames.put(&frame.bits, number(slot, n));
        }
        self.by_entry.insert(entry.id, slot);
        self.slots.push(Slot { entry: entry.id, list: entry.list, version: entry.changed, live: true, hashes });
    }

    fn take(&mut self, slot: u32) {
        let Some(gone) = self.slots.get_mut(slot as usize) else { return };
        gone.live = false;
        let hashes = std::mem::take(&mut gone.hashes);
        let entry = gone.entry;
        self.by_entry.remove(&entry);
        let Digests { md5, sha1, sha256 } = hashes.digests;
        self.md5.take(md5.as_ref().map(<[u8; 16]>::as_slice), slot);
        self.sha1.take(sha1.as_ref().map(<[u8; 20]>::as_slice), slot);
        self.sha256.take(sha256.as_ref().map(<[u8; 32]>::as_slice), slot);
        if let Some(pdq) = hashes.pdq.filter(matchable) {
            self.pdq.take(&pdq.bits, u64::from(slot));
        }
        for (n, frame) in hashes.frames.iter().enumerate().filter(|(_, f)| matchable(f)) {
            self.frames.take(&frame.bits, number(slot, n));
        }
    }

    fn followed(&mut self, list: ListId, place: Place) {
        if let Some(followed) = self.lists.get_mut(&list) {
            followed.place = followed.place.max(place);
        }
    }

    /// Entries with the same digest. One whose stronger digest says that it is another file is none: two files can be
    /// made that share an MD5 or a SHA-1.
    fn exact(&self, digests: &Digests) -> Vec<Hit> {
        let mut hits = Vec::new();
        let by_sha256 = self.sha256.find(digests.sha256.as_ref().map(<[u8; 32]>::as_slice));
        let by_sha1 = self.sha1.find(digests.sha1.as_ref().map(<[u8; 20]>::as_slice));
        let by_md5 = self.md5.find(digests.md5.as_ref().map(<[u8; 16]>::as_slice));
        for (how, slots) in [(How::Sha256, by_sha256), (How::Sha1, by_sha1), (How::Md5, by_md5)] {
            for slot in slots {
                let same = self.slots.get(slot as usize).is_some_and(|s| agree(&s.hashes.digests, digests));
                if same {
                    self.hit(&mut hits, slot, how, 0);
                }
            }
        }
        hits
    }

    fn widest(&self) -> u32 {
        self.lists.values().map(|f| f.max_distance).max().unwrap_or(0)
    }

    fn within(&self, slot: u32, distance: u32) -> bool {
        let list = self.slots.get(slot as usize).and_then(|s| self.lists.get(&s.list));
        list.is_some_and(|f| distance <= f.max_distance)
    }

    fn like(&self, pdq: Option<&Pdq>) -> Vec<(u32, u32)> {
        let Some(pdq) = pdq.filter(|p| matchable(p)) else { return Vec::new() };
        let found = self.pdq.search(&pdq.bits, self.widest()).into_iter();
        found
            .filter_map(|(n, d)| Some((u32::try_from(n).ok()?, d)))
            .filter(|(slot, d)| self.within(*slot, *d))
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
            for (n, distance) in self.frames.search(&frame.bits, self.widest()) {
                let (Ok(slot), place) = (u32::try_from(n >> 16), n & 0xffff) else { continue };
                if !self.within(slot, distance) {
                    continue;
                }
                let overlap = found.entry(slot).or_insert(Overlap { asked: 0, known: Vec::new(), least: distance });
                overlap.least = overlap.least.min(distance);
                overlap.known.push(place);
                if !seen.contains(&slot) {
                    seen.push(slot);
                    overlap.asked += 1;
                }
            }
        }
        let enough = |slot: u32, overlap: &mut Overlap| {
            overlap.known.sort_unstable();
            overlap.known.dedup();
            let all =
                self.slots.get(slot as usize).map_or(0, |s| s.hashes.frames.iter().filter(|f| matchable(f)).count());
            reaches(overlap.asked, asked.len(), share) || reaches(overlap.known.len(), all, share)
        };
        let kept = found.into_iter().filter_map(|(slot, mut o)| enough(slot, &mut o).then_some((slot, o.least)));
        kept.collect()
    }

    /// Adds a hit, unless the entry is hit by a stronger way already.
    fn hit(&self, hits: &mut Vec<Hit>, slot: u32, how: How, distance: u32) {
        let Some(found) = self.slots.get(slot as usize).filter(|s| s.live) else { return };
        if !hits.iter().any(|h| h.entry == found.entry) {
            hits.push(Hit { entry: found.entry, list: found.list, version: found.version, how, distance });
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

/// Whether two digests can be of the same file: what both know is the same.
fn agree(a: &Digests, b: &Digests) -> bool {
    fn same<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
        !matches!((a, b), (Some(a), Some(b)) if a != b)
    }
    same(a.sha256, b.sha256) && same(a.sha1, b.sha1) && same(a.md5, b.md5)
}

/// Groups pictures by how alike they are, `distance` bits at most from one to the next: of each the place of the first of
/// its group. Nothing, and what must not match by distance, is alike to nothing else.
///
/// # Errors
/// When there are more than memory can hold.
pub fn group(pictures: &[Option<Pdq>], distance: u32) -> std::result::Result<Vec<usize>, matcher::Error> {
    let places: Vec<usize> =
        (0..pictures.len()).filter(|n| pictures.get(*n).is_some_and(|p| p.is_some_and(|p| matchable(&p)))).collect();
    let pdq = |n: &usize| {
        pictures.get(*n).copied().flatten().map(|p| (matcher::Hash256::from_bytes(p.bits), matcher::Reach::Near))
    };
    let hashes: Vec<_> = places.iter().filter_map(pdq).collect();
    let mut firsts: Vec<usize> = (0..pictures.len()).collect();
    for (place, first) in places.iter().zip(matcher::group(&hashes, distance, 1)?) {
        if let (Some(to), Some(first)) = (firsts.get_mut(*place), places.get(first)) {
            *to = *first;
        }
    }
    Ok(firsts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ListClass, Record, Says};
    use base::{AgeGroup, Gender, Time};
    use uuid::Uuid;

    fn entry(n: u128, hashes: Hashes) -> Entry {
        Entry {
            id: HashId(Uuid::from_u128(n)),
            list: LIST,
            source: String::new(),
            source_id: n.to_string(),
            says: Says { class: ListClass::Baseline, age_group: AgeGroup::Unknown, gender: Gender::Unknown },
            hashes,
            record: Record::default(),
            added: 1,
            changed: 1,
            withdrawn: None,
            added_at: Time::from_micros(0),
            changed_at: Time::from_micros(0),
        }
    }

    const LIST: ListId = ListId(Uuid::from_u128(9));

    fn balanced(flips: usize) -> [u8; 32] {
        // Half ones; each flip moves a one, which is two bits.
        let mut bits = [0; 32];
        bits[..16].fill(0xff);
        for i in 0..flips {
            bits[0] &= !(1 << i);
            bits[31] |= 1 << i;
        }
        bits
    }

    fn picture(bits: [u8; 32], quality: u8) -> Hashes {
        Hashes { pdq: Some(Pdq { bits, quality: Some(quality) }), ..Hashes::default() }
    }

    fn file(byte: u8) -> Hashes {
        let digests = Digests { md5: Some([byte; 16]), sha1: Some([byte; 20]), sha256: Some([byte; 32]) };
        Hashes { digests, ..Hashes::default() }
    }

    #[test]
    fn an_entry_is_found_by_any_digest_and_gone_when_withdrawn() {
        let index = Index::of(&[entry(1, file(7))], &[(LIST, 31)]);
        for how in [How::Sha256, How::Sha1, How::Md5] {
            let Digests { md5, sha1, sha256 } = file(7).digests;
            let asked = match how {
                How::Sha256 => Digests { sha256, ..Digests::default() },
                How::Sha1 => Digests { sha1, ..Digests::default() },
                _ => Digests { md5, ..Digests::default() },
            };
            let found = index.look_up(&Hashes { digests: asked, ..Hashes::default() }, 0.8);
            assert_eq!(found.iter().map(|h| h.how).collect::<Vec<_>>(), [how]);
        }
        let mut gone = entry(1, file(7));
        (gone.changed, gone.withdrawn) = (2, Some((2, "wrong".into())));
        index.write().put(&gone);
        assert!(index.look_up(&file(7), 0.8).is_empty() && index.is_empty());
    }

    #[test]
    fn pictures_that_look_alike_are_one_group() {
        let some = |bits| Some(Pdq { bits, quality: Some(80) });
        let pictures = [some(balanced(0)), some(far(3)), some(balanced(3)), None, some([0; 32]), some([0; 32])];
        assert_eq!(group(&pictures, 31).unwrap(), [0, 1, 0, 3, 4, 5], "blank pictures are not alike");
    }

    #[test]
    fn two_files_that_share_an_md5_are_two_files() {
        let index = Index::of(&[entry(1, file(7))], &[(LIST, 31)]);
        let mut other = file(7);
        other.digests.sha256 = Some([8; 32]);
        assert!(index.look_up(&other, 0.8).is_empty());
    }

    #[test]
    fn distance_is_the_lists_own_and_poor_hashes_match_nothing() {
        let index = Index::of(&[entry(1, picture(balanced(0), 80)), entry(2, picture([0; 32], 100))], &[(LIST, 6)]);
        let distances = |q: &Hashes| index.look_up(q, 0.8).iter().map(|h| h.distance).collect::<Vec<_>>();
        assert_eq!(distances(&picture(balanced(3), 80)), [6]);
        assert!(distances(&picture(balanced(4), 80)).is_empty());
        assert!(distances(&picture(balanced(0), 49)).is_empty());
        assert!(distances(&picture([0; 32], 100)).is_empty(), "all zeros look like every blank picture");
    }

    #[test]
    fn a_video_matches_by_the_share_of_frames_both_ways() {
        let frames = |from: usize, to: usize| Hashes {
            frames: (from..to).map(|n| Pdq { bits: far(n), quality: Some(90) }).collect(),
            ..Hashes::default()
        };
        let index = Index::of(&[entry(1, frames(0, 10))], &[(LIST, 31)]);
        let how = |q: &Hashes| index.look_up(q, 0.8).iter().map(|h| h.how).collect::<Vec<_>>();
        assert_eq!(how(&frames(0, 4)), [How::Frames], "a clip of the known video");
        assert_eq!(how(&frames(0, 30)), [How::Frames], "the known video in a longer one");
        assert!(how(&frames(8, 30)).is_empty(), "two shared frames are an opening title");
    }

    /// Frames far apart: each has its own half of 16 nibble-wide columns.
    fn far(n: usize) -> [u8; 32] {
        let mut bits = [0; 32];
        let mut seed = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
        let mut ones = 0;
        while ones < 128 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let at = (seed % 256) as usize;
            if bits[at / 8] & (1 << (at % 8)) == 0 {
                bits[at / 8] |= 1 << (at % 8);
                ones += 1;
            }
        }
        bits
    }
}
