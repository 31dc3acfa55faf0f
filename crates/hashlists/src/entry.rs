//! Entries: read in the order of their change, written by hand, withdrawn. What changed after a number is complete,
//! because whoever writes holds the list's row.

use crate::{Act, Entry, Error, List, Profiles, Record, Result, form, list, store, write};
use base::{HashId, ListId, Time};
use storage::{Page, Tx};
use uuid::Uuid;

/// Where a reader of changes stands: the last change seen, and the last entry of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Number of the change.
    pub version: i64,
    /// The entry.
    pub entry: Uuid,
}

impl Place {
    /// After everything up to a version.
    pub const fn after(version: i64) -> Self {
        Self { version, entry: Uuid::max() }
    }

    /// From the very beginning.
    pub const fn start() -> Self {
        Self { version: 0, entry: Uuid::nil() }
    }

    /// As a cursor.
    pub fn write(self) -> String {
        storage::keyset::write(self.version, self.entry)
    }

    /// Reads a cursor; `None` for anything that was not written here.
    pub fn read(cursor: &str) -> Option<Self> {
        storage::keyset::read(cursor).map(|(version, entry)| Self { version, entry })
    }
}

/// Entries of a list that changed after a place, withdrawn ones too, in the order of their change.
pub async fn changes(tx: &Tx, id: ListId, after: Place, limit: u64) -> Result<Page<Entry>> {
    list::readable(tx, id).await?;
    let rows = store::entries_since(tx, id, (after.version, after.entry), limit).await?;
    Ok(storage::keyset::page(rows, limit, |e| (e.changed, e.id.0))?)
}

/// Entries of a list that changed after a place, without the next page's first. For the machinery.
pub async fn changed(tx: &Tx, id: ListId, after: Place, limit: u64) -> Result<Vec<Entry>> {
    let mut rows = store::entries_since(tx, id, (after.version, after.entry), limit).await?;
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// Entries of any list that the actor may read which changed from one time to another (both included), in the order of
/// their change, withdrawn ones too; and the time at which to go on, if there are more. Entries of one moment are never
/// parted: the answer is up to `limit` entries, or all of one moment.
pub async fn between(tx: &Tx, from: Time, to: Time, limit: u64) -> Result<(Vec<Entry>, Option<Time>)> {
    let mut entries = store::entries_between(tx, from, to, limit).await?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let Some(next) = entries.get(most).map(|e| e.changed_at) else { return Ok((entries, None)) };
    entries.retain(|e| e.changed_at < next);
    if !entries.is_empty() {
        return Ok((entries, Some(next)));
    }
    let whole = store::entries_between(tx, next, next, i64::MAX.unsigned_abs() - 1).await?;
    let after = Time::from_micros(next.micros() + 1);
    let more = !store::entries_between(tx, after, to, 0).await?.is_empty();
    Ok((whole, more.then_some(after)))
}

/// One entry that the actor may read.
pub async fn find(tx: &Tx, list: ListId, id: HashId) -> Result<Entry> {
    store::entry_find(tx, list, id).await?.ok_or(Error::NotFound)
}

/// Entries among these that the actor may read.
pub async fn among(tx: &Tx, ids: &[HashId]) -> Result<Vec<Entry>> {
    store::entries_by_ids(tx, ids).await
}

/// Writes entries by hand into a list of the actor's; the first bad one refuses all.
pub async fn write_all(
    tx: &Tx,
    id: ListId,
    records: &[Record],
    profiles: &Profiles,
    profile: Option<&str>,
) -> Result<(write::Written, Act)> {
    let list = list::own(tx, id).await?;
    let mut rows = Vec::with_capacity(records.len());
    for (line, record) in (1..).zip(records) {
        rows.push(form::row(&list, record, profiles, profile, line)?);
    }
    put(tx, &list, rows).await
}

/// Writes rows into a list of the actor's, [`write::MOST_ROWS`] at most; the first bad one refuses all.
pub async fn put(tx: &Tx, list: &List, rows: Vec<write::Row>) -> Result<(write::Written, Act)> {
    let written = write::write(tx, list, rows, None).await?;
    if let Some(refused) = written.refused.first() {
        return Err(Error::conflict("entry-refused", "entries", format!("entry {}: {}", refused.line, refused.reason)));
    }
    crate::due::hunt(tx).await?;
    let act = Act::EntriesWritten(list.id, written.counts.added, written.counts.changed);
    Ok((written, act))
}

/// Withdraws an entry of a list of the actor's. Every subscriber learns it by the number of the change, and what it had
/// settled is opened again by the queued hunt.
pub async fn withdraw(tx: &Tx, list: ListId, id: HashId, why: &str) -> Result<Act> {
    // Whose list it is comes first: to anybody else it is "not found" whatever was said.
    let own = list::own(tx, list).await?;
    let why = base::one_line("why", why, 500)?;
    let entry = find(tx, list, id).await?;
    if entry.withdrawn.is_some() {
        return Err(Error::conflict("withdrawn-already", "entry", "this entry was withdrawn before"));
    }
    let row = write::Row {
        source: entry.source,
        source_id: entry.source_id,
        withdrawn: Some(why.clone()),
        ..write::Row::default()
    };
    write::write(tx, &own, vec![write::Row { says: entry.says, hashes: entry.hashes, ..row }], None).await?;
    crate::due::hunt(tx).await?;
    Ok(Act::Withdrawn(id, list, why))
}
