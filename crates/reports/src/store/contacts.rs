//! Tables `contact_ask` and `contact_approach`, and the one question that looks across LEAs: asked by the exchange's own
//! machinery only, and answered with yes or no.

use super::{Stored, one_more, scoped};
use crate::{
    Approach, Contact, Result,
    entity::{contact_approach, contact_ask},
};
use base::{ApproachId, CaseId, ContactId, OrgId, ReportId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// Disclosures of a case that are looked at for others' interest. More would make one page as slow as its case is big.
const MOST_LOOKED_AT: i64 = 2_000;

#[derive(FromQueryResult)]
struct Other {
    case_id: Uuid,
    lea_id: Uuid,
}

/// Live cases of other LEAs with the same content, or of the same page. `stem`: the page's address without its query.
/// For the exchange's machinery; nobody is told what it finds.
pub async fn cases_of_others(tx: &Tx, case: CaseId, stem: &str, limit: u64) -> Result<Vec<(CaseId, OrgId)>> {
    let sql = "SELECT DISTINCT d2.case_id, d2.lea_id
        FROM (SELECT d.item_id, d.lea_id FROM disclosure d WHERE d.case_id = $1 AND d.withdrawn_at IS NULL
              ORDER BY d.item_id LIMIT $2) d
        JOIN item i ON i.id = d.item_id JOIN media_object m ON m.id = i.media_id
        JOIN media_object m2 ON m2.sha256 = m.sha256 JOIN item i2 ON i2.media_id = m2.id
        JOIN disclosure d2 ON d2.item_id = i2.id AND d2.lea_id <> d.lea_id AND d2.withdrawn_at IS NULL
        UNION
        SELECT DISTINCT d3.case_id, d3.lea_id
        FROM police_case c JOIN report r ON r.id = c.report_id
        JOIN report r2 ON r2.source_host = r.source_host
        JOIN disclosure d3 ON d3.report_id = r2.id AND d3.lea_id <> c.lea_id AND d3.withdrawn_at IS NULL
        WHERE c.id = $1 AND (r2.source_url = $3 OR substr(r2.source_url, 1, length($4)) = $4)
            AND EXISTS (SELECT 1 FROM disclosure d4 WHERE d4.case_id = $1 AND d4.withdrawn_at IS NULL)
        ORDER BY 1 LIMIT $5";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![case.0.into(), MOST_LOOKED_AT.into(), stem.into(), format!("{stem}?").into(), limit.into()];
    let rows: Vec<Other> = sql::all(tx, sql, values).await?;
    Ok(rows.into_iter().map(|r| (CaseId(r.case_id), OrgId(r.lea_id))).collect())
}

/// The address that a case's report was found at. For the exchange's machinery.
pub async fn case_url(tx: &Tx, case: CaseId) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Url {
        source_url: String,
    }
    let sql = "SELECT r.source_url FROM report r JOIN police_case c ON c.report_id = r.id WHERE c.id = $1";
    let row: Option<Url> = sql::one(tx, sql, vec![case.0.into()]).await?;
    Ok(row.map(|r| r.source_url))
}

pub async fn contact_add(tx: &Tx, row: contact_ask::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// What the actor's LEA asked about a case.
pub async fn contact_of_case(tx: &Tx, case: CaseId) -> Result<Option<Contact>> {
    let sql = "SELECT t.* FROM contact_ask t WHERE ($1 = 1 OR t.lea_id = $2) AND t.case_id = $3";
    let row: Option<contact_ask::Model> = sql::one(tx, sql, scoped(tx, [case.0.into()])).await?;
    Ok(row.map(contact_of))
}

/// An ask to the actor's hotline.
pub async fn contact_find(tx: &Tx, id: ContactId) -> Result<Option<Contact>> {
    let sql = "SELECT t.* FROM contact_ask t WHERE ($1 = 1 OR t.hotline_id = $2) AND t.id = $3";
    let row: Option<contact_ask::Model> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(contact_of))
}

/// Asks that the actor's hotline has not passed on, oldest first.
pub async fn contacts_waiting(tx: &Tx, limit: u64) -> Result<Vec<Contact>> {
    let sql = "SELECT t.* FROM contact_ask t WHERE ($1 = 1 OR t.hotline_id = $2) AND t.forwarded_at IS NULL
            AND EXISTS (SELECT 1 FROM disclosure d WHERE d.case_id = t.case_id AND d.withdrawn_at IS NULL)
        ORDER BY t.at, t.id LIMIT $3";
    let rows: Vec<contact_ask::Model> = sql::all(tx, sql, scoped(tx, [one_more(limit)])).await?;
    Ok(rows.into_iter().map(contact_of).collect())
}

/// Notes that a hotline passed an ask on; once.
pub async fn contact_forward(tx: &Tx, id: ContactId, by: &str) -> Result<bool> {
    let sql = "UPDATE contact_ask SET forwarded_at = $3, forwarded_by = $4
        WHERE ($1 = 1 OR hotline_id = $2) AND id = $5 AND forwarded_at IS NULL";
    Ok(sql::run(tx, sql, scoped(tx, [tx.now().micros().into(), by.into(), id.0.into()])).await? == 1)
}

/// Puts the question to another unit, once. For the exchange's machinery.
pub async fn approach_add(tx: &Tx, id: ApproachId, ask: ContactId, case: CaseId, lea: OrgId) -> Result<bool> {
    let sql = "INSERT INTO contact_approach (id, ask_id, case_id, lea_id, at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT DO NOTHING";
    let values = vec![id.0.into(), ask.0.into(), case.0.into(), lea.0.into(), tx.now().micros().into()];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Questions put to the actor's LEA about a case, oldest first.
pub async fn approaches_of_case(tx: &Tx, case: CaseId) -> Result<Vec<Approach>> {
    let sql = "SELECT t.* FROM contact_approach t WHERE ($1 = 1 OR t.lea_id = $2) AND t.case_id = $3 ORDER BY t.id";
    let rows: Vec<contact_approach::Model> = sql::all(tx, sql, scoped(tx, [case.0.into()])).await?;
    Ok(rows.into_iter().map(approach_of).collect())
}

/// One of them.
pub async fn approach_find(tx: &Tx, id: ApproachId) -> Result<Option<Approach>> {
    let sql = "SELECT t.* FROM contact_approach t WHERE ($1 = 1 OR t.lea_id = $2) AND t.id = $3";
    let row: Option<contact_approach::Model> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(approach_of))
}

/// Answers a question put to the actor's LEA; once.
pub async fn approach_answer(tx: &Tx, case: CaseId, id: ApproachId, by: &str, consented: bool) -> Result<bool> {
    let sql = "UPDATE contact_approach SET answered_at = $3, answered_by = $4, consented = $5
        WHERE ($1 = 1 OR lea_id = $2) AND case_id = $6 AND id = $7 AND answered_at IS NULL";
    let values = [tx.now().micros().into(), by.into(), consented.into(), case.0.into(), id.0.into()];
    Ok(sql::run(tx, sql, scoped(tx, values)).await? == 1)
}

fn contact_of(row: contact_ask::Model) -> Contact {
    Contact {
        id: ContactId(row.id),
        case: CaseId(row.case_id),
        report: ReportId(row.report_id),
        lea: OrgId(row.lea_id),
        hotline: OrgId(row.hotline_id),
        author: row.author,
        at: Time::from_micros(row.at),
        forwarded_at: row.forwarded_at.map(Time::from_micros),
    }
}

fn approach_of(row: contact_approach::Model) -> Approach {
    Approach {
        id: ApproachId(row.id),
        ask: ContactId(row.ask_id),
        case: CaseId(row.case_id),
        lea: OrgId(row.lea_id),
        at: Time::from_micros(row.at),
        consented: row.consented,
    }
}
