//! Tables `hash_entry` and `hash_frame`.

use super::{Stored, fixed, one_more, places, rows, scoped, word};
use crate::{Digests, Entry, Hashes, Pdq, Result, Says, form, write::Row};
use base::{HashId, ImportId, ListId, OrgId, Time};
use sea_orm::{FromQueryResult, Value};
use storage::{Tx, sql};
use uuid::Uuid;

/// A row of `hash_entry`.
#[derive(Clone, FromQueryResult)]
pub struct EntryRow {
    pub id: Uuid,
    pub list_id: Uuid,
    pub source: String,
    pub source_id: String,
    pub class: String,
    pub age_group: String,
    pub gender: String,
    pub md5: Option<Vec<u8>>,
    pub sha1: Option<Vec<u8>>,
    pub sha256: Option<Vec<u8>>,
    pub photodna: Option<Vec<u8>>,
    pub pdq: Option<Vec<u8>>,
    pub quality: Option<i64>,
    pub record: String,
    pub added: i64,
    pub changed: i64,
    pub withdrawn: Option<i64>,
    pub withdrawn_why: Option<String>,
    pub added_at: i64,
    pub changed_at: i64,
    pub import_id: Option<Uuid>,
}

const ENTRY: &str =
    "SELECT e.id, e.list_id, e.source, e.source_id, e.class, e.age_group, e.gender, e.md5, e.sha1, e.sha256,
    e.photodna, e.pdq, e.quality, e.record, e.added, e.changed, e.withdrawn, e.withdrawn_why, e.added_at, e.changed_at, e.import_id
    FROM hash_entry e";
/// Who may read entries: the publisher, and readers whose terms hold.
const READABLE: &str =
    "($1 = 1 OR e.publisher_id = $2 OR EXISTS (SELECT 1 FROM hash_terms t WHERE t.list_id = e.list_id
    AND t.org_id = $2 AND t.accepted_at IS NOT NULL AND t.ended_at IS NULL))";

impl EntryRow {
    /// The hashes, without frames.
    pub fn hashes(&self) -> Stored<Hashes> {
        let bits: Option<[u8; 32]> = fixed(self.pdq.clone(), "hash_entry.pdq")?;
        Ok(Hashes {
            digests: Digests {
                md5: fixed(self.md5.clone(), "hash_entry.md5")?,
                sha1: fixed(self.sha1.clone(), "hash_entry.sha1")?,
                sha256: fixed(self.sha256.clone(), "hash_entry.sha256")?,
            },
            photodna: fixed(self.photodna.clone(), "hash_entry.photodna")?,
            pdq: bits.map(|bits| Pdq { bits, quality: self.quality.and_then(|q| u8::try_from(q).ok()) }),
            frames: Vec::new(),
        })
    }

    pub fn says(&self) -> Stored<Says> {
        Ok(Says {
            class: word(&self.class, "hash_entry.class")?,
            age_group: word(&self.age_group, "hash_entry.age_group")?,
            gender: word(&self.gender, "hash_entry.gender")?,
        })
    }

    fn read(self) -> Stored<Entry> {
        Ok(Entry {
            id: HashId(self.id),
            list: ListId(self.list_id),
            says: self.says()?,
            record: form::read(&self.record, &self.hashes()?).ok_or(storage::Error::Stored("hash_entry.record"))?,
            hashes: self.hashes()?,
            source: self.source,
            source_id: self.source_id,
            added: self.added,
            changed: self.changed,
            withdrawn: self.withdrawn.map(|at| (at, self.withdrawn_why.unwrap_or_default())),
            added_at: Time::from_micros(self.added_at),
            changed_at: Time::from_micros(self.changed_at),
        })
    }
}

#[derive(FromQueryResult)]
struct FrameRow {
    entry_id: Uuid,
    pdq: Vec<u8>,
    quality: i64,
}

/// Frames of entries, by entry, in order.
pub async fn frames_of(tx: &Tx, entries: &[Uuid]) -> Result<Vec<(Uuid, Pdq)>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT entry_id, pdq, quality FROM hash_frame WHERE entry_id IN ({}) ORDER BY entry_id, place",
        places(1, entries.len())
    );
    let rows: Vec<FrameRow> = sql::all(tx, &sql, entries.iter().map(|id| (*id).into()).collect()).await?;
    let read = rows.into_iter().map(|r| {
        let bits = r.pdq.try_into().map_err(|_| storage::Error::Stored("hash_frame.pdq"))?;
        Ok((r.entry_id, Pdq { bits, quality: u8::try_from(r.quality).ok() }))
    });
    Ok(read.collect::<Stored<_>>()?)
}

async fn with_frames(tx: &Tx, rows: Vec<EntryRow>) -> Result<Vec<Entry>> {
    let ids: Vec<Uuid> = rows.iter().map(|r| r.id).collect();
    let frames = frames_of(tx, &ids).await?;
    let mut entries = rows.into_iter().map(EntryRow::read).collect::<Stored<Vec<_>>>()?;
    for entry in &mut entries {
        entry.hashes.frames = frames.iter().filter(|(id, _)| *id == entry.id.0).map(|(_, pdq)| *pdq).collect();
    }
    Ok(entries)
}

/// An entry that the actor may read.
pub async fn entry_find(tx: &Tx, list: ListId, id: HashId) -> Result<Option<Entry>> {
    let sql = format!("{ENTRY} WHERE {READABLE} AND e.list_id = $3 AND e.id = $4");
    let row: Option<EntryRow> = sql::one(tx, &sql, scoped(tx, [list.0.into(), id.0.into()])).await?;
    Ok(with_frames(tx, row.into_iter().collect()).await?.pop())
}

/// Entries that changed after a place, in the order of their change; withdrawn ones too. One more than the limit.
pub async fn entries_since(tx: &Tx, list: ListId, after: (i64, Uuid), limit: u64) -> Result<Vec<Entry>> {
    let sql = format!(
        "{ENTRY} WHERE {READABLE} AND e.list_id = $3 AND (e.changed, e.id) > ($4, $5) ORDER BY e.changed, e.id LIMIT $6"
    );
    let values = scoped(tx, [list.0.into(), after.0.into(), after.1.into(), one_more(limit)]);
    let rows: Vec<EntryRow> = sql::all(tx, &sql, values).await?;
    with_frames(tx, rows).await
}

/// Entries of any list that changed from one time to another, in the order of their change. One more than the limit.
pub async fn entries_between(tx: &Tx, from: Time, to: Time, limit: u64) -> Result<Vec<Entry>> {
    let sql = format!(
        "{ENTRY} WHERE {READABLE} AND e.changed_at >= $3 AND e.changed_at <= $4 ORDER BY e.changed_at, e.id LIMIT $5"
    );
    let values = scoped(tx, [from.micros().into(), to.micros().into(), one_more(limit)]);
    let rows: Vec<EntryRow> = sql::all(tx, &sql, values).await?;
    Ok(rows.into_iter().map(EntryRow::read).collect::<Stored<_>>()?)
}

/// Live entries of some lists by any of an entry's digests. The caller says which lists the actor may read.
pub async fn entries_by_ids(tx: &Tx, ids: &[HashId]) -> Result<Vec<Entry>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{ENTRY} WHERE {READABLE} AND e.id IN ({})", places(3, ids.len()));
    let rows: Vec<EntryRow> = sql::all(tx, &sql, scoped(tx, ids.iter().map(|id| id.0.into()))).await?;
    Ok(rows.into_iter().map(EntryRow::read).collect::<Stored<_>>()?)
}

/// Entries of a list that have one of these ids at their source.
pub async fn entries_by_source(tx: &Tx, list: ListId, ids: &[&str]) -> Result<Vec<EntryRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{ENTRY} WHERE e.list_id = $1 AND e.source_id IN ({})", places(2, ids.len()));
    let values = std::iter::once(list.0.into()).chain(ids.iter().map(|id| (*id).into())).collect();
    Ok(sql::all(tx, &sql, values).await?)
}

/// Live entries of a list with one of these digests, `column` being `md5`, `sha1` or `sha256`.
pub async fn entries_by_digest(
    tx: &Tx,
    list: ListId,
    column: &'static str,
    digests: &[&[u8]],
) -> Result<Vec<EntryRow>> {
    if digests.is_empty() {
        return Ok(Vec::new());
    }
    let among = places(2, digests.len());
    let sql = format!("{ENTRY} WHERE e.list_id = $1 AND e.withdrawn IS NULL AND e.{column} IN ({among})");
    let values = std::iter::once(list.0.into()).chain(digests.iter().map(|d| d.to_vec().into())).collect();
    Ok(sql::all(tx, &sql, values).await?)
}

/// Entries of an import that still are as it left them, beyond a place.
pub async fn entries_of_import(tx: &Tx, import: ImportId, after: Uuid, limit: i64) -> Result<Vec<EntryRow>> {
    let sql = format!("{ENTRY} WHERE e.import_id = $1 AND e.id > $2 ORDER BY e.id LIMIT $3");
    Ok(sql::all(tx, &sql, vec![import.0.into(), after.into(), limit.into()]).await?)
}

/// An entry that is not there yet: how it is written.
pub struct Put<'a> {
    pub id: HashId,
    pub row: &'a Row,
    /// The change that adds it, or that added it first.
    pub added: i64,
    pub added_at: i64,
}

const COLUMNS: usize = 23;

/// Adds entries or writes them anew, all in one statement.
pub async fn entries_put(
    tx: &Tx,
    (list, publisher, version, import): (ListId, OrgId, i64, Option<ImportId>),
    puts: &[Put<'_>],
) -> Result<()> {
    if puts.is_empty() {
        return Ok(());
    }
    let mut values: Vec<Value> = Vec::with_capacity(puts.len() * COLUMNS);
    for put in puts {
        let Row { source, source_id, says, hashes, record, provenance, .. } = put.row;
        values.extend::<[Value; COLUMNS]>([
            put.id.0.into(),
            list.0.into(),
            publisher.0.into(),
            source.clone().into(),
            source_id.clone().into(),
            says.class.word().into(),
            says.age_group.word().into(),
            says.gender.word().into(),
            hashes.digests.md5.map(Vec::from).into(),
            hashes.digests.sha1.map(Vec::from).into(),
            hashes.digests.sha256.map(Vec::from).into(),
            hashes.photodna.map(Vec::from).into(),
            hashes.pdq.map(|p| Vec::from(p.bits)).into(),
            hashes.pdq.and_then(|p| p.quality).map(i64::from).into(),
            record.clone().into(),
            provenance.clone().into(),
            put.added.into(),
            version.into(),
            put.row.withdrawn.as_ref().map(|_| version).into(),
            put.row.withdrawn.clone().into(),
            put.added_at.into(),
            tx.now().micros().into(),
            put.row.import.or(import.map(|i| i.0)).into(),
        ]);
    }
    let sql = format!(
        "INSERT INTO hash_entry (id, list_id, publisher_id, source, source_id, class, age_group, gender, md5, sha1, sha256,
            photodna, pdq, quality, record, provenance, added, changed, withdrawn, withdrawn_why, added_at, changed_at,
            import_id) VALUES {} ON CONFLICT (list_id, source, source_id) DO UPDATE SET class = excluded.class,
            age_group = excluded.age_group, gender = excluded.gender, md5 = excluded.md5, sha1 = excluded.sha1,
            sha256 = excluded.sha256, photodna = excluded.photodna, pdq = excluded.pdq, quality = excluded.quality, record = excluded.record,
            provenance = COALESCE(excluded.provenance, hash_entry.provenance), added = excluded.added, changed = excluded.changed,
            withdrawn = excluded.withdrawn, withdrawn_why = excluded.withdrawn_why, added_at = excluded.added_at,
            changed_at = excluded.changed_at, import_id = excluded.import_id",
        rows(puts.len(), COLUMNS)
    );
    sql::run(tx, &sql, values).await?;
    frames_put(tx, list, publisher, puts).await
}

async fn frames_put(tx: &Tx, list: ListId, publisher: OrgId, puts: &[Put<'_>]) -> Result<()> {
    for put in puts.iter().filter(|p| !p.row.hashes.frames.is_empty() || p.row.had_frames) {
        sql::run(tx, "DELETE FROM hash_frame WHERE entry_id = $1", vec![put.id.0.into()]).await?;
        for (part, frames) in put.row.hashes.frames.chunks(1000).enumerate() {
            let mut values: Vec<Value> = Vec::with_capacity(frames.len() * 6);
            for (place, frame) in frames.iter().enumerate() {
                let place = i64::try_from(part * 1000 + place).unwrap_or(i64::MAX);
                values.extend::<[Value; 6]>([
                    put.id.0.into(),
                    publisher.0.into(),
                    list.0.into(),
                    place.into(),
                    frame.bits.to_vec().into(),
                    frame.quality.map_or(100, i64::from).into(),
                ]);
            }
            let sql = format!(
                "INSERT INTO hash_frame (entry_id, publisher_id, list_id, place, pdq, quality) VALUES {}",
                rows(frames.len(), 6)
            );
            sql::run(tx, &sql, values).await?;
        }
    }
    Ok(())
}
