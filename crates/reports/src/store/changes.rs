//! Tables `case_change`, `case_feed` and `case_webhook`.

use super::{Stored, one_more};
use crate::{
    Result,
    change::{Change, ChangeKind},
};
use base::{CaseId, ChangeId, OrgId, PersonId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Number {
    seq: i64,
}

/// Whether this transaction has noted it already.
pub async fn change_noted(tx: &Tx, case: CaseId, kind: ChangeKind) -> Result<bool> {
    let sql = "SELECT seq FROM case_change WHERE case_id = $1 AND kind = $2 AND at = $3";
    let values = vec![case.0.into(), kind.word().into(), tx.now().micros().into()];
    Ok(sql::one::<Number>(tx, sql, values).await?.is_some())
}

/// The next number of an LEA's changes. Whoever has taken one keeps others waiting until it is committed.
pub async fn change_number(tx: &Tx, lea: OrgId) -> Result<i64> {
    let sql = "INSERT INTO case_feed (lea_id, seq) VALUES ($1, 1)
               ON CONFLICT (lea_id) DO UPDATE SET seq = case_feed.seq + 1 RETURNING seq";
    let row: Option<Number> = sql::one(tx, sql, vec![lea.0.into()]).await?;
    Ok(row.ok_or(storage::Error::Stored("case_feed.seq"))?.seq)
}

pub async fn change_add(tx: &Tx, change: &Change) -> Result<()> {
    let sql = "INSERT INTO case_change (id, lea_id, seq, case_id, kind, at) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        change.id.0.into(),
        change.lea.0.into(),
        change.seq.into(),
        change.case.0.into(),
        change.kind.word().into(),
        change.at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    lea_id: Uuid,
    seq: i64,
    case_id: Uuid,
    kind: String,
    at: i64,
}

fn change_of(row: Row) -> Stored<Change> {
    Ok(Change {
        id: ChangeId(row.id),
        lea: OrgId(row.lea_id),
        seq: row.seq,
        case: CaseId(row.case_id),
        kind: ChangeKind::from_word(&row.kind).ok_or(storage::Error::Stored("case_change.kind"))?,
        at: Time::from_micros(row.at),
    })
}

pub async fn changes_after(tx: &Tx, seq: i64, limit: u64) -> Result<Vec<Change>> {
    let sql = "SELECT * FROM case_change WHERE lea_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    let rows: Vec<Row> = sql::all(tx, sql, vec![tx.actor().org.0.into(), seq.into(), one_more(limit)]).await?;
    Ok(rows.into_iter().map(change_of).collect::<Stored<_>>()?)
}

/// A change and where its LEA, when it takes part, wants to be told. For the exchange's own machinery.
pub async fn change_due(tx: &Tx, id: ChangeId) -> Result<Option<(Change, String)>> {
    let sql = "SELECT c.* FROM case_change c JOIN organisation o ON o.id = c.lea_id AND o.active WHERE c.id = $1";
    let row: Option<Row> = sql::one(tx, sql, vec![id.0.into()]).await?;
    let Some(change) = row.map(change_of).transpose()? else { return Ok(None) };
    let url = webhook_of(tx, change.lea).await?;
    Ok(url.map(|(url, _)| (change, url)))
}

pub async fn webhook_of(tx: &Tx, lea: OrgId) -> Result<Option<(String, Time)>> {
    #[derive(FromQueryResult)]
    struct Webhook {
        url: String,
        set_at: i64,
    }
    let sql = "SELECT url, set_at FROM case_webhook WHERE lea_id = $1";
    let row: Option<Webhook> = sql::one(tx, sql, vec![lea.0.into()]).await?;
    Ok(row.map(|w| (w.url, Time::from_micros(w.set_at))))
}

pub async fn webhook_put(tx: &Tx, person: PersonId, url: &str) -> Result<()> {
    let sql = "INSERT INTO case_webhook (lea_id, url, set_by, set_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (lea_id) DO UPDATE SET url = $2, set_by = $3, set_at = $4";
    let values = vec![tx.actor().org.0.into(), url.into(), person.0.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn webhook_remove(tx: &Tx) -> Result<()> {
    sql::run(tx, "DELETE FROM case_webhook WHERE lea_id = $1", vec![tx.actor().org.0.into()]).await?;
    Ok(())
}
