//! The one way in which entries change. Whoever writes holds the list's row and takes the next number, so that a reader
//! who asks for what changed after a number misses nothing. Rows that say what is there already change nothing.

use crate::{Counts, Digests, Error, Hashes, List, ListClass, Pdq, Refused, Result, Says, guard, store};
use base::{AgeGroup, Gender, HashId, ImportId, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use storage::Tx;
use uuid::Uuid;

/// Most rows in one transaction.
pub const MOST_ROWS: usize = 1000;

/// One entry as it comes in, checked field by field by whoever read it.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Line or row number in the input, from 1.
    pub line: i64,
    /// Where the publisher has it from; empty: the publisher itself.
    pub source: String,
    /// Its id there; [`Row::key`] makes one of the hashes when there is none.
    pub source_id: String,
    /// What it says.
    pub says: Says,
    /// Its hashes.
    pub hashes: Hashes,
    /// Everything else, as JSON.
    pub record: String,
    /// How it came here, for the publisher's eyes.
    pub provenance: Option<String>,
    /// Why it is withdrawn, when the input says that it is.
    pub withdrawn: Option<String>,
    /// Whether the entry it replaces had frames.
    pub had_frames: bool,
    /// The import that had made the entry what it becomes again; nothing: the one that writes now.
    pub import: Option<Uuid>,
}

impl Default for Says {
    fn default() -> Self {
        Self { class: ListClass::Baseline, age_group: AgeGroup::Unknown, gender: Gender::Unknown }
    }
}

impl Row {
    /// An id for a row that came without: its strongest hash.
    pub fn key(hashes: &Hashes) -> String {
        let Digests { md5, sha1, sha256 } = &hashes.digests;
        let named = |name: &str, bytes: &[u8]| format!("{name}:{}", base::hex(bytes));
        let digest = sha256.as_ref().map(|d| named("sha256", d));
        let digest = digest.or_else(|| sha1.as_ref().map(|d| named("sha1", d)));
        let digest = digest.or_else(|| md5.as_ref().map(|d| named("md5", d)));
        digest.or_else(|| hashes.pdq.map(|p| named("pdq", &p.bits))).unwrap_or_default()
    }
}

/// What became of some rows.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// How many of what.
    pub counts: Counts,
    /// Rows refused, in the order of the input.
    pub refused: Vec<Refused>,
    /// The list's version afterwards.
    pub version: i64,
}

/// Writes rows into the actor's list, [`MOST_ROWS`] at most. Good rows stand whatever becomes of the others.
pub async fn write(tx: &Tx, list: &List, rows: Vec<Row>, import: Option<ImportId>) -> Result<Written> {
    if rows.len() > MOST_ROWS {
        let reason = format!("at most {MOST_ROWS} rows are written at once");
        return Err(Error::conflict("too-many-rows", "rows", reason));
    }
    let mut version = store::list_lock(tx, list.id).await?;
    let mut written = Written::default();
    written.counts.lines = rows.len().cast_signed() as i64;
    let rows = checked(list, rows, &mut written);
    let there = Known::read(tx, list, &rows).await?;
    let plan = plan(rows, there, &mut written);
    if !plan.is_empty() {
        version += 1;
        apply(tx, list, version, import, plan).await?;
        store::list_set_version(tx, list.id, version).await?;
    }
    written.version = version;
    written.counts.refused = written.refused.len().cast_signed() as i64;
    Ok(written)
}

fn refuse(written: &mut Written, line: i64, refusal: Refusal) {
    let Refusal { field, rule, reason } = refusal;
    written.refused.push(Refused { line, field: field.into(), rule: rule.into(), reason });
}

/// Rows that may stand: real hashes, a class that the list can carry, an id.
fn checked(list: &List, rows: Vec<Row>, written: &mut Written) -> Vec<Row> {
    let mut good = Vec::with_capacity(rows.len());
    for mut row in rows {
        if row.source_id.is_empty() {
            row.source_id = Row::key(&row.hashes);
        }
        let fine = guard::check(&row.hashes)
            .and_then(|()| class_fits(list, row.says.class))
            .and_then(|()| base::one_line("source_id", &row.source_id, 300).map(drop));
        match fine {
            Ok(()) => good.push(row),
            Err(refusal) => refuse(written, row.line, refusal),
        }
    }
    good
}

/// An entry says no more than its list.
fn class_fits(list: &List, class: ListClass) -> Result<(), Refusal> {
    if class == list.class || class == ListClass::Context {
        return Ok(());
    }
    let reason = format!("a {class} entry does not belong on a {} list", list.class);
    Err(Refusal::new("class", "class-not-of-this-list", reason))
}

/// What stands in the list already that rows of a batch touch: by source id, and who has which digest.
struct Known {
    by_source: HashMap<(String, String), Standing>,
    by_digest: HashMap<Vec<u8>, Claim>,
}

/// An entry that is there.
struct Standing {
    id: HashId,
    import: Option<Uuid>,
    added: i64,
    added_at: i64,
    was: Was,
}

/// Who claims a digest, and what it says.
#[derive(Clone)]
struct Claim {
    source: String,
    source_id: String,
    class: ListClass,
    sha256: Option<[u8; 32]>,
}

/// An entry as it is kept when it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Was {
    pub class: ListClass,
    pub age_group: AgeGroup,
    pub gender: Gender,
    pub md5: Option<String>,
    pub sha1: Option<String>,
    pub sha256: Option<String>,
    pub pdq: Option<String>,
    pub quality: Option<u8>,
    pub frames: Vec<(String, u8)>,
    pub record: String,
    pub withdrawn: Option<String>,
}

impl Was {
    fn of_row(row: &Row) -> Self {
        let hex = |bytes: Option<&[u8]>| bytes.map(base::hex);
        // The PhotoDNA value is in the record.
        let Hashes { digests: Digests { md5, sha1, sha256 }, photodna: _, pdq, frames } = &row.hashes;
        Self {
            class: row.says.class,
            age_group: row.says.age_group,
            gender: row.says.gender,
            md5: hex(md5.as_ref().map(<[u8; 16]>::as_slice)),
            sha1: hex(sha1.as_ref().map(<[u8; 20]>::as_slice)),
            sha256: hex(sha256.as_ref().map(<[u8; 32]>::as_slice)),
            pdq: pdq.map(|p| base::hex(&p.bits)),
            quality: pdq.and_then(|p| p.quality),
            frames: frames.iter().map(|p| (base::hex(&p.bits), p.quality.unwrap_or(100))).collect(),
            record: row.record.clone(),
            withdrawn: row.withdrawn.clone(),
        }
    }

    /// The row that makes an entry what it was.
    pub(crate) fn into_row(self, source: String, source_id: String) -> Option<Row> {
        fn bytes<const N: usize>(text: Option<String>) -> Option<Option<[u8; N]>> {
            text.map_or(Some(None), |t| base::unhex(&t)?.try_into().ok().map(Some))
        }
        let pdq: Option<[u8; 32]> = bytes(self.pdq)?;
        let frame = |(p, q): (String, u8)| Some(Pdq { bits: base::unhex(&p)?.try_into().ok()?, quality: Some(q) });
        Some(Row {
            source,
            source_id,
            says: Says { class: self.class, age_group: self.age_group, gender: self.gender },
            hashes: Hashes {
                digests: Digests { md5: bytes(self.md5)?, sha1: bytes(self.sha1)?, sha256: bytes(self.sha256)? },
                photodna: crate::form::photodna(&self.record),
                pdq: pdq.map(|bits| Pdq { bits, quality: self.quality }),
                frames: self.frames.into_iter().map(frame).collect::<Option<_>>()?,
            },
            record: self.record,
            withdrawn: self.withdrawn,
            had_frames: true,
            ..Row::default()
        })
    }
}

impl Known {
    async fn read(tx: &Tx, list: &List, rows: &[Row]) -> Result<Self> {
        let ids: Vec<&str> = rows.iter().map(|r| r.source_id.as_str()).collect();
        let mut known = Self { by_source: HashMap::new(), by_digest: HashMap::new() };
        let found = store::entries_by_source(tx, list.id, &ids).await?;
        let entries: Vec<Uuid> = found.iter().map(|r| r.id).collect();
        let frames = store::frames_of(tx, &entries).await?;
        for row in found {
            let mut hashes = row.hashes()?;
            hashes.frames = frames.iter().filter(|(id, _)| *id == row.id).map(|(_, p)| *p).collect();
            let says = row.says()?;
            let withdrawn = row.withdrawn.map(|_| row.withdrawn_why.clone().unwrap_or_default());
            let as_row = Row { says, hashes, record: row.record.clone(), withdrawn, ..Row::default() };
            let standing = Standing {
                id: HashId(row.id),
                import: row.import_id,
                added: row.added,
                added_at: row.added_at,
                was: Was::of_row(&as_row),
            };
            known.by_source.insert((row.source, row.source_id), standing);
        }
        known.read_claims(tx, list, rows).await?;
        Ok(known)
    }

    /// Who has the digests of these rows now.
    async fn read_claims(&mut self, tx: &Tx, list: &List, rows: &[Row]) -> Result<()> {
        let md5: Vec<&[u8]> =
            rows.iter().filter_map(|r| r.hashes.digests.md5.as_ref().map(<[u8; 16]>::as_slice)).collect();
        let sha1: Vec<&[u8]> =
            rows.iter().filter_map(|r| r.hashes.digests.sha1.as_ref().map(<[u8; 20]>::as_slice)).collect();
        let sha256: Vec<&[u8]> =
            rows.iter().filter_map(|r| r.hashes.digests.sha256.as_ref().map(<[u8; 32]>::as_slice)).collect();
        for (column, digests) in [("md5", md5), ("sha1", sha1), ("sha256", sha256)] {
            for row in store::entries_by_digest(tx, list.id, column, &digests).await? {
                let hashes = row.hashes()?;
                let claim = Claim {
                    source: row.source.clone(),
                    source_id: row.source_id.clone(),
                    class: row.says()?.class,
                    sha256: hashes.digests.sha256,
                };
                self.claim(&hashes, &claim);
            }
        }
        Ok(())
    }

    fn claim(&mut self, hashes: &Hashes, claim: &Claim) {
        for digest in digests(hashes) {
            self.by_digest.insert(digest, claim.clone());
        }
    }

    /// Whether another entry of this list says something else about the same content.
    fn contradiction(&self, row: &Row) -> Option<Refusal> {
        digests(&row.hashes).into_iter().find_map(|digest| {
            let claim = self.by_digest.get(&digest)?;
            let other = &claim.source_id;
            if claim.source == row.source && *other == row.source_id {
                return None;
            }
            if claim.class != row.says.class {
                let reason = format!("entry `{other}` of this list has the same content as {}", claim.class);
                return Some(Refusal::new("class", "contradicts-entry", reason));
            }
            let both = claim.sha256.zip(row.hashes.digests.sha256);
            both.filter(|(a, b)| a != b).map(|_| {
                let reason = format!("entry `{other}` of this list has this digest with another SHA-256");
                Refusal::new("sha256", "contradicts-digest", reason)
            })
        })
    }
}

fn digests(hashes: &Hashes) -> Vec<Vec<u8>> {
    let Digests { md5, sha1, sha256 } = hashes.digests;
    [md5.map(Vec::from), sha1.map(Vec::from), sha256.map(Vec::from)].into_iter().flatten().collect()
}

/// A change to make.
struct Change {
    row: Row,
    standing: Option<Standing>,
}

/// Sorts rows into changes, rows that change nothing, and contradictions. The first row of an entry in a batch counts;
/// further ones are the same or contradict it.
fn plan(rows: Vec<Row>, mut known: Known, written: &mut Written) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut seen: HashMap<(String, String), Was> = HashMap::new();
    for mut row in rows {
        let key = (row.source.clone(), row.source_id.clone());
        if let Some(first) = seen.get(&key) {
            if *first == Was::of_row(&row) {
                written.counts.same += 1;
            } else {
                let reason = format!("`{}` stands in this input before and says something else", row.source_id);
                refuse(written, row.line, Refusal::new("source_id", "says-two-things", reason));
            }
            continue;
        }
        let standing = known.by_source.remove(&key);
        if let (Some(why), Some(there)) = (&row.withdrawn, &standing) {
            // A withdrawal need not repeat what it withdraws.
            if let Some(mut last) = there.was.clone().into_row(row.source.clone(), row.source_id.clone()) {
                last.withdrawn = Some(there.was.withdrawn.clone().unwrap_or_else(|| why.clone()));
                last.line = row.line;
                row = last;
            }
        }
        let now = Was::of_row(&row);
        seen.insert(key, now.clone());
        match &standing {
            Some(there) if there.was == now => written.counts.same += 1,
            None if row.withdrawn.is_some() => written.counts.same += 1,
            _ if row.withdrawn.is_some() => {
                written.counts.withdrawn += 1;
                changes.push(Change { row, standing });
            }
            _ => {
                if let Some(refusal) = known.contradiction(&row) {
                    refuse(written, row.line, refusal);
                    continue;
                }
                let claim = Claim {
                    source: row.source.clone(),
                    source_id: row.source_id.clone(),
                    class: row.says.class,
                    sha256: row.hashes.digests.sha256,
                };
                known.claim(&row.hashes, &claim);
                let counted = if standing.is_some() { &mut written.counts.changed } else { &mut written.counts.added };
                *counted += 1;
                changes.push(Change { row, standing });
            }
        }
    }
    changes
}

async fn apply(tx: &Tx, list: &List, version: i64, import: Option<ImportId>, mut plan: Vec<Change>) -> Result<()> {
    let mut past = Vec::new();
    for change in &mut plan {
        if let Some(there) = &change.standing {
            let was = serde_json::to_string(&there.was).map_err(|_| storage::Error::Stored("hash_past.was"))?;
            past.push(store::Past { entry: there.id, was, was_import: there.import });
            change.row.had_frames = !there.was.frames.is_empty();
        }
    }
    let now = tx.now().micros();
    let mut puts = Vec::with_capacity(plan.len());
    for Change { row, standing } in &plan {
        let (id, added, added_at) = match standing {
            Some(there) => (there.id, there.added, there.added_at),
            None => (tx.id(HashId::new)?, version, now),
        };
        puts.push(store::Put { id, row, added, added_at });
    }
    store::entries_put(tx, (list.id, list.publisher, version, import), &puts).await?;
    store::past_add(tx, (list.publisher, version, import), &past).await
}
