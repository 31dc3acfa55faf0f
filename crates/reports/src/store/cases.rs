//! Table `police_case`, and what an LEA may see behind it. Scope here is the LEA's own id and its disclosures.

use super::{
    InForceRow, Stored,
    disclosures::{IN_FORCE, disclosure_of},
    items::{ITEM, ItemRow},
    live::{at, case_live, live},
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

/// What a case comes to, by its disclosures.
struct Summary<'a> {
    class: Class,
    items: i64,
    widest: &'a InForceRow,
    /// Whether they rest on more than one version of one agreement.
    mixed: bool,
}

/// The gravest class, how many items, the widest disclosure (the first of several); nothing without any.
fn summary(rows: &[InForceRow]) -> Option<Summary<'_>> {
    let width = |row: &&InForceRow| row.width.parse::<Width>().unwrap_or(Width::Metadata);
    let widest = rows.iter().rev().max_by_key(width)?;
    let baseline = rows.iter().any(|r| r.class == Class::Baseline.word());
    let ground = |row: &InForceRow| (row.agreement_id, row.agreement_version);
    Some(Summary {
        class: if baseline { Class::Baseline } else { Class::National },
        items: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        widest,
        mixed: rows.iter().any(|row| ground(row) != ground(widest)),
    })
}

/// Sums up a case from its disclosures that are not withdrawn; without any it shows nothing and is in no inbox.
pub async fn case_summarise(tx: &Tx, id: CaseId, rows: &[InForceRow]) -> Result<()> {
    let Some(Summary { class, items, widest, mixed }) = summary(rows) else {
        sql::run(tx, "UPDATE police_case SET items = 0 WHERE id = $1", vec![id.0.into()]).await?;
        return Ok(());
    };
    let sql = "UPDATE police_case SET class = $1, items = $2, why = $3, clause = $4, agreement_name = $5,
               agreement_version = $6, width = $7, agreement_id = $8, mixed = $9 WHERE id = $10";
    let values = vec![
        class.word().into(),
        items.into(),
        widest.reason.clone().into(),
        widest.clause.clone().into(),
        widest.agreement_name.clone().into(),
        widest.agreement_version.into(),
        widest.width.clone().into(),
        widest.agreement_id.into(),
        mixed.into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub(super) const CASE: &str = "SELECT c.id, c.report_id, c.class, c.items, c.why, c.clause, c.agreement_name, c.agreement_version,
    c.width, c.hosting_country, c.rank, c.created_at, c.opened_at, c.outcome, c.mixed, r.source_url FROM police_case c JOIN report r ON r.id = c.report_id";

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
    mixed: bool,
    source_url: String,
}

/// The actor's LEA's cases with something live in them, most urgent first.
pub async fn cases_page(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Case>> {
    let (rank, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let live = case_live("c", 5);
    let sql = format!(
        "{CASE} WHERE c.lea_id = $1 AND (c.rank, c.id) < ($2, $3) AND {live} ORDER BY c.rank DESC, c.id DESC LIMIT $4"
    );
    let values = vec![tx.actor().org.0.into(), rank.into(), id.into(), one_more(limit), at(tx)];
    let rows: Vec<CaseRow> = sql::all(tx, &sql, values).await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        cases.push(case_of(of_live(tx, row).await?)?);
    }
    Ok(cases)
}

/// A case of the actor's LEA with something live in it.
pub async fn case_find(tx: &Tx, id: CaseId) -> Result<Option<Case>> {
    let sql = format!("{CASE} WHERE c.lea_id = $1 AND c.id = $2 AND {}", case_live("c", 3));
    let row: Option<CaseRow> = sql::one(tx, &sql, vec![tx.actor().org.0.into(), id.0.into(), at(tx)]).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(case_of(of_live(tx, row).await?)?))
}

/// The row as far as it is live: what a case with more than one ground was summed up to may rest on a suspended one.
pub(super) async fn of_live(tx: &Tx, row: CaseRow) -> Result<CaseRow> {
    if !row.mixed {
        return Ok(row);
    }
    let sql = format!("{IN_FORCE} WHERE d.case_id = $1 AND {} ORDER BY d.at, d.id", live("d", 2));
    let rows: Vec<InForceRow> = sql::all(tx, &sql, vec![row.id.into(), at(tx)]).await?;
    let Some(Summary { class, items, widest, .. }) = summary(&rows) else { return Ok(row) };
    Ok(CaseRow {
        class: class.word().into(),
        items,
        why: widest.reason.clone(),
        clause: widest.clause.clone(),
        agreement_name: widest.agreement_name.clone(),
        agreement_version: widest.agreement_version,
        width: widest.width.clone(),
        ..row
    })
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

/// Items of a case, each with the live disclosure to the actor's LEA that gives it.
pub async fn items_of_case(tx: &Tx, id: CaseId) -> Result<Vec<(Item, Disclosure)>> {
    let given = format!("($1 = 1 OR d.lea_id = $2) AND d.case_id = $3 AND {}", live("d", 4));
    let sql = format!("SELECT * FROM disclosure d WHERE {given}");
    let disclosures: Vec<disclosure::Model> = sql::all(tx, &sql, scoped(tx, [id.0.into(), at(tx)])).await?;
    let sql = format!("{ITEM} WHERE i.id IN (SELECT d.item_id FROM disclosure d WHERE {given}) ORDER BY i.place, i.id");
    let rows: Vec<ItemRow> = sql::all(tx, &sql, scoped(tx, [id.0.into(), at(tx)])).await?;
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
    let sql = format!(
        "SELECT * FROM disclosure d WHERE ($1 = 1 OR d.lea_id = $2) AND d.item_id = $3 AND d.media AND {}",
        live("d", 4)
    );
    let given: Option<disclosure::Model> = sql::one(tx, &sql, scoped(tx, [id.0.into(), at(tx)])).await?;
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
