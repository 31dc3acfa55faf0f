//! What every list knows, in memory, to answer what is known of a file. Built from the database and kept up by following
//! the numbered changes of each list, on every node, without stopping readers. The index finds candidates; what a list may
//! do for whom, and whether an entry still stands, is asked of the database by whoever acts on a hit.
//!
//! Hashes are in `parts`, one index for each kind, which give numbers; `slots` says what stands behind a number, in 32 bytes.
//! Nothing here keeps a whole hash a second time: an entry that changed gets a new number, the old one is dead from that
//! moment on and swept out of the indexes later. `keep` writes all that into a folder and opens it again, `check` compares
//! it with the rows.

mod check;
mod exact;
mod feeds;
mod find;
mod keep;
mod near;
mod parts;
mod slots;

pub use check::Checked;
pub use find::Many;
pub use keep::{Opened, Trouble};

use crate::{Digests, Entry, Hashes, Pdq, Result, entry::Place, store};
use base::{Actor, HashId, ListId};
use feeds::Feeds;
use parts::{Parts, Stage, key_of, matchable};
use slots::{Slot, Slots};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicUsize, Ordering},
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
    /// The same PhotoDNA value, which somebody else computed of both: looks the same, and may be another file.
    PhotoDna,
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
            Self::PhotoDna => "photodna",
            Self::Pdq => "pdq",
            Self::Frames => "frames",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sha256, Self::Sha1, Self::Md5, Self::PhotoDna, Self::Pdq, Self::Frames]
            .into_iter()
            .find(|how| how.word() == word)
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
pub struct Index {
    inner: RwLock<Inner>,
    /// Held by whoever takes changes over: one at a time. Readers do not wait for it.
    taking: Mutex<()>,
    /// Held by whoever tidies, saves or replaces the whole.
    upkeep: Mutex<()>,
    /// Changes since the last snapshot.
    unsaved: AtomicUsize,
}

#[derive(Default)]
struct Inner {
    parts: Arc<Parts>,
    slots: Slots,
    feeds: Feeds,
}

/// Entries read at once while following.
const PAGE: usize = 2000;
/// Pages taken over before the indexes are tidied: a long way is not made longer by a long head.
const TIDY_EVERY: usize = 50;
/// Dead numbers from which on they are worth sweeping out.
const SWEEP_AT: usize = 20_000;

fn machine() -> Actor {
    Actor::machine("index")
}

fn lock<T>(one: &Mutex<T>) -> MutexGuard<'_, T> {
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Index {
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        // A writer that panicked left whole entries behind: each is put in one step that does not fail.
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what changed in lists since the last time; returns how many entries that were.
    pub async fn follow(&self, db: &Db) -> Result<usize> {
        let tx = db.look(&machine()).await?;
        let lists = store::list_versions(&tx).await?;
        drop(tx);
        let mut changed = 0;
        for (list, version, _, max_distance) in lists {
            let mut place = self.set_distance(list, max_distance);
            let mut pages = 0;
            while place.version < version {
                let tx = db.look(&machine()).await?;
                let page = store::indexed_since(&tx, list, (place.version, place.entry), i64::MAX, PAGE as u64).await?;
                drop(tx);
                changed += page.len();
                place = match page.last() {
                    Some(last) if page.len() == PAGE => Place { version: last.changed, entry: last.id.0 },
                    Some(last) => Place::after(last.changed.max(version)),
                    None => Place::after(version),
                };
                self.take_over(list, page, place);
                pages += 1;
                if pages % TIDY_EVERY == 0 {
                    // Memory that cannot be had makes look-ups slow, not wrong; whoever tidies by the clock reports it.
                    drop(self.tidy());
                }
            }
        }
        Ok(changed)
    }

    /// Makes the whole index anew from the rows. Look-ups go on with the old one.
    pub async fn rebuild(&self, db: &Db) -> Result<usize> {
        let tx = db.look(&machine()).await?;
        let lists = store::list_versions(&tx).await?;
        drop(tx);
        let (mut slots, mut feeds, mut stage) = (Slots::default(), Feeds::default(), Stage::default());
        for (list, version, _, max_distance) in lists {
            feeds.set_distance(list, max_distance);
            let number = feeds.number(list);
            let mut place = Place::start();
            loop {
                let tx = db.look(&machine()).await?;
                // Only up to the version of the start: an entry that changes meanwhile is not met twice.
                let page = store::indexed_since(&tx, list, (place.version, place.entry), version, PAGE as u64).await?;
                drop(tx);
                for entry in page.iter().filter(|e| !e.withdrawn) {
                    if let Some(at) = slots.push(slot_of(entry, number)) {
                        stage.put(at, &entry.hashes);
                    }
                }
                match page.last() {
                    Some(last) if page.len() == PAGE => place = Place { version: last.changed, entry: last.id.0 },
                    _ => break,
                }
            }
            feeds.followed(list, Place::after(version));
        }
        let entries = slots.live();
        self.replace(Inner { parts: Arc::new(Parts::build(stage, &slots)), slots, feeds });
        self.unsaved.store(usize::MAX / 2, Ordering::Release);
        self.follow(db).await?;
        Ok(entries)
    }

    fn replace(&self, inner: Inner) {
        let (_one, _still) = (lock(&self.taking), lock(&self.upkeep));
        let old = std::mem::replace(&mut *self.write(), inner);
        drop(old); // after the lock: it frees a lot of memory
    }

    /// Takes over entries of one list, each as it is now, that changed up to `place`. What was taken over before changes
    /// nothing. New numbers are in the indexes before they are in force, and come into force together with the death of
    /// the old: no look-up meets an entry twice or, while it changes, not at all.
    fn take_over(&self, list: ListId, mut page: Vec<store::Indexed>, place: Place) {
        let _one = lock(&self.taking);
        let (parts, number, first) = {
            let mut inner = self.write();
            let number = inner.feeds.number(list);
            let before = inner.feeds.of(list).map_or_else(Place::start, |f| f.place);
            page.retain(|e| Place { version: e.changed, entry: e.id.0 } > before);
            let Some(first) = inner.slots.reserve(page.len()) else { return };
            (Arc::clone(&inner.parts), number, first)
        };
        let mut stage = Stage::default();
        let live = || (first..).zip(&page).filter(|(_, e)| !e.withdrawn);
        live().for_each(|(at, entry)| stage.put(at, &entry.hashes));
        parts.put(stage);
        let keys: Vec<_> = page.iter().map(|e| key_of(e.id).unwrap_or_default()).collect();
        let mut old = Vec::new();
        parts.entries.find_each(&keys, |k, at| old.push((k, at)));
        {
            let mut inner = self.write();
            old.iter().for_each(|(_, at)| inner.slots.kill(*at));
            live().for_each(|(at, entry)| inner.slots.set(at, slot_of(entry, number)));
            inner.feeds.followed(list, place);
        }
        let key = |k: usize| keys.get(k).copied().unwrap_or_default();
        parts.entries.take(old.iter().map(|(k, at)| (key(*k), u64::from(*at))).collect());
        parts.entries.put(live().filter_map(|(at, entry)| Some((key_of(entry.id)?, u64::from(at)))).collect());
        self.unsaved.fetch_add(page.len(), Ordering::AcqRel);
    }

    /// Makes look-ups fast again after many changes; says whether there was something to do. Takes seconds after an import of
    /// millions, on all cores, while look-ups and changes go on. Not for an asynchronous task.
    pub fn tidy(&self) -> std::result::Result<bool, matcher::Error> {
        let _one = lock(&self.upkeep);
        let (parts, gone) = {
            let mut inner = self.write();
            (Arc::clone(&inner.parts), inner.slots.sweep(SWEEP_AT))
        };
        parts.tidy(gone.as_deref())
    }

    /// Whether anything can be held at all; not when memory could not be had. `doctor` and `serve` ask.
    pub fn holds(&self) -> bool {
        self.read().parts.holds()
    }

    fn set_distance(&self, list: ListId, max_distance: u32) -> Place {
        let known = self.read().feeds.of(list).copied();
        match known {
            Some(known) if known.max_distance == max_distance => known.place,
            _ => self.write().feeds.set_distance(list, max_distance),
        }
    }

    /// An index of some entries only.
    pub fn of(entries: &[Entry], distances: &[(ListId, u32)]) -> Self {
        let index = Self::default();
        for (list, max_distance) in distances {
            index.set_distance(*list, *max_distance);
            let mut page: Vec<_> = entries.iter().filter(|e| e.list == *list).map(indexed).collect();
            page.sort_by_key(|e| (e.changed, e.id));
            let Some(last) = page.last() else { continue };
            let place = Place { version: last.changed, entry: last.id.0 };
            index.take_over(*list, page, place);
        }
        index
    }

    /// Up to which change a list was followed.
    pub fn version(&self, list: ListId) -> i64 {
        self.read().feeds.of(list).map_or(0, |f| f.place.version)
    }

    /// Entries in force.
    pub fn len(&self) -> usize {
        self.read().slots.live()
    }

    /// Whether no list has an entry in force.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes it takes, in memory or mapped.
    pub fn bytes(&self) -> usize {
        let inner = self.read();
        inner.parts.bytes() + inner.slots.bytes()
    }

    /// Every entry that a file hits, by its strongest exact way and by its strongest way of looking alike: exact ones first,
    /// then by distance. An exact one is of the first 16 bytes; whoever acts on it compares the rest. `share`: how much of a
    /// video's frames must match, of either one.
    pub fn look_up(&self, hashes: &Hashes, share: f64) -> Vec<Hit> {
        self.read().look_up(hashes, share)
    }

    /// Entries of some lists that many files hit by one kind of hash: place of the file and hit, in no order. Whether two
    /// files share an MD5 or SHA-1 by intent is not asked here, since nothing else is known of them.
    pub fn look_up_many(&self, many: &Many<'_>, lists: &[ListId], found: impl FnMut(usize, Hit)) {
        self.read().look_up_many(many, lists, found);
    }
}

fn slot_of(entry: &store::Indexed, list: u32) -> Slot {
    let Digests { md5, sha1, sha256 } = &entry.hashes.digests;
    let digests = [(How::Md5, md5.is_some()), (How::Sha1, sha1.is_some()), (How::Sha256, sha256.is_some())];
    let frames = entry.hashes.frames.iter().filter(|f| matchable(f)).count();
    Slot::new(entry.id, entry.changed, list, frames, digests)
}

fn indexed(entry: &Entry) -> store::Indexed {
    store::Indexed {
        id: entry.id,
        changed: entry.changed,
        withdrawn: entry.withdrawn.is_some(),
        hashes: entry.hashes.clone(),
    }
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
mod snapshots;

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
        index.take_over(LIST, vec![indexed(&gone)], Place::after(2));
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
    fn a_file_with_another_digest_still_looks_alike() {
        let both = |byte, flips| Hashes { pdq: picture(balanced(flips), 80).pdq, ..file(byte) };
        let index = Index::of(&[entry(1, both(7, 0)), entry(2, both(8, 0))], &[(LIST, 31)]);
        let how = |q: &Hashes| index.look_up(q, 0.8).iter().map(|h| h.how).collect::<Vec<_>>();
        assert_eq!(how(&both(7, 3)), [How::Sha256, How::Pdq, How::Pdq], "one is the file, both look like it");
        assert_eq!(how(&both(9, 3)), [How::Pdq, How::Pdq], "a third file that looks like both");
        // The index knows 16 bytes of a digest: what is the same there and another file still looks alike.
        let mut other = both(7, 3);
        other.digests.sha256 = Some([[7; 16], [9; 16]].concat().try_into().unwrap());
        assert_eq!(how(&other), [How::Sha256, How::Pdq, How::Pdq]);
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
