//! Imports: rows come in batches, each in a transaction of its own with the checkpoint after it, so that an interrupted
//! import goes on where it stopped, with constant memory. A refused row is listed with line, field and reason; the good
//! ones stand. Running an import twice changes nothing; all of it is taken back by one verb.

use crate::{
    Access, Act, Counts, Error, Import, ImportState, List, Profiles, Record, Refused, Result, due, form, list, store,
    write::{self, Written},
};
use base::{Actor, ImportId, ListId, Refusal};
use storage::{Db, Page, Tx, jobs};
use uuid::Uuid;

/// What is said of an input before its rows come.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// Its format, in the words of whoever reads it.
    pub form: &'a str,
    /// Name of the file or server.
    pub name: &'a str,
    /// What tells that it is the same input when it is sent again, such as its SHA-256 in hexadecimal.
    pub fingerprint: &'a str,
}

/// One row of an input as its reader gives it: the line, and the record or why there is none.
pub type Line = (i64, Result<Record, Refusal>);

/// How rows are understood.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// What regions' categories mean.
    pub profiles: &'a Profiles,
    /// The scheme of categories that name no region.
    pub profile: Option<&'a str>,
}

/// Begins an import into a list of the actor's, or goes on with the same input's interrupted one: then the checkpoint says
/// where. The act is `None` when it goes on.
pub async fn begin(tx: &Tx, id: ListId, input: &Input<'_>) -> Result<(Import, Act)> {
    let list = list::own(tx, id).await?;
    let form = base::one_line("format", input.form, 40)?;
    let name = base::one_line("name", input.name, 300)?;
    let fingerprint = base::one_line("fingerprint", input.fingerprint, 300)?;
    if let Some(running) = store::import_running(tx, id, &fingerprint).await? {
        let act = Act::ImportBegun(running.id, id);
        return Ok((running, act));
    }
    let import = Import {
        id: tx.id(ImportId::new)?,
        list: id,
        person: tx.actor().person(),
        form,
        name,
        fingerprint,
        state: ImportState::Running,
        started_at: tx.now(),
        changed_at: tx.now(),
        checkpoint: None,
        counts: Counts::default(),
        trouble: None,
    };
    store::import_add(tx, &import, list.publisher).await?;
    let act = Act::ImportBegun(import.id, id);
    Ok((import, act))
}

/// Takes some lines, [`write::MOST_ROWS`] at most, and keeps the checkpoint after them in the same transaction.
pub async fn take(
    tx: &Tx,
    id: ImportId,
    reading: Reading<'_>,
    lines: Vec<Line>,
    checkpoint: &str,
) -> Result<(Written, Act)> {
    let import = store::import_find(tx, id).await?.ok_or(Error::NotFound)?;
    let list = list::own(tx, import.list).await?;
    let read = lines.len().cast_signed() as i64;
    let (rows, mut refused) = rows(&list, reading, lines);
    let mut written = write::write(tx, &list, rows, Some(id)).await?;
    refused.append(&mut written.refused);
    refused.sort_by_key(|r| r.line);
    written.refused = refused;
    written.counts.lines = read;
    written.counts.refused = written.refused.len().cast_signed() as i64;
    store::refusals_add(tx, id, list.publisher, &written.refused).await?;
    if !store::import_took(tx, id, &written.counts, checkpoint).await? {
        return Err(not_running());
    }
    let act = Act::ImportTook(id, written.counts);
    Ok((written, act))
}

fn not_running() -> Error {
    Error::conflict("import-ended", "import", "this import does not take rows any more, begin another")
}

fn rows(list: &List, reading: Reading<'_>, lines: Vec<Line>) -> (Vec<write::Row>, Vec<Refused>) {
    let (mut rows, mut refused) = (Vec::with_capacity(lines.len()), Vec::new());
    for (line, record) in lines {
        match record.and_then(|r| form::row(list, &r, reading.profiles, reading.profile, line)) {
            Ok(row) => rows.push(row),
            Err(Refusal { field, rule, reason }) => {
                refused.push(Refused { line, field: field.into(), rule: rule.into(), reason });
            }
        }
    }
    (rows, refused)
}

/// Ends an import: everything was read, or it cannot go on. What stored files it hits is found by the queued hunt.
pub async fn finish(tx: &Tx, id: ImportId, trouble: Option<&str>) -> Result<(Import, Act)> {
    let import = store::import_find(tx, id).await?.ok_or(Error::NotFound)?;
    let state = if trouble.is_some() { ImportState::Failed } else { ImportState::Done };
    let trouble: Option<String> = trouble.map(|t| t.chars().take(500).collect());
    if !store::import_set_state(tx, id, &[ImportState::Running], state, trouble.as_deref()).await? {
        return Err(not_running());
    }
    due::hunt(tx).await?;
    let act = Act::ImportEnded(id, import.list);
    Ok((Import { state, trouble, ..import }, act))
}

/// Takes back what an import of the actor's changed: entries it added are withdrawn, entries it changed say what they said
/// before, unless somebody changed them since. Done by queued steps; what it had settled is opened again.
pub async fn undo(tx: &Tx, id: ImportId, why: &str) -> Result<Act> {
    let why = base::one_line("why", why, 500)?;
    let import = store::import_find(tx, id).await?.ok_or(Error::NotFound)?;
    list::own(tx, import.list).await?;
    let from = [ImportState::Running, ImportState::Done, ImportState::Failed];
    if !store::import_set_state(tx, id, &from, ImportState::Undoing, None).await? {
        return Err(Error::conflict("undone-already", "import", "this import was taken back before"));
    }
    store::import_set_checkpoint(tx, id, None).await?;
    due::take_back(tx, id).await?;
    Ok(Act::ImportUndone(id, why))
}

/// The queued step behind [`undo`]: takes back some entries, and queues itself again while there are more.
pub async fn take_back(db: &Db, job: &jobs::Job, id: ImportId) -> Result<()> {
    let tx = db.begin(&Actor::machine("lists")).await?;
    jobs::done(&tx, job).await?;
    let import = store::import_find(&tx, id).await?.ok_or(Error::NotFound)?;
    let list = list::own(&tx, import.list).await?;
    let after = import.checkpoint.as_deref().and_then(|c| c.parse().ok()).unwrap_or(Uuid::nil());
    let some = store::entries_of_import(&tx, id, after, write::MOST_ROWS as i64).await?;
    let mut back = Vec::with_capacity(some.len());
    for row in &some {
        back.push(as_before(&tx, id, row).await?);
    }
    let written = write::write(&tx, &list, back, None).await?;
    let taken = written.counts.changed + written.counts.withdrawn;
    match some.last() {
        Some(last) => {
            store::import_set_checkpoint(&tx, id, Some(&last.id.to_string())).await?;
            due::take_back(&tx, id).await?;
        }
        None => {
            store::import_set_state(&tx, id, &[ImportState::Undoing], ImportState::Undone, None).await?;
            due::hunt(&tx).await?;
        }
    }
    Ok(tx.commit(&Act::ImportTakenBack(id, taken, list.publisher)).await?)
}

/// The row that makes an entry what it was before an import.
async fn as_before(tx: &Tx, id: ImportId, row: &store::EntryRow) -> Result<write::Row> {
    let (source, source_id) = (row.source.clone(), row.source_id.clone());
    match store::past_before(tx, base::HashId(row.id), id).await? {
        Some((was, import)) => {
            let stored = storage::Error::Stored("hash_past.was");
            let was: write::Was = serde_json::from_str(&was).map_err(|_| storage::Error::Stored("hash_past.was"))?;
            Ok(write::Row { import, ..was.into_row(source, source_id).ok_or(stored)? })
        }
        None => Ok(write::Row {
            source,
            source_id,
            says: row.says()?,
            hashes: row.hashes()?,
            withdrawn: Some("the import that added it was taken back".into()),
            ..write::Row::default()
        }),
    }
}

/// One import of the actor's.
pub async fn find(tx: &Tx, id: ImportId) -> Result<Import> {
    store::import_find(tx, id).await?.ok_or(Error::NotFound)
}

/// Imports into a list of the actor's, newest first.
pub async fn imports(tx: &Tx, list: ListId, after: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Import>> {
    match list::find(tx, list).await? {
        (_, Access::Publisher) => {}
        (_, Access::Reader { .. } | Access::Offered) => return Err(Error::NotFound),
    }
    let rows = store::imports(tx, list, after, limit).await?;
    Ok(storage::keyset::page(rows, limit, |i| (i.started_at.micros(), i.id.0))?)
}

/// Refused rows of an import of the actor's, by line; the cursor is `line.place`.
pub async fn refusals(
    tx: &Tx,
    id: ImportId,
    after: Option<(i64, i64)>,
    limit: u64,
) -> Result<(Vec<Refused>, Option<(i64, i64)>)> {
    find(tx, id).await?;
    let mut rows = store::refusals(tx, id, after.unwrap_or((i64::MIN, i64::MIN)), limit).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(r, place)| (r.line, *place));
    Ok((rows.into_iter().map(|(r, _)| r).collect(), next))
}
