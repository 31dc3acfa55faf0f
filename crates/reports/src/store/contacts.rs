//! Tables `contact_ask` and `contact_approach`, and the one question that looks across LEAs: asked by the exchange's own
//! machinery only, and answered with yes or no.

use super::{
    Stored,
    live::{at, live},
    one_more, scoped,
};
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

/// The other sides of a case's live disclosures: by the same content, and by the same page.
fn by_content() -> String {
    format!(
        "FROM (SELECT DISTINCT m.sha256 FROM (
            SELECT d.item_id FROM disclosure d WHERE d.case_id = $1 AND {}
            ORDER BY d.item_id LIMIT $2) d JOIN item i ON i.id = d.item_id JOIN media_object m ON m.id = i.media_id) s
        JOIN media_object m2 ON m2.sha256 = s.sha256 JOIN item i2 ON i2.media_id = m2.id
        JOIN disclosure o ON o.item_id = i2.id AND o.lea_id <> $3 AND {}",
        live("d", 4),
        live("o", 4)
    )
}

fn by_page() -> String {
    format!(
        "FROM report r JOIN report r2 ON r2.page_key = r.page_key
        JOIN disclosure o ON o.report_id = r2.id AND o.lea_id <> $3 AND {}
        WHERE r.id = $2 AND EXISTS (SELECT 1 FROM disclosure d WHERE d.case_id = $1 AND {})",
        live("o", 4),
        live("d", 4)
    )
}

/// A case as others' are looked for: whose it is and of which report.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Sides {
    lea_id: Uuid,
    report_id: Uuid,
}

/// For the exchange's machinery.
pub async fn case_sides(tx: &Tx, case: CaseId) -> Result<Option<Sides>> {
    let sql = "SELECT lea_id, report_id FROM police_case WHERE id = $1";
    Ok(sql::one(tx, sql, vec![case.0.into()]).await?)
}

/// Whether another LEA has a live disclosure of the same content, or of the same page. For the exchange's machinery.
pub async fn case_has_others(tx: &Tx, case: CaseId, of: Sides) -> Result<bool> {
    let by_page: Option<Other> = sql::one(
        tx,
        &format!("SELECT o.case_id, o.lea_id {} LIMIT 1", by_page()),
        vec![case.0.into(), of.report_id.into(), of.lea_id.into(), at(tx)],
    )
    .await?;
    let by_content: Option<Other> = sql::one(
        tx,
        &format!("SELECT o.case_id, o.lea_id {} LIMIT 1", by_content()),
        vec![case.0.into(), MOST_LOOKED_AT.into(), of.lea_id.into(), at(tx)],
    )
    .await?;
    Ok(by_page.is_some() || by_content.is_some())
}

/// Live cases of other LEAs with the same content, or of the same page. For the exchange's machinery; nobody is told what
/// it finds.
pub async fn cases_of_others(tx: &Tx, case: CaseId, of: Sides, limit: i64) -> Result<Vec<(CaseId, OrgId)>> {
    let pages = format!("SELECT DISTINCT o.case_id, o.lea_id {} ORDER BY o.case_id LIMIT $5", by_page());
    let values = vec![case.0.into(), of.report_id.into(), of.lea_id.into(), at(tx), limit.into()];
    let mut others: Vec<Other> = sql::all(tx, &pages, values).await?;
    let contents = format!("SELECT DISTINCT o.case_id, o.lea_id {} ORDER BY o.case_id LIMIT $5", by_content());
    let values = vec![case.0.into(), MOST_LOOKED_AT.into(), of.lea_id.into(), at(tx), limit.into()];
    others.extend(sql::all::<Other>(tx, &contents, values).await?);
    let mut others: Vec<_> = others.into_iter().map(|o| (CaseId(o.case_id), OrgId(o.lea_id))).collect();
    others.sort_unstable();
    others.dedup();
    Ok(others)
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
    let sql = format!(
        "SELECT t.* FROM contact_ask t WHERE ($1 = 1 OR t.hotline_id = $2) AND t.forwarded_at IS NULL
            AND EXISTS (SELECT 1 FROM disclosure d WHERE d.case_id = t.case_id AND {})
        ORDER BY t.at, t.id LIMIT $3",
        live("d", 4)
    );
    let rows: Vec<contact_ask::Model> = sql::all(tx, &sql, scoped(tx, [one_more(limit), at(tx)])).await?;
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
