//! What the index reads of `hash_entry` and `hash_frame`: hashes and numbers of changes, nothing that takes long to read.
//! For the machinery only.

use super::{Stored, fixed, places};
use crate::{Digests, Hashes, Pdq, Result};
use base::{HashId, ListId};
use sea_orm::{FromQueryResult, Value};
use std::collections::HashMap;
use storage::{Tx, sql};
use uuid::Uuid;

/// An entry as the index knows it.
#[derive(Clone, Debug)]
pub struct Indexed {
    pub id: HashId,
    pub changed: i64,
    pub withdrawn: bool,
    pub hashes: Hashes,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    changed: i64,
    withdrawn: Option<i64>,
    md5: Option<Vec<u8>>,
    sha1: Option<Vec<u8>>,
    sha256: Option<Vec<u8>>,
    photodna: Option<Vec<u8>>,
    pdq: Option<Vec<u8>>,
    quality: Option<i64>,
}

impl Row {
    fn read(self, frames: &mut HashMap<Uuid, Vec<Pdq>>) -> Stored<Indexed> {
        let bits: Option<[u8; 32]> = fixed(self.pdq, "hash_entry.pdq")?;
        Ok(Indexed {
            id: HashId(self.id),
            changed: self.changed,
            withdrawn: self.withdrawn.is_some(),
            hashes: Hashes {
                digests: Digests {
                    md5: fixed(self.md5, "hash_entry.md5")?,
                    sha1: fixed(self.sha1, "hash_entry.sha1")?,
                    sha256: fixed(self.sha256, "hash_entry.sha256")?,
                },
                photodna: fixed(self.photodna, "hash_entry.photodna")?,
                pdq: bits.map(|bits| Pdq { bits, quality: self.quality.and_then(|q| u8::try_from(q).ok()) }),
                frames: frames.remove(&self.id).unwrap_or_default(),
            },
        })
    }
}

#[derive(FromQueryResult)]
struct Frame {
    entry_id: Uuid,
    pdq: Vec<u8>,
    quality: i64,
}

/// Which entries of a list: those that changed after a place and up to a change, in the order of their change.
const SOME: &str = "e.list_id = $1 AND (e.changed, e.id) > ($2, $3) AND e.changed <= $4";

/// Entries of a list that changed after a place, up to a change; at most `limit`.
pub async fn indexed_since(
    tx: &Tx,
    list: ListId,
    (version, entry): (i64, Uuid),
    to: i64,
    limit: u64,
) -> Result<Vec<Indexed>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = || -> Vec<Value> { vec![list.0.into(), version.into(), entry.into(), to.into()] };
    let sql = format!(
        "SELECT e.id, e.changed, e.withdrawn, e.md5, e.sha1, e.sha256, e.photodna, e.pdq, e.quality FROM hash_entry e
         WHERE {SOME} ORDER BY e.changed, e.id LIMIT $5"
    );
    let rows: Vec<Row> = sql::all(tx, &sql, [values(), vec![limit.into()]].concat()).await?;
    let Some(last) = rows.last() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT f.entry_id, f.pdq, f.quality FROM hash_entry e JOIN hash_frame f ON f.entry_id = e.id
         WHERE {SOME} AND (e.changed, e.id) <= ($5, $6) ORDER BY f.entry_id, f.place"
    );
    let until = vec![last.changed.into(), last.id.into()];
    let mut frames: HashMap<Uuid, Vec<Pdq>> = HashMap::new();
    for Frame { entry_id, pdq, quality } in sql::all::<Frame>(tx, &sql, [values(), until].concat()).await? {
        let bits = pdq.try_into().map_err(|_| storage::Error::Stored("hash_frame.pdq"))?;
        frames.entry(entry_id).or_default().push(Pdq { bits, quality: u8::try_from(quality).ok() });
    }
    Ok(rows.into_iter().map(|row| row.read(&mut frames)).collect::<Stored<_>>()?)
}

/// Where some entries stand: id, list, last change, and whether they were withdrawn.
pub async fn indexed_standing(tx: &Tx, ids: &[HashId]) -> Result<HashMap<HashId, (ListId, i64, bool)>> {
    #[derive(FromQueryResult)]
    struct Standing {
        id: Uuid,
        list_id: Uuid,
        changed: i64,
        withdrawn: Option<i64>,
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT id, list_id, changed, withdrawn FROM hash_entry WHERE id IN ({})", places(1, ids.len()));
    let rows: Vec<Standing> = sql::all(tx, &sql, ids.iter().map(|id| id.0.into()).collect()).await?;
    let standing = |r: Standing| (HashId(r.id), (ListId(r.list_id), r.changed, r.withdrawn.is_some()));
    Ok(rows.into_iter().map(standing).collect())
}
