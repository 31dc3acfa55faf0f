//! Table `domain_complaint`.

use super::scoped;
use crate::iwol::{
    Domain, Result,
    complaint::{Complaint, Counts, State},
};
use base::{ComplaintId, PersonId, Time};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, one_more, word},
};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    domain: String,
    text: String,
    contact: Option<String>,
    at: i64,
    due_at: i64,
    state: String,
    decider: Option<String>,
    decided_at: Option<i64>,
    reason: Option<String>,
}

const COLUMNS: &str = "t.id, t.domain, t.text, t.contact, t.at, t.due_at, t.state, t.decider, t.decided_at, t.reason";

fn complaint(row: Row) -> Result<Complaint> {
    Ok(Complaint {
        id: ComplaintId(row.id),
        domain: Domain::stored(row.domain),
        text: row.text,
        contact: row.contact,
        at: Time::from_micros(row.at),
        due_at: Time::from_micros(row.due_at),
        state: word(&row.state, "domain_complaint.state")?,
        decider: row.decider,
        decided_at: row.decided_at.map(Time::from_micros),
        reason: row.reason,
    })
}

/// Adds a complaint under the digest of the code that its author gets.
pub async fn complaint_add(tx: &Tx, new: &Complaint, code: &[u8]) -> Result<()> {
    let sql = "INSERT INTO domain_complaint (id, code, domain, text, contact, at, due_at, state)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        new.id.0.into(),
        code.to_vec().into(),
        new.domain.as_str().into(),
        new.text.clone().into(),
        new.contact.clone().into(),
        new.at.micros().into(),
        new.due_at.micros().into(),
        new.state.word().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Number {
    n: i64,
}

/// How many came in after a time. For the machinery.
pub async fn complaints_since(tx: &Tx, since: Time) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM domain_complaint WHERE at > $1";
    let row: Option<Number> = sql::one(tx, sql, vec![since.micros().into()]).await?;
    Ok(row.map_or(0, |r| r.n))
}

/// The complaint that a code's digest stands for. For the machinery.
pub async fn complaint_by_code(tx: &Tx, code: &[u8]) -> Result<Option<Complaint>> {
    let sql = format!("SELECT {COLUMNS} FROM domain_complaint t WHERE t.code = $1");
    sql::one::<Row>(tx, &sql, vec![code.to_vec().into()]).await?.map(complaint).transpose()
}

/// A complaint. For INTERPOL.
pub async fn complaint_find(tx: &Tx, id: ComplaintId) -> Result<Option<Complaint>> {
    let sql = format!("SELECT {COLUMNS} FROM domain_complaint t WHERE $1 = 1 AND $2 = $2 AND t.id = $3");
    sql::one::<Row>(tx, &sql, scoped(tx, [id.0.into()])).await?.map(complaint).transpose()
}

/// Complaints of a state, due first. For INTERPOL.
pub async fn complaints(tx: &Tx, state: State, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Complaint>> {
    let (due, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let sql = format!(
        "SELECT {COLUMNS} FROM domain_complaint t WHERE $1 = 1 AND $2 = $2 AND t.state = $3 AND (t.due_at, t.id) > ($4, $5)
         ORDER BY t.due_at, t.id LIMIT $6"
    );
    let values = scoped(tx, [state.word().into(), due.into(), id.into(), one_more(limit)]);
    sql::all::<Row>(tx, &sql, values).await?.into_iter().map(complaint).collect()
}

/// Writes a decision, once.
pub async fn complaint_decide(
    tx: &Tx,
    id: ComplaintId,
    state: State,
    by: (PersonId, &str),
    reason: &str,
) -> Result<bool> {
    let sql = "UPDATE domain_complaint SET state = $3, decided_by = $4, decider = $5, decided_at = $6, reason = $7
               WHERE $1 = 1 AND $2 = $2 AND id = $8 AND state = 'open'";
    let values = scoped(
        tx,
        [state.word().into(), by.0.0.into(), by.1.into(), tx.now().micros().into(), reason.into(), id.0.into()],
    );
    Ok(sql::run(tx, sql, values).await? == 1)
}

#[derive(FromQueryResult)]
struct CountRow {
    received: i64,
    upheld: i64,
    rejected: i64,
    open: i64,
}

#[derive(FromQueryResult)]
struct Took {
    micros: i64,
}

/// What is published: how many complaints came in and what became of them, and how long half of the decisions took at most.
/// For the machinery.
pub async fn complaint_counts(tx: &Tx) -> Result<Counts> {
    let sql = "SELECT COUNT(*) AS received, COUNT(CASE WHEN state = 'upheld' THEN 1 END) AS upheld,
        COUNT(CASE WHEN state = 'rejected' THEN 1 END) AS rejected, COUNT(CASE WHEN state = 'open' THEN 1 END) AS open
        FROM domain_complaint";
    let row: Option<CountRow> = sql::one(tx, sql, Vec::new()).await?;
    let row = row.ok_or(storage::Error::Stored("domain_complaint"))?;
    let decided = row.upheld + row.rejected;
    let sql = "SELECT decided_at - at AS micros FROM domain_complaint WHERE decided_at IS NOT NULL
               ORDER BY decided_at - at LIMIT 1 OFFSET $1";
    let middle: Option<Took> = match decided {
        0 => None,
        _ => sql::one(tx, sql, vec![((decided - 1) / 2).into()]).await?,
    };
    Ok(Counts {
        received: row.received,
        upheld: row.upheld,
        rejected: row.rejected,
        open: row.open,
        median_seconds: middle.map(|m| m.micros / 1_000_000),
    })
}
