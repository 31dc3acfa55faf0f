//! Tables `context_request`, `widening` and `case_message`. Scope: both parties carry their id in every row.

use super::{
    Stored,
    live::{at, live},
    one_more, scoped, word,
};
use crate::{
    Message, Request, Result,
    entity::{case_message, context_request, widening},
};
use base::{CaptureId, CaseId, MessageId, OrgId, PersonId, ReportId, RequestId, RequestState, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// The two parties of a row.
const PARTIES: &str = "($1 = 1 OR t.lea_id = $2 OR t.hotline_id = $2)";

/// Live disclosures of a case that are alike.
#[derive(Clone, Debug, FromQueryResult)]
pub struct GroundRow {
    pub report_id: Uuid,
    pub lea_id: Uuid,
    pub reporter_id: Uuid,
    pub agreement_id: Option<Uuid>,
    pub agreement_name: String,
    pub agreement_version: i64,
    pub clause: String,
    pub width: String,
    pub media: bool,
    pub items: i64,
}

/// What the live disclosures of a case rest on, for its LEA and for hotlines that reported or own an item of it.
pub async fn grounds(tx: &Tx, case: CaseId) -> Result<Vec<GroundRow>> {
    let sql = format!(
        "SELECT d.report_id, d.lea_id, d.reporter_id, d.agreement_id, d.agreement_name, d.agreement_version,
            d.clause, d.width, d.media, COUNT(*) AS items
        FROM disclosure d WHERE ($1 = 1 OR d.lea_id = $2 OR d.reporter_id = $2 OR d.owner_id = $2) AND d.case_id = $3
            AND {}
        GROUP BY d.report_id, d.lea_id, d.reporter_id, d.agreement_id, d.agreement_name, d.agreement_version, d.clause,
            d.width, d.media
        ORDER BY d.agreement_name, d.clause, d.width, d.media",
        live("d", 4)
    );
    Ok(sql::all(tx, &sql, scoped(tx, [case.0.into(), at(tx)])).await?)
}

/// Cases with a live disclosure of a report's items that the actor's hotline reported or owns.
pub async fn live_cases_of(tx: &Tx, report: ReportId) -> Result<Vec<CaseId>> {
    #[derive(FromQueryResult)]
    struct Id {
        case_id: Uuid,
    }
    let sql = format!(
        "SELECT DISTINCT d.case_id FROM disclosure d
        WHERE ($1 = 1 OR d.reporter_id = $2 OR d.owner_id = $2) AND d.report_id = $3 AND {}
        ORDER BY d.case_id",
        live("d", 4)
    );
    let rows: Vec<Id> = sql::all(tx, &sql, scoped(tx, [report.0.into(), at(tx)])).await?;
    Ok(rows.into_iter().map(|r| CaseId(r.case_id)).collect())
}

pub async fn request_add(tx: &Tx, row: context_request::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// A request of a case, in that case only.
pub async fn request_of_case(tx: &Tx, case: CaseId, id: RequestId) -> Result<Option<Request>> {
    let sql = format!("SELECT t.* FROM context_request t WHERE {PARTIES} AND t.case_id = $3 AND t.id = $4");
    let row: Option<context_request::Model> = sql::one(tx, &sql, scoped(tx, [case.0.into(), id.0.into()])).await?;
    Ok(row.map(request_of).transpose()?)
}

/// A request that the actor's hotline is to answer.
pub async fn request_find(tx: &Tx, id: RequestId) -> Result<Option<Request>> {
    let sql = "SELECT t.* FROM context_request t WHERE ($1 = 1 OR t.hotline_id = $2) AND t.id = $3";
    let row: Option<context_request::Model> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(request_of).transpose()?)
}

/// Requests of a case, newest first, at most 200.
pub async fn requests_of_case(tx: &Tx, case: CaseId) -> Result<Vec<Request>> {
    let sql = format!(
        "SELECT t.* FROM context_request t WHERE {PARTIES} AND t.case_id = $3 ORDER BY t.at DESC, t.id DESC LIMIT 200"
    );
    let rows: Vec<context_request::Model> = sql::all(tx, &sql, scoped(tx, [case.0.into()])).await?;
    Ok(rows.into_iter().map(request_of).collect::<Stored<_>>()?)
}

/// Requests that wait for the actor's hotline, due first; only where the case is still live.
pub async fn requests_waiting(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Request>> {
    let (due, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let sql = format!(
        "SELECT t.* FROM context_request t WHERE ($1 = 1 OR t.hotline_id = $2) AND t.state = 'open'
            AND (t.due_at, t.id) > ($3, $4) AND EXISTS (
                SELECT 1 FROM disclosure d WHERE d.case_id = t.case_id AND {})
        ORDER BY t.due_at, t.id LIMIT $5",
        live("d", 6)
    );
    let values = scoped(tx, [due.into(), id.into(), one_more(limit), at(tx)]);
    let rows: Vec<context_request::Model> = sql::all(tx, &sql, values).await?;
    Ok(rows.into_iter().map(request_of).collect::<Stored<_>>()?)
}

/// Ends an open request. Says whether it was open.
pub async fn request_end(
    tx: &Tx,
    id: RequestId,
    state: RequestState,
    by: (PersonId, &str),
    answer: Option<&str>,
) -> Result<bool> {
    let sql = "UPDATE context_request SET state = $3, answered_by = $4, answerer = $5, answered_at = $6, answer = $7
        WHERE ($1 = 1 OR lea_id = $2 OR hotline_id = $2) AND id = $8 AND state = 'open'";
    let values = scoped(
        tx,
        [
            state.word().into(),
            by.0.0.into(),
            by.1.into(),
            tx.now().micros().into(),
            answer.map(str::to_owned).into(),
            id.0.into(),
        ],
    );
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Notes what a look-up came to, on every granted request for one that has no result. For the exchange's machinery.
pub async fn requests_traced(tx: &Tx, report: ReportId, result: &str) -> Result<()> {
    let sql = "UPDATE context_request SET result = $1, result_at = $2
        WHERE report_id = $3 AND kind = 'trace' AND state = 'granted' AND result IS NULL";
    sql::run(tx, sql, vec![result.into(), tx.now().micros().into(), report.0.into()]).await?;
    Ok(())
}

/// Notes what a fetch came to, on every granted request for one that has no result. For the exchange's machinery.
pub async fn requests_rechecked(tx: &Tx, report: ReportId, capture: CaptureId, result: &str) -> Result<()> {
    let sql = "UPDATE context_request SET result = $1, result_at = $2, capture_id = $3
        WHERE report_id = $4 AND kind = 'recheck' AND state = 'granted' AND result IS NULL";
    sql::run(tx, sql, vec![result.into(), tx.now().micros().into(), capture.0.into(), report.0.into()]).await?;
    Ok(())
}

pub async fn widening_add(tx: &Tx, row: widening::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// What was granted about a report, oldest first. For the exchange's machinery.
pub async fn widenings_of(tx: &Tx, report: ReportId) -> Result<Vec<widening::Model>> {
    let sql = "SELECT * FROM widening WHERE report_id = $1 ORDER BY at, id";
    Ok(sql::all(tx, sql, vec![report.0.into()]).await?)
}

pub async fn message_add(tx: &Tx, row: case_message::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// Messages about a case, oldest first: the last 500.
pub async fn messages_of_case(tx: &Tx, case: CaseId) -> Result<Vec<Message>> {
    let sql = format!(
        "SELECT t.* FROM case_message t WHERE {PARTIES} AND t.case_id = $3 ORDER BY t.at DESC, t.id DESC LIMIT 500"
    );
    let rows: Vec<case_message::Model> = sql::all(tx, &sql, scoped(tx, [case.0.into()])).await?;
    Ok(rows.into_iter().rev().map(message_of).collect())
}

/// Messages to the actor's hotline that nobody has said to have read, oldest first.
pub async fn messages_unread(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Message>> {
    let (from, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let sql = format!(
        "SELECT t.* FROM case_message t WHERE ($1 = 1 OR t.hotline_id = $2) AND t.org_id <> $2
            AND t.read_at IS NULL AND (t.at, t.id) > ($3, $4) AND EXISTS (
                SELECT 1 FROM disclosure d WHERE d.case_id = t.case_id AND {})
        ORDER BY t.at, t.id LIMIT $5",
        live("d", 6)
    );
    let values = scoped(tx, [from.into(), id.into(), one_more(limit), at(tx)]);
    let rows: Vec<case_message::Model> = sql::all(tx, &sql, values).await?;
    Ok(rows.into_iter().map(message_of).collect())
}

/// Notes that somebody at the other side has read a message. Says whether it was theirs to read and unread.
pub async fn message_read(tx: &Tx, case: CaseId, id: MessageId, by: &str) -> Result<bool> {
    let sql = "UPDATE case_message SET read_at = $3, read_by = $4
        WHERE ($1 = 1 OR lea_id = $2 OR hotline_id = $2) AND org_id <> $2 AND case_id = $5 AND id = $6 AND read_at IS NULL";
    let values = scoped(tx, [tx.now().micros().into(), by.into(), case.0.into(), id.0.into()]);
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Whether there is such a message of that case for the actor.
pub async fn message_exists(tx: &Tx, case: CaseId, id: MessageId) -> Result<bool> {
    let sql = format!("SELECT t.* FROM case_message t WHERE {PARTIES} AND t.case_id = $3 AND t.id = $4");
    let row: Option<case_message::Model> = sql::one(tx, &sql, scoped(tx, [case.0.into(), id.0.into()])).await?;
    Ok(row.is_some())
}

fn request_of(row: context_request::Model) -> Stored<Request> {
    Ok(Request {
        id: RequestId(row.id),
        case: CaseId(row.case_id),
        report: ReportId(row.report_id),
        hotline: OrgId(row.hotline_id),
        lea: OrgId(row.lea_id),
        kind: word(&row.kind, "context_request.kind")?,
        reason: row.reason,
        due: Time::from_micros(row.due_at),
        author: row.author,
        at: Time::from_micros(row.at),
        state: word(&row.state, "context_request.state")?,
        answerer: row.answerer,
        answered_at: row.answered_at.map(Time::from_micros),
        answer: row.answer,
        capture: row.capture_id.map(CaptureId),
        result: row.result,
        result_at: row.result_at.map(Time::from_micros),
    })
}

fn message_of(row: case_message::Model) -> Message {
    Message {
        id: MessageId(row.id),
        case: CaseId(row.case_id),
        report: ReportId(row.report_id),
        lea: OrgId(row.lea_id),
        org: OrgId(row.org_id),
        author: row.author,
        text: row.text,
        at: Time::from_micros(row.at),
        read_at: row.read_at.map(Time::from_micros),
        read_by: row.read_by,
    }
}
