//! The rows of the audit log: added with the act, chained right after, read by their own organisation, verified whole.
//!
//! Entries are chained in a step of their own, so that two acts of one organisation need not wait for each other. Until
//! then an entry stands without a number; the application role may add entries and number them once, nothing else.

use crate::{Backend, Db, Error, Result, entity::audit_entry, sql, tx::Tx};
use audit::{Act, Broken, Entry, Head, Verb};
use base::{Actor, EntryId, OrgId, Time};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Entries chained in one step at most.
const CHAIN_STEP: u64 = 1000;
/// Entries numbered by one statement: three values each, far below SQLite's 32,766.
const CHAIN_ROWS: usize = 200;

/// Writes what an actor did.
pub(crate) async fn append(
    on: &impl ConnectionTrait,
    id: EntryId,
    now: Time,
    actor: &Actor,
    act: &dyn Act,
) -> Result<()> {
    let row = to_row(Entry::new(id, now, actor, act));
    sql::add(on, row).await
}

/// An entry with its number, once it has one.
#[derive(Clone, Debug)]
pub struct Numbered {
    /// The entry.
    pub entry: Entry,
    /// Its number in the organisation's chain.
    pub seq: Option<i64>,
    /// Its link in the chain.
    pub link: Option<Vec<u8>>,
}

/// What to show of the own organisation's log.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Not before this.
    pub from: Option<Time>,
    /// Before this.
    pub until: Option<Time>,
    /// Name of the act, exactly.
    pub act: Option<String>,
    /// The person who acted.
    pub person: Option<Uuid>,
    /// The thing it was about.
    pub subject: Option<Uuid>,
    /// Where the page before ended: time and id.
    pub after: Option<(i64, Uuid)>,
}

/// Entries of the actor's own organisation, newest first, one more than `limit` when there are more.
pub async fn entries(tx: &Tx, filter: &Filter, limit: u64) -> Result<Vec<Numbered>> {
    let (after_at, after_id) = filter.after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = "SELECT * FROM audit_entry WHERE org_id = $1 AND at >= $2 AND at < $3 AND (at, id) < ($4, $5)
               AND ($6 = '' OR act = $6) AND ($7 = 0 OR person = $8) AND ($9 = 0 OR subject = $10)
               ORDER BY at DESC, id DESC LIMIT $11";
    let values = vec![
        tx.actor().org.0.into(),
        filter.from.map_or(0, Time::micros).into(),
        filter.until.map_or(i64::MAX, Time::micros).into(),
        after_at.into(),
        after_id.into(),
        filter.act.clone().unwrap_or_default().into(),
        i64::from(filter.person.is_some()).into(),
        filter.person.unwrap_or_default().into(),
        i64::from(filter.subject.is_some()).into(),
        filter.subject.unwrap_or_default().into(),
        i64::try_from(limit + 1).unwrap_or(i64::MAX).into(),
    ];
    let rows: Vec<audit_entry::Model> = sql::all(tx, sql, values).await?;
    rows.into_iter().map(numbered).collect()
}

#[derive(FromQueryResult)]
struct HeadRow {
    seq: i64,
    link: Vec<u8>,
}

/// Numbers and chains entries that have no number yet, oldest first. Returns how many; call again while it is not zero.
pub async fn chain(db: &Db) -> Result<usize> {
    let tx = db.begin(&Actor::machine("chain")).await?;
    let sql = "SELECT * FROM audit_entry WHERE seq IS NULL ORDER BY id LIMIT $1";
    // Whoever holds this row chains; the others wait, then find less to do.
    let lock = if db.backend() == Backend::Postgres { "FOR UPDATE" } else { "" };
    sql::one::<HeadRow>(
        &tx,
        &format!("SELECT seq, link FROM audit_head WHERE org_id = $1 {lock}"),
        vec![Uuid::nil().into()],
    )
    .await?;
    let rows: Vec<audit_entry::Model> = sql::all(&tx, sql, vec![CHAIN_STEP.cast_signed().into()]).await?;
    let count = rows.len();
    let mut by_org: BTreeMap<Uuid, Vec<audit_entry::Model>> = BTreeMap::new();
    for row in rows {
        by_org.entry(row.org_id).or_default().push(row);
    }
    for (org, rows) in by_org {
        chain_one(&tx, org, rows).await?;
    }
    tx.commit_upkeep().await?;
    Ok(count)
}

async fn chain_one(tx: &Tx, org: Uuid, rows: Vec<audit_entry::Model>) -> Result<()> {
    let mut head = head(tx, org).await?;
    let mut numbered = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.id;
        head = head.after(&to_entry(row)?.leaf());
        numbered.push((id, head));
    }
    for part in numbered.chunks(CHAIN_ROWS) {
        let places: Vec<String> =
            (0..part.len()).map(|n| format!("(${}, ${}, ${})", 3 * n + 1, 3 * n + 2, 3 * n + 3)).collect();
        let values = part.iter().flat_map(|(id, head)| [(*id).into(), head.seq.into(), head.link.to_vec().into()]);
        let sql = format!(
            "WITH v(id, seq, link) AS (VALUES {}) UPDATE audit_entry SET seq = v.seq, link = v.link
             FROM v WHERE audit_entry.id = v.id",
            places.join(", ")
        );
        sql::run(tx, &sql, values.collect()).await?;
    }
    let sql = "INSERT INTO audit_head (org_id, seq, link) VALUES ($1, $2, $3)
               ON CONFLICT (org_id) DO UPDATE SET seq = excluded.seq, link = excluded.link";
    sql::run(tx, sql, vec![org.into(), head.seq.into(), head.link.to_vec().into()]).await?;
    Ok(())
}

async fn head(tx: &Tx, org: Uuid) -> Result<Head> {
    let row: Option<HeadRow> =
        sql::one(tx, "SELECT seq, link FROM audit_head WHERE org_id = $1", vec![org.into()]).await?;
    row.map_or(Ok(Head::EMPTY), |row| {
        Ok(Head { seq: row.seq, link: row.link.try_into().map_err(|_| Error::Stored("audit_head.link"))? })
    })
}

/// What a check of the whole log found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Each organisation's head as its entries give it.
    pub heads: Vec<(OrgId, Head)>,
    /// Entries not chained yet.
    pub waiting: u64,
}

/// A fault of the log.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A chain is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The noted head is further than the entries: some were cut off the end.
    #[error("audit log of organisation {org} ends at entry {found}, but {noted} were noted: entries were cut off")]
    Cut {
        /// Whose log.
        org: OrgId,
        /// Last entry there is.
        found: i64,
        /// Last entry there was.
        noted: i64,
    },
    /// The log could not be read.
    #[error(transparent)]
    Unreadable(#[from] Error),
}

/// Walks every organisation's chain from its first entry and compares it with the noted head.
pub async fn verify(db: &Db) -> std::result::Result<Verified, Fault> {
    #[derive(FromQueryResult)]
    struct Org {
        org_id: Uuid,
    }
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let tx = db.look(&Actor::machine("verify")).await?;
    let sql = "SELECT org_id FROM audit_head UNION SELECT DISTINCT org_id FROM audit_entry ORDER BY org_id";
    let orgs: Vec<Org> = sql::all(&tx, sql, vec![]).await?;
    let mut heads = Vec::new();
    for Org { org_id } in orgs {
        let found = verify_one(&tx, OrgId(org_id)).await?;
        let noted = head(&tx, org_id).await?;
        if found != noted {
            return Err(Fault::Cut { org: OrgId(org_id), found: found.seq, noted: noted.seq });
        }
        heads.push((OrgId(org_id), found));
    }
    let waiting: Option<Count> =
        sql::one(&tx, "SELECT COUNT(*) AS n FROM audit_entry WHERE seq IS NULL", vec![]).await?;
    tx.commit_upkeep().await?;
    Ok(Verified { heads, waiting: waiting.map_or(0, |c| c.n.cast_unsigned()) })
}

async fn verify_one(tx: &Tx, org: OrgId) -> std::result::Result<Head, Fault> {
    let sql = "SELECT * FROM audit_entry WHERE org_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000";
    let mut at = Head::EMPTY;
    loop {
        let rows: Vec<audit_entry::Model> = sql::all(tx, sql, vec![org.0.into(), at.seq.into()]).await?;
        if rows.is_empty() {
            return Ok(at);
        }
        let mut links = Vec::with_capacity(rows.len());
        for row in rows {
            let seq = row.seq.unwrap_or(0);
            let link = row.link.clone().unwrap_or_default();
            links.push((seq, to_entry(row)?, <[u8; 32]>::try_from(link).unwrap_or([0; 32])));
        }
        at = audit::verify(org, at, links.iter().map(|(seq, entry, link)| (*seq, entry, link)))?;
    }
}

fn to_row(entry: Entry) -> audit_entry::Model {
    audit_entry::Model {
        id: entry.id.0,
        org_id: entry.org.0,
        at: entry.at.micros(),
        person: entry.person,
        token: entry.token,
        machine: entry.machine,
        role: entry.role,
        act: entry.act,
        verb: entry.verb.word().into(),
        subject_kind: entry.subject_kind,
        subject: entry.subject,
        purpose: entry.purpose,
        detail: entry.detail,
        seq: None,
        link: None,
    }
}

fn to_entry(row: audit_entry::Model) -> Result<Entry> {
    Ok(Entry {
        id: EntryId(row.id),
        org: OrgId(row.org_id),
        at: Time::from_micros(row.at),
        person: row.person,
        token: row.token,
        machine: row.machine,
        role: row.role,
        act: row.act,
        verb: Verb::from_word(&row.verb).ok_or(Error::Stored("audit_entry.verb"))?,
        subject_kind: row.subject_kind,
        subject: row.subject,
        purpose: row.purpose,
        detail: row.detail,
    })
}

fn numbered(row: audit_entry::Model) -> Result<Numbered> {
    let (seq, link) = (row.seq, row.link.clone());
    Ok(Numbered { entry: to_entry(row)?, seq, link })
}
