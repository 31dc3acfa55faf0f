//! Tables `domain_serial`, `domain_change` and `domain_entry`: the list itself.

use super::scoped;
use crate::iwol::{
    Domain, Result,
    look::{Changed, Entry},
    model::Actor,
};
use base::{OrgId, PersonId, ProposalId, Time};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, one_more},
};
use uuid::Uuid;

/// Serials of the DNS are 32 bits wide (RFC 1035, section 3.3.13).
const MOST: i64 = 0xffff_ffff;

#[derive(FromQueryResult)]
struct Serial {
    serial: i64,
}

/// The next serial. Whoever has taken one keeps others waiting until it is committed.
async fn next_serial(tx: &Tx) -> Result<i64> {
    let sql = "UPDATE domain_serial SET serial = serial + 1 WHERE one = 1 RETURNING serial";
    let row: Option<Serial> = sql::one(tx, sql, Vec::new()).await?;
    let serial = row.ok_or(storage::Error::Stored("domain_serial.serial"))?.serial;
    if serial > MOST { Err(storage::Error::Stored("domain_serial.serial").into()) } else { Ok(serial) }
}

/// What changes, why and by whom.
#[derive(Clone, Copy, Debug)]
pub struct NewChange<'a> {
    /// The domain.
    pub domain: &'a Domain,
    /// Why.
    pub reason: &'a str,
    /// The proposal behind it.
    pub proposal: ProposalId,
    /// The first name.
    pub first: &'a Actor,
    /// The second; after an emergency it follows later.
    pub second: Option<&'a Actor>,
}

async fn change_add(tx: &Tx, kind: &str, change: NewChange<'_>) -> Result<i64> {
    let serial = next_serial(tx).await?;
    let sql = "INSERT INTO domain_change (serial, domain, kind, reason, at, proposal_id, first_person, first_org, second_person,
               second_org, second_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let second = change.second;
    let values = vec![
        serial.into(),
        change.domain.as_str().into(),
        kind.into(),
        change.reason.into(),
        tx.now().micros().into(),
        change.proposal.0.into(),
        change.first.person.0.into(),
        change.first.org.0.into(),
        second.map(|a| a.person.0).into(),
        second.map(|a| a.org.0).into(),
        second.map(|_| tx.now().micros()).into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(serial)
}

/// Puts a domain onto the list; `None` when it is on it already, by another proposal.
pub async fn entry_add(tx: &Tx, change: NewChange<'_>, skeleton: &str) -> Result<Option<i64>> {
    let sql = "INSERT INTO domain_entry (domain, proposal_id, skeleton, serial, listed_at) VALUES ($1, $2, $3, 0, $4)
               ON CONFLICT DO NOTHING";
    let domain = change.domain.as_str();
    let values = vec![domain.into(), change.proposal.0.into(), skeleton.into(), tx.now().micros().into()];
    if sql::run(tx, sql, values).await? == 0 {
        return Ok(None);
    }
    let serial = change_add(tx, "listed", change).await?;
    let sql = "UPDATE domain_entry SET serial = $1 WHERE domain = $2";
    sql::run(tx, sql, vec![serial.into(), domain.into()]).await?;
    Ok(Some(serial))
}

/// Takes a proposal's domain off the list.
pub async fn entry_remove(tx: &Tx, change: NewChange<'_>) -> Result<i64> {
    let sql = "DELETE FROM domain_entry WHERE domain = $1 AND proposal_id = $2";
    sql::run(tx, sql, vec![change.domain.as_str().into(), change.proposal.0.into()]).await?;
    change_add(tx, "removed", change).await
}

/// Writes the second name of a removal that has one only.
pub async fn change_second(tx: &Tx, proposal: ProposalId, second: &Actor) -> Result<()> {
    let sql = "UPDATE domain_change SET second_person = $1, second_org = $2, second_at = $3
               WHERE proposal_id = $4 AND kind = 'removed' AND second_person IS NULL";
    let values = vec![second.person.0.into(), second.org.0.into(), tx.now().micros().into(), proposal.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Name {
    domain: String,
}

/// Listed domains that are drawn like this one and are others. For INTERPOL and the machinery.
pub async fn entries_drawn_like(tx: &Tx, domain: &Domain, skeleton: &str) -> Result<Vec<String>> {
    let sql =
        "SELECT e.domain FROM domain_entry e WHERE $1 = 1 AND $2 = $2 AND e.skeleton = $3 AND e.domain <> $4 LIMIT 10";
    let rows: Vec<Name> = sql::all(tx, sql, scoped(tx, [skeleton.into(), domain.as_str().into()])).await?;
    Ok(rows.into_iter().map(|r| r.domain).collect())
}

/// Whether a domain is on the list now. For INTERPOL and the machinery.
pub async fn entry_is(tx: &Tx, domain: &Domain) -> Result<bool> {
    let sql = "SELECT e.domain FROM domain_entry e WHERE $1 = 1 AND $2 = $2 AND e.domain = $3";
    Ok(sql::one::<Name>(tx, sql, scoped(tx, [domain.as_str().into()])).await?.is_some())
}

#[derive(FromQueryResult)]
struct EntryRow {
    domain: String,
    proposal_id: Uuid,
    serial: i64,
    listed_at: i64,
    due_at: Option<i64>,
    found: Option<String>,
}

/// The list, newest change first; of those, domains with a text in them. For INTERPOL.
pub async fn entries(tx: &Tx, part: &str, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Entry>> {
    let sql = "SELECT e.domain, e.proposal_id, e.serial, e.listed_at, p.due_at, p.found
        FROM domain_entry e JOIN domain_proposal p ON p.id = e.proposal_id
        WHERE $1 = 1 AND $2 = $2 AND ($3 = '' OR e.domain LIKE $4 ESCAPE '!') AND e.serial < $5
        ORDER BY e.serial DESC LIMIT $6";
    let like = format!("%{}%", part.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    let before = after.map_or(i64::MAX, |(serial, _)| serial);
    let values = scoped(tx, [part.into(), like.into(), before.into(), one_more(limit)]);
    let rows: Vec<EntryRow> = sql::all(tx, sql, values).await?;
    let entry = |r: EntryRow| Entry {
        domain: Domain::stored(r.domain),
        proposal: ProposalId(r.proposal_id),
        serial: r.serial,
        listed_at: Time::from_micros(r.listed_at),
        due_at: r.due_at.map(Time::from_micros),
        found: r.found,
    };
    Ok(rows.into_iter().map(entry).collect())
}

#[derive(FromQueryResult)]
struct ChangeRow {
    serial: i64,
    kind: String,
    reason: String,
    at: i64,
    proposal_id: Option<Uuid>,
    first_person: Uuid,
    first_org: Uuid,
    second_person: Option<Uuid>,
    second_org: Option<Uuid>,
}

/// What happened to a domain on the list, newest first. For INTERPOL.
pub async fn changes_of(tx: &Tx, domain: &Domain) -> Result<Vec<Changed>> {
    let sql = "SELECT c.serial, c.kind, c.reason, c.at, c.proposal_id, c.first_person, c.first_org, c.second_person, c.second_org
        FROM domain_change c WHERE $1 = 1 AND $2 = $2 AND c.domain = $3 ORDER BY c.serial DESC LIMIT 200";
    let rows: Vec<ChangeRow> = sql::all(tx, sql, scoped(tx, [domain.as_str().into()])).await?;
    let changed = |r: ChangeRow| Changed {
        serial: r.serial,
        kind: r.kind,
        reason: r.reason,
        at: Time::from_micros(r.at),
        proposal: r.proposal_id.map(ProposalId),
        first: (PersonId(r.first_person), OrgId(r.first_org)),
        second: r.second_person.zip(r.second_org).map(|(p, o)| (PersonId(p), OrgId(o))),
    };
    Ok(rows.into_iter().map(changed).collect())
}
