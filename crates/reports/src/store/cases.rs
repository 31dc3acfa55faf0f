//! Table `police_case`, and what an LEA may see behind it. Scope here is the LEA's own id and its disclosures.

use super::{
    InForceRow, Stored,
    disclosures::disclosure_of,
    items::{ITEM, ItemRow},
    one_more,
    reports::{outcome_of, report_of},
    scoped, word, word_opt,
};
use crate::{
    Case, Disclosure, Item, Outcome, Report, Result,
    entity::{disclosure, outcome, police_case, report},
};
use base::{CaseId, Class, ItemId, OrgId, OutcomeKind, ReportId, Time, Width};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

pub async fn case_add(tx: &Tx, row: police_case::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// An LEA's case of a report.
pub async fn case_id(tx: &Tx, report: ReportId, lea: OrgId) -> Result<Option<CaseId>> {
    let sql = "SELECT id FROM police_case WHERE report_id = $1 AND lea_id = $2";
    let row: Option<Id> = sql::one(tx, sql, vec![report.0.into(), lea.0.into()]).await?;
    Ok(row.map(|r| CaseId(r.id)))
}

/// Every LEA's case of a report. For the exchange's own machinery.
pub async fn cases_of(tx: &Tx, report: ReportId) -> Result<Vec<CaseId>> {
    let rows: Vec<Id> = sql::all(tx, "SELECT id FROM police_case WHERE report_id = $1", vec![report.0.into()]).await?;
    Ok(rows.into_iter().map(|r| CaseId(r.id)).collect())
}

/// Sums up a case from its disclosures in force; without any it shows nothing and is in no inbox.
pub async fn case_summarise(tx: &Tx, id: CaseId, rows: &[InForceRow]) -> Result<()> {
    let width = |row: &&InForceRow| row.width.parse::<Width>().unwrap_or(Width::Metadata);
    let Some(widest) = rows.iter().rev().max_by_key(width) else {
        sql::run(tx, "UPDATE police_case SET items = 0 WHERE id = $1", vec![id.0.into()]).await?;
        return Ok(());
    };
    let baseline = rows.iter().any(|r| r.class == Class::Baseline.word());
    let class = if baseline { Class::Baseline } else { Class::National };
    let sql = "UPDATE police_case SET class = $1, items = $2, why = $3, clause = $4, agreement_name = $5,
               agreement_version = $6, width = $7 WHERE id = $8";
    let values = vec![
        class.word().into(),
        i64::try_from(rows.len()).unwrap_or(i64::MAX).into(),
        widest.reason.clone().into(),
        widest.clause.clone().into(),
        widest.agreement_name.clone().into(),
        widest.agreement_version.into(),
        widest.width.clone().into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub(super) const CASE: &str = "SELECT c.id, c.report_id, c.class, c.items, c.why, c.clause, c.agreement_name, c.agreement_version,
    c.width, c.hosting_country, c.rank, c.created_at, c.opened_at, c.outcome, r.source_url FROM police_case c JOIN report r ON r.id = c.report_id";
/// A case that its LEA sees: it holds something.
pub(super) const LIVE_CASE: &str = "c.items > 0";

/// A row of [`CASE`].
#[derive(FromQueryResult)]
pub(super) struct CaseRow {
    id: Uuid,
    report_id: Uuid,
    class: String,
    items: i64,
    why: String,
    clause: String,
    agreement_name: String,
    agreement_version: i64,
    width: String,
    hosting_country: Option<String>,
    rank: i64,
    created_at: i64,
    opened_at: Option<i64>,
    outcome: Option<String>,
    source_url: String,
}

/// The actor's LEA's cases, most urgent first.
pub async fn cases_page(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Case>> {
    let (rank, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "{CASE} WHERE c.lea_id = $1 AND (c.rank, c.id) < ($2, $3) AND {LIVE_CASE} ORDER BY c.rank DESC, c.id DESC LIMIT $4"
    );
    let values = vec![tx.actor().org.0.into(), rank.into(), id.into(), one_more(limit)];
    let rows: Vec<CaseRow> = sql::all(tx, &sql, values).await?;
    Ok(rows.into_iter().map(case_of).collect::<Stored<_>>()?)
}

pub async fn case_find(tx: &Tx, id: CaseId) -> Result<Option<Case>> {
    let sql = format!("{CASE} WHERE c.lea_id = $1 AND c.id = $2");
    let row: Option<CaseRow> = sql::one(tx, &sql, vec![tx.actor().org.0.into(), id.0.into()]).await?;
    Ok(row.map(case_of).transpose()?)
}

/// The report behind a case of the actor's LEA.
pub async fn report_of_case(tx: &Tx, id: CaseId) -> Result<Option<Report>> {
    let sql = "SELECT r.* FROM report r JOIN police_case c ON c.report_id = r.id WHERE c.lea_id = $1 AND c.id = $2";
    let row: Option<report::Model> = sql::one(tx, sql, vec![tx.actor().org.0.into(), id.0.into()]).await?;
    Ok(row.map(report_of).transpose()?)
}

/// Notes the first opening.
pub async fn case_opened(tx: &Tx, id: CaseId) -> Result<()> {
    let sql = "UPDATE police_case SET opened_at = $1 WHERE id = $2 AND lea_id = $3 AND opened_at IS NULL";
    sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into(), tx.actor().org.0.into()]).await?;
    Ok(())
}

/// Items of a case, each with the disclosure to the actor's LEA that gives it.
pub async fn items_of_case(tx: &Tx, id: CaseId) -> Result<Vec<(Item, Disclosure)>> {
    let sql =
        "SELECT * FROM disclosure d WHERE ($1 = 1 OR d.lea_id = $2) AND d.case_id = $3 AND d.withdrawn_at IS NULL";
    let disclosures: Vec<disclosure::Model> = sql::all(tx, sql, scoped(tx, [id.0.into()])).await?;
    let sql = format!(
        "{ITEM} WHERE i.id IN (SELECT d.item_id FROM disclosure d
            WHERE ($1 = 1 OR d.lea_id = $2) AND d.case_id = $3 AND d.withdrawn_at IS NULL)
         ORDER BY i.place, i.id"
    );
    let rows: Vec<ItemRow> = sql::all(tx, &sql, scoped(tx, [id.0.into()])).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let item = row.into_item()?;
        if let Some(given) = disclosures.iter().find(|d| d.item_id == item.id.0) {
            items.push((item, disclosure_of(given.clone())?));
        }
    }
    Ok(items)
}

/// An item whose file was disclosed to the actor's LEA, and its case. The name that the hotline gave the file is not
/// part of any disclosure.
pub async fn item_disclosed(tx: &Tx, id: ItemId) -> Result<Option<(Item, CaseId)>> {
    let sql = "SELECT * FROM disclosure d WHERE ($1 = 1 OR d.lea_id = $2) AND d.item_id = $3 AND d.media
               AND d.withdrawn_at IS NULL";
    let given: Option<disclosure::Model> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    let Some(given) = given else { return Ok(None) };
    let sql = format!("{ITEM} WHERE i.id = $1");
    let row: Option<ItemRow> = sql::one(tx, &sql, vec![given.item_id.into()]).await?;
    let item = row.map(ItemRow::into_item).transpose()?;
    let named = |item: Item| Item { file_name: item.id.to_string(), ..item };
    Ok(item.map(|item| (named(item), CaseId(given.case_id))))
}

pub async fn outcome_add(tx: &Tx, row: outcome::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

pub async fn case_answered(tx: &Tx, id: CaseId, kind: OutcomeKind) -> Result<()> {
    let sql = "UPDATE police_case SET outcome = $1 WHERE id = $2 AND lea_id = $3";
    sql::run(tx, sql, vec![kind.word().into(), id.0.into(), tx.actor().org.0.into()]).await?;
    Ok(())
}

/// What the actor's LEA has said of a case, newest first.
pub async fn outcomes_of_case(tx: &Tx, id: CaseId) -> Result<Vec<Outcome>> {
    let sql = "SELECT * FROM outcome WHERE lea_id = $1 AND case_id = $2 ORDER BY at DESC, id DESC";
    let rows: Vec<outcome::Model> = sql::all(tx, sql, vec![tx.actor().org.0.into(), id.0.into()]).await?;
    Ok(rows.into_iter().map(outcome_of).collect::<Stored<_>>()?)
}

pub(super) fn case_of(row: CaseRow) -> Stored<Case> {
    let width = word(&row.width, "police_case.width")?;
    Ok(Case {
        id: CaseId(row.id),
        report: ReportId(row.report_id),
        class: word(&row.class, "police_case.class")?,
        items: row.items,
        why: row.why,
        clause: row.clause,
        agreement: row.agreement_name,
        version: row.agreement_version,
        width,
        source_url: Some(row.source_url).filter(|_| width >= Width::Page),
        hosting_country: word_opt(row.hosting_country, "police_case.hosting_country")?,
        rank: row.rank,
        created_at: Time::from_micros(row.created_at),
        opened_at: row.opened_at.map(Time::from_micros),
        outcome: word_opt(row.outcome, "police_case.outcome")?,
    })
}
