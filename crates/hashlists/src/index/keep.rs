//! The index in a folder: mapped at the next start instead of read from the rows. A snapshot stands at a place of each
//! list's feed; what changed since is taken over after it was opened.
//!
//! `state` names the sub-folder with the files and is replaced as a whole, so that whatever kills the writer leaves the
//! old snapshot or the new one. Files of two snapshots never mix: each carries the number and checksum of its own. One
//! writer to a folder; whoever only reads may come and go.
//!
//! Files are written one after the other while changes go on. They may hold hashes of numbers that were given out after the
//! table of entries was copied: these count as given and dead, and their entries come again by the feed.

use super::{Index, Inner, feeds::Feeds, lock, machine, parts::Parts, slots::Slots};
use crate::{Result, entry::Place, store};
use base::{HashId, ListId};
use matcher::Mark;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
    sync::{Arc, atomic::Ordering},
};
use storage::Db;
use uuid::Uuid;

/// Why a snapshot cannot be used or written.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is none.
    #[error("there is no snapshot yet")]
    Missing,
    /// Reading or writing failed.
    #[error("the snapshot cannot be read or written")]
    Io(#[from] io::Error),
    /// Bytes are missing or changed.
    #[error("the snapshot is damaged: {0}")]
    Damaged(&'static str),
    /// One of its files is.
    #[error("the snapshot cannot be used")]
    Lens(#[from] matcher::Error),
    /// Another program wrote it.
    #[error("the snapshot is of format `{0}`, another one than this program's")]
    Format(u32),
    /// Of another database, or of this one before it was set back.
    #[error("the snapshot is of another database: {0}")]
    Foreign(&'static str),
    /// More of it is dead than alive.
    #[error("the snapshot is mostly of entries that are gone")]
    Worn,
    /// Memory could not be had for the index.
    #[error("there is no memory for the index")]
    NoMemory,
}

/// How an index was opened.
#[derive(Debug)]
pub enum Opened {
    /// From a snapshot, with so many entries, and so many changes taken over since.
    Snapshot(usize, usize),
    /// From the rows, with so many entries, because of this.
    Rows(usize, Trouble),
}

/// Format written and read here.
const FORMAT: u32 = 1;
/// The file that names the rest.
const STATE: &str = "state";
/// Characters of the checksum before the JSON in it.
const SUM: usize = 9;
/// The table of entries.
const SLOTS: &str = "slots";
/// Entries of each list by which a snapshot is recognised as this database's.
const WITNESSES: usize = 16;

#[derive(Serialize, Deserialize)]
struct State {
    format: u32,
    /// Number of the snapshot, and name of its folder.
    number: u64,
    /// Entries in the table, numbers given out, checksum of the table.
    written: usize,
    given: usize,
    sum: u32,
    lists: Vec<Stands>,
}

/// How far a list was followed.
#[derive(Serialize, Deserialize)]
struct Stands {
    list: Uuid,
    version: i64,
    entry: Uuid,
    max_distance: u32,
}

impl State {
    fn read(folder: &Path) -> Result<Self, Trouble> {
        let text = match fs::read(folder.join(STATE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Trouble::Missing),
            other => other?,
        };
        let (sum, text) = text.split_at_checked(SUM).ok_or(Trouble::Damaged("the state is cut"))?;
        if sum != sum_of(text).as_bytes() {
            return Err(Trouble::Damaged("the state does not fit its checksum"));
        }
        let state: Self = serde_json::from_slice(text).map_err(|_| Trouble::Damaged("the state cannot be read"))?;
        if state.format == FORMAT { Ok(state) } else { Err(Trouble::Format(state.format)) }
    }

    fn mark(&self) -> Mark {
        let mut mark = [0; 64];
        let parts = [&b"cport.ix"[..], &self.number.to_le_bytes(), &u64::from(self.sum).to_le_bytes()];
        let written = (self.written as u64).to_le_bytes();
        mark.iter_mut().zip(parts.into_iter().flatten().chain(&written)).for_each(|(to, byte)| *to = *byte);
        mark
    }

    fn feeds(&self) -> Feeds {
        let mut feeds = Feeds::default();
        for stands in &self.lists {
            let list = ListId(stands.list);
            feeds.set_distance(list, stands.max_distance);
            feeds.followed(list, Place { version: stands.version, entry: stands.entry });
        }
        feeds
    }
}

/// Refuses a file of another snapshot.
pub(super) fn same(wanted: &Mark, found: &Mark) -> Result<(), Trouble> {
    if wanted == found { Ok(()) } else { Err(Trouble::Damaged("a file is of another snapshot")) }
}

fn sum_of(text: &[u8]) -> String {
    format!("{:08x}\n", crc32fast::hash(text))
}

fn synced(file: File) -> io::Result<()> {
    file.sync_all()
}

impl Index {
    /// Opens the snapshot in a folder and takes over what changed since; builds the index from the rows when there is none
    /// that can be used, and says why. For the start: reads files, and every byte of them.
    pub async fn open(&self, db: &Db, folder: &Path) -> Result<Opened> {
        let kept = match kept(folder) {
            Ok(inner) => self.recognise(db, inner).await?,
            Err(trouble) => Err(trouble),
        };
        match kept {
            Ok(inner) => {
                self.replace(inner);
                self.unsaved.store(0, Ordering::Release);
                let since = self.follow(db).await?;
                Ok(Opened::Snapshot(self.len(), since))
            }
            Err(trouble) => Ok(Opened::Rows(self.rebuild(db).await?, trouble)),
        }
    }

    /// Whether a snapshot is of this database: lists are there and stand no earlier, and the entries that changed last are
    /// there and have not gone back. `check` compares everything.
    async fn recognise(&self, db: &Db, inner: Inner) -> Result<Result<Inner, Trouble>> {
        let tx = db.look(&machine()).await?;
        let lists = store::list_versions(&tx).await?;
        for followed in inner.feeds.all() {
            let now = lists.iter().find(|(list, ..)| *list == followed.list).map(|(_, version, ..)| *version);
            if now.is_none_or(|now| now < followed.place.version) {
                return Ok(Err(Trouble::Foreign("a list is not there or stands at an earlier change")));
            }
        }
        for part in witnesses(&inner).chunks(500) {
            let ids: Vec<HashId> = part.iter().map(|(id, ..)| *id).collect();
            let standing = store::indexed_standing(&tx, &ids).await?;
            let fine = |(id, list, version): &(HashId, ListId, i64)| {
                standing.get(id).is_some_and(|(at, changed, gone)| {
                    at == list && (changed > version || (changed == version && !gone))
                })
            };
            if !part.iter().all(fine) {
                return Ok(Err(Trouble::Foreign("an entry is not there or stands at an earlier change")));
            }
        }
        Ok(Ok(inner))
    }

    /// Whether so much changed since the last snapshot that the next start would notice: half a percent of all entries.
    pub fn wants_saving(&self) -> bool {
        self.unsaved.load(Ordering::Acquire) > self.len() / 200
    }

    /// Writes a snapshot into a folder and removes older ones; returns how many entries it holds. Changes and look-ups go
    /// on. Takes seconds for millions; not for an asynchronous task.
    ///
    /// # Errors
    /// When it cannot be written; then the old one stays.
    pub fn save(&self, folder: &Path) -> Result<usize, Trouble> {
        let _one = lock(&self.upkeep);
        let unsaved = self.unsaved.swap(0, Ordering::AcqRel);
        let saved = self.write_to(folder);
        if saved.is_err() {
            self.unsaved.fetch_add(unsaved, Ordering::AcqRel);
        }
        saved
    }

    fn write_to(&self, folder: &Path) -> Result<usize, Trouble> {
        let (parts, slots, feeds): (Arc<Parts>, Slots, Feeds) = {
            let inner = self.read();
            (Arc::clone(&inner.parts), inner.slots.clone(), inner.feeds.clone())
        };
        // A state that cannot be read is no reason to stop; a higher number than any folder's has to be found then.
        let number = State::read(folder).map_or(0, |state| state.number).max(highest(folder)?) + 1;
        let inside = folder.join(number.to_string());
        fs::create_dir_all(&inside)?;
        let file = File::create(inside.join(SLOTS))?;
        let sum = slots.save(&file)?;
        synced(file)?;
        let stands = feeds.all().iter().map(|f| Stands {
            list: f.list.0,
            version: f.place.version,
            entry: f.place.entry,
            max_distance: f.max_distance,
        });
        let mut state =
            State { format: FORMAT, number, written: slots.len(), given: slots.len(), sum, lists: stands.collect() };
        parts.save(&inside, &state.mark())?;
        state.given = self.read().slots.len();
        put_state(folder, &state)?;
        forget_others(folder, number)?;
        Ok(slots.live())
    }
}

/// The snapshot in a folder, every byte read against its checksum.
pub(super) fn kept(folder: &Path) -> Result<Inner, Trouble> {
    let state = State::read(folder)?;
    let inside = folder.join(state.number.to_string());
    if state.given < state.written {
        return Err(Trouble::Damaged("the state contradicts itself"));
    }
    let file = File::open(inside.join(SLOTS))?;
    // The length first: a number that somebody changed must not make memory be asked for.
    if file.metadata()?.len() != (state.written as u64).saturating_mul(32) || state.given > state.written + (1 << 28) {
        return Err(Trouble::Damaged("the table of entries has another length"));
    }
    let slots = Slots::open(file, state.written, state.given, state.sum)?;
    if slots.len() > 4 * slots.live() + 1_000_000 {
        return Err(Trouble::Worn);
    }
    let parts = Parts::open(&inside, &state.mark(), &slots)?;
    Ok(Inner { parts: Arc::new(parts), slots, feeds: state.feeds() })
}

/// Entries of each list that changed last.
fn witnesses(inner: &Inner) -> Vec<(HashId, ListId, i64)> {
    let mut last: Vec<Vec<(i64, HashId)>> = vec![Vec::new(); inner.feeds.all().len()];
    for (_, slot) in inner.slots.each() {
        let Some(of_list) = last.get_mut(slot.list as usize) else { continue };
        let least = of_list.iter().min().copied();
        if of_list.len() < WITNESSES {
            of_list.push((slot.version, slot.entry));
        } else if let Some(least) = least.filter(|(version, _)| *version < slot.version) {
            of_list.retain(|one| *one != least);
            of_list.push((slot.version, slot.entry));
        }
    }
    let named = inner.feeds.all().iter().zip(last);
    named.flat_map(|(f, of_list)| of_list.into_iter().map(|(version, id)| (id, f.list, version))).collect()
}

/// The state, replaced as a whole.
fn put_state(folder: &Path, state: &State) -> Result<(), Trouble> {
    let beside = folder.join("state.new");
    let text = serde_json::to_vec(state).map_err(io::Error::from)?;
    let sum = sum_of(&text);
    let mut file = File::create(&beside)?;
    file.write_all(sum.as_bytes())?;
    file.write_all(&text)?;
    synced(file)?;
    File::open(folder.join(state.number.to_string()))?.sync_all()?;
    fs::rename(&beside, folder.join(STATE))?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Numbers of the folders that are there.
fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut numbers = Vec::new();
    for entry in entries {
        numbers.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u64>().ok()));
    }
    Ok(numbers)
}

fn highest(folder: &Path) -> io::Result<u64> {
    Ok(numbers(folder)?.into_iter().max().unwrap_or(0))
}

/// Removes what older snapshots, and writers that were killed, left behind.
fn forget_others(folder: &Path, kept: u64) -> io::Result<()> {
    for number in numbers(folder)?.into_iter().filter(|number| *number != kept) {
        fs::remove_dir_all(folder.join(number.to_string()))?;
    }
    Ok(())
}
