//! Table `police_case`, and what an LEA may see behind it. Scope here is the LEA's own id and its disclosures.

use super::{
    InForceRow, Stored,
    disclosures::{IN_FORCE, disclosure_of},
    items::{ITEM, ItemRow},
    live::{at, case_live, live},
    one_more, places,
    reports::{outcome_of, report_of},
    scoped, word, word_opt,
};
use crate::{
    Case, Disclosure, Item, Outcome, Related, Report, Result,
    entity::{disclosure, outcome, police_case, report},
};
use base::{CaseId, Class, ItemId, OrgId, OutcomeKind, PersonId, ReportId, Time, Width};
use sea_orm::FromQueryResult;
use std::collections::HashMap;
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

pub(super) const CASE: &str =
    "SELECT c.id, c.report_id, c.class, c.items, c.why, c.clause, c.agreement_name, c.agreement_version,
    c.width, c.hosting_country, c.rank, c.created_at, c.opened_at, c.outcome, c.outcome_days, c.mixed, r.source_url
    FROM police_case c JOIN report r ON r.id = c.report_id";

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
    outcome_days: i64,
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
    cases_of_rows(tx, rows).await
}

async fn cases_of_rows(tx: &Tx, rows: Vec<CaseRow>) -> Result<Vec<Case>> {
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

/// Cases of the actor's LEA disclosed before a time whose outcome is owed and was not given, longest owed first.
pub async fn cases_owing(tx: &Tx, before: Time, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Case>> {
    let (from, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let sql = format!(
        "{CASE} WHERE c.lea_id = $1 AND c.outcome IS NULL AND c.outcome_days > 0 AND c.created_at <= $2
            AND (c.created_at, c.id) > ($3, $4) AND {}
         ORDER BY c.created_at, c.id LIMIT $5",
        case_live("c", 6)
    );
    let values = vec![tx.actor().org.0.into(), before.micros().into(), from.into(), id.into(), one_more(limit), at(tx)];
    let rows: Vec<CaseRow> = sql::all(tx, &sql, values).await?;
    cases_of_rows(tx, rows).await
}

/// Notes after how many days an outcome of a case is due. For the exchange's own machinery.
pub async fn case_owes(tx: &Tx, id: CaseId, days: i64) -> Result<()> {
    sql::run(tx, "UPDATE police_case SET outcome_days = $1 WHERE id = $2", vec![days.into(), id.0.into()]).await?;
    Ok(())
}

/// Cases whose outcome is owed since before a time and was not asked for at this step.
fn unreminded() -> String {
    format!(
        "FROM police_case c WHERE {} AND c.outcome IS NULL AND c.outcome_days > 0 AND c.created_at <= $2
            AND NOT EXISTS (SELECT 1 FROM outcome_reminder o WHERE o.case_id = c.id AND o.days = $1)",
        case_live("c", 3)
    )
}

/// How many they are, to 1,000. For the exchange's own machinery.
pub async fn reminders_due(tx: &Tx, days: i64, before: Time) -> Result<u64> {
    let sql = format!("SELECT c.id {} LIMIT 1000", unreminded());
    let rows: Vec<Id> = sql::all(tx, &sql, vec![days.into(), before.micros().into(), at(tx)]).await?;
    Ok(rows.len() as u64)
}

/// Notes that they are asked for now. For the exchange's own machinery.
pub async fn reminders_add(tx: &Tx, days: i64, before: Time) -> Result<u64> {
    let due = unreminded();
    let sql = format!(
        "INSERT INTO outcome_reminder (case_id, lea_id, days, at) SELECT c.id, c.lea_id, $1, $3 {due} ON CONFLICT DO NOTHING"
    );
    Ok(sql::run(tx, &sql, vec![days.into(), before.micros().into(), at(tx)]).await?)
}

/// Where a case's items are read from, and how many.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    pub after: Option<(i64, Uuid)>,
    pub limit: u64,
}

/// One page of a case's items in the order of the report, each with its place and the disclosure that gives it; one more
/// than wanted when there are more.
pub async fn case_items_page(
    tx: &Tx,
    id: CaseId,
    report: ReportId,
    slice: Slice,
) -> Result<Vec<(i64, Item, Disclosure)>> {
    #[derive(FromQueryResult)]
    struct Place {
        id: Uuid,
        place: i64,
    }
    let (place, after) = slice.after.unwrap_or((i64::MIN, Uuid::nil()));
    // From the report's items in order, not from the case's disclosures: a page costs a page, however big the case is.
    let sql = format!(
        "SELECT i.id, i.place FROM item i WHERE i.report_id = $4 AND (i.place, i.id) > ($5, $6) AND EXISTS (
            SELECT 1 FROM disclosure d WHERE ($1 = 1 OR d.lea_id = $2) AND d.item_id = i.id AND d.case_id = $3 AND {})
         ORDER BY i.place, i.id LIMIT $7",
        live("d", 8)
    );
    let values = [id.0.into(), report.0.into(), place.into(), after.into(), one_more(slice.limit), at(tx)];
    let page: Vec<Place> = sql::all(tx, &sql, scoped(tx, values)).await?;
    let places: HashMap<Uuid, i64> = page.iter().map(|row| (row.id, row.place)).collect();
    let among: Vec<ItemId> = page.iter().map(|row| ItemId(row.id)).collect();
    let items = items_given(tx, id, Some(&among)).await?.into_iter();
    Ok(items.filter_map(|(item, given)| Some((*places.get(&item.id.0)?, item, given))).collect())
}

/// One item of a case with the disclosure that gives it.
pub async fn case_item(tx: &Tx, case: CaseId, id: ItemId) -> Result<Option<(Item, Disclosure)>> {
    Ok(items_given(tx, case, Some(&[id])).await?.pop())
}

/// Items of a case, each with the live disclosure to the actor's LEA that gives it.
pub async fn items_of_case(tx: &Tx, id: CaseId) -> Result<Vec<(Item, Disclosure)>> {
    items_given(tx, id, None).await
}

/// The same of all items of a case or of these only, in the order of the report.
async fn items_given(tx: &Tx, id: CaseId, among: Option<&[ItemId]>) -> Result<Vec<(Item, Disclosure)>> {
    if among.is_some_and(<[ItemId]>::is_empty) {
        return Ok(Vec::new());
    }
    let only = among.map_or_else(String::new, |ids| format!("AND d.item_id IN ({})", places(5, ids.len())));
    let given = format!("($1 = 1 OR d.lea_id = $2) AND d.case_id = $3 AND {} {only}", live("d", 4));
    let values = || {
        let ids = among.unwrap_or_default().iter().map(|id| id.0.into());
        scoped(tx, [id.0.into(), at(tx)].into_iter().chain(ids))
    };
    let sql = format!("SELECT * FROM disclosure d WHERE {given}");
    let disclosures: Vec<disclosure::Model> = sql::all(tx, &sql, values()).await?;
    let sql = format!("{ITEM} WHERE i.id IN (SELECT d.item_id FROM disclosure d WHERE {given}) ORDER BY i.place, i.id");
    let rows: Vec<ItemRow> = sql::all(tx, &sql, values()).await?;
    let mut given: HashMap<Uuid, disclosure::Model> = disclosures.into_iter().map(|d| (d.item_id, d)).collect();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let item = row.into_item()?;
        if let Some(given) = given.remove(&item.id.0) {
            items.push((item, disclosure_of(given)?));
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

pub async fn purpose_keep(tx: &Tx, session: &[u8], case: CaseId, person: PersonId, purpose: &str) -> Result<()> {
    let sql =
        "INSERT INTO case_purpose (session, case_id, org_id, person_id, purpose, at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (session, case_id) DO UPDATE SET purpose = excluded.purpose, at = excluded.at";
    let (org, now) = (tx.actor().org.0, tx.now().micros());
    let values = vec![session.to_vec().into(), case.0.into(), org.into(), person.0.into(), purpose.into(), now.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn purpose_kept(tx: &Tx, session: &[u8], case: CaseId, person: PersonId) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Kept {
        purpose: String,
    }
    let sql = "SELECT purpose FROM case_purpose WHERE org_id = $1 AND session = $2 AND case_id = $3 AND person_id = $4";
    let values = vec![tx.actor().org.0.into(), session.to_vec().into(), case.0.into(), person.0.into()];
    let row: Option<Kept> = sql::one(tx, sql, values).await?;
    Ok(row.map(|r| r.purpose))
}

#[derive(FromQueryResult)]
struct RelatedRow {
    id: Uuid,
    tie: i64,
    created_at: i64,
    outcome: Option<String>,
}

/// The actor's LEA's other live cases with the same content, series or host as a case, newest first: by content and by series
/// at most 200 each are looked at, by host its newest 2,000. Both have to show it: the digests at item width, the host's name
/// at page width; the series at any. Others' cases are not looked at.
pub async fn cases_related(tx: &Tx, id: CaseId) -> Result<Vec<Related>> {
    let sql = format!(
        "SELECT c.id, c.created_at, c.outcome, MAX(f.tie) AS tie FROM police_case c JOIN (
            SELECT * FROM (SELECT d2.case_id, CAST(3 AS BIGINT) AS tie FROM (
                SELECT DISTINCT m.sha256 FROM (SELECT d.item_id FROM disclosure d
                    WHERE d.lea_id = $1 AND d.case_id = $2 AND d.width <> 'metadata' AND {}
                    ORDER BY d.item_id LIMIT 500) d
                JOIN item i ON i.id = d.item_id JOIN media_object m ON m.id = i.media_id) s
            JOIN media_object m2 ON m2.sha256 = s.sha256 JOIN item i2 ON i2.media_id = m2.id
            JOIN disclosure d2 ON d2.item_id = i2.id AND d2.lea_id = $1 AND d2.case_id <> $2 AND d2.width <> 'metadata'
                AND {} LIMIT 200) same
            UNION ALL
            SELECT * FROM (SELECT d6.case_id, CAST(2 AS BIGINT) AS tie FROM (
                SELECT DISTINCT f5.series FROM (SELECT d5.item_id FROM disclosure d5
                    WHERE d5.lea_id = $1 AND d5.case_id = $2 AND {} ORDER BY d5.item_id LIMIT 500) d5
                JOIN finding f5 ON f5.item_id = d5.item_id WHERE f5.series IS NOT NULL) s
            JOIN finding f6 ON f6.series = s.series
            JOIN disclosure d6 ON d6.item_id = f6.item_id AND d6.lea_id = $1 AND d6.case_id <> $2 AND {} LIMIT 200) kin
            UNION ALL
            SELECT mine.id, CAST(1 AS BIGINT) AS tie FROM (SELECT c2.id, c2.report_id FROM police_case c2
                WHERE c2.lea_id = $1 AND c2.id <> $2 AND {} ORDER BY c2.rank DESC, c2.id DESC LIMIT 2000) mine
            JOIN report r2 ON r2.id = mine.report_id
            JOIN police_case c1 ON c1.id = $2 JOIN report r ON r.id = c1.report_id AND r.source_host = r2.source_host
            WHERE EXISTS (SELECT 1 FROM disclosure d3 WHERE d3.case_id = mine.id AND d3.lea_id = $1
                    AND d3.width IN ('page', 'series') AND {})
                AND EXISTS (SELECT 1 FROM disclosure d4 WHERE d4.case_id = $2 AND d4.lea_id = $1
                    AND d4.width IN ('page', 'series') AND {})
        ) f ON f.case_id = c.id
        WHERE c.lea_id = $1 GROUP BY c.id, c.created_at, c.outcome ORDER BY c.created_at DESC, c.id DESC LIMIT 20",
        live("d", 3),
        live("d2", 3),
        live("d5", 3),
        live("d6", 3),
        case_live("c2", 3),
        live("d3", 3),
        live("d4", 3)
    );
    let rows: Vec<RelatedRow> = sql::all(tx, &sql, vec![tx.actor().org.0.into(), id.0.into(), at(tx)]).await?;
    let related = rows.into_iter().map(|row| {
        Ok(Related {
            case: CaseId(row.id),
            by: vec![match row.tie {
                3 => "content",
                2 => "series",
                _ => "host",
            }],
            disclosed_at: Time::from_micros(row.created_at),
            outcome: word_opt(row.outcome, "police_case.outcome")?,
        })
    });
    Ok(related.collect::<Stored<_>>()?)
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
        outcome_days: row.outcome_days,
    })
}
