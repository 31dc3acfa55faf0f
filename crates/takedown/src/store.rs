//! Table `removal_hold`. Scope: both parties carry their id in every row.

use crate::{Approved, Hold, Result, entity::removal_hold};
use base::{ApprovalForm, CaseId, HoldId, ItemId, OrgId, ReportId, Time};
use reports::live::{at, live};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, one_more, scoped},
};
use uuid::Uuid;

/// A hold, and whether a live disclosure still carries it.
///
/// `$3` is the time.
fn holds() -> String {
    format!(
        "SELECT t.*, EXISTS (SELECT 1 FROM disclosure d WHERE d.case_id = t.case_id
            AND (t.item_id IS NULL OR d.item_id = t.item_id) AND {}) AS live
        FROM removal_hold t WHERE ($1 = 1 OR t.lea_id = $2 OR t.hotline_id = $2)",
        live("d", 3)
    )
}

#[derive(FromQueryResult)]
struct HoldRow {
    #[sea_orm(nested)]
    row: removal_hold::Model,
    live: bool,
}

pub async fn hold_add(tx: &Tx, row: removal_hold::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

/// A hold of a case, in that case only.
pub async fn hold_of_case(tx: &Tx, case: CaseId, id: HoldId) -> Result<Option<Hold>> {
    let sql = format!("{} AND t.case_id = $4 AND t.id = $5", holds());
    let row: Option<HoldRow> = sql::one(tx, &sql, scoped(tx, [at(tx), case.0.into(), id.0.into()])).await?;
    row.map(hold).transpose()
}

/// Holds of a case, newest first, at most 200.
pub async fn holds_of_case(tx: &Tx, case: CaseId) -> Result<Vec<Hold>> {
    let sql = format!("{} AND t.case_id = $4 ORDER BY t.at DESC, t.id DESC LIMIT 200", holds());
    let rows: Vec<HoldRow> = sql::all(tx, &sql, scoped(tx, [at(tx), case.0.into()])).await?;
    rows.into_iter().map(hold).collect()
}

/// Holds on a report, newest first, at most 200.
pub async fn holds_of_report(tx: &Tx, report: ReportId) -> Result<Vec<Hold>> {
    let sql = format!("{} AND t.report_id = $4 ORDER BY t.at DESC, t.id DESC LIMIT 200", holds());
    let rows: Vec<HoldRow> = sql::all(tx, &sql, scoped(tx, [at(tx), report.0.into()])).await?;
    rows.into_iter().map(hold).collect()
}

/// Holds of the actor's that have not ended by their date, first to end first. Others among them may have lapsed.
pub async fn holds_open(tx: &Tx, now: Time, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Hold>> {
    let (until, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
    let sql = format!(
        "{} AND t.ended_at IS NULL AND t.until > $4 AND (t.until, t.id) > ($5, $6) ORDER BY t.until, t.id LIMIT $7",
        holds()
    );
    let values = scoped(tx, [at(tx), now.micros().into(), until.into(), id.into(), one_more(limit)]);
    let rows: Vec<HoldRow> = sql::all(tx, &sql, values).await?;
    rows.into_iter().map(hold).collect()
}

/// Records an approval; once of each form.
pub async fn hold_approve(tx: &Tx, id: HoldId, form: ApprovalForm, approved: &Approved) -> Result<bool> {
    let column = match form {
        ApprovalForm::Oral => "oral",
        ApprovalForm::Written => "written",
    };
    let text = serde_json::to_string(approved).map_err(|_| storage::Error::Stored("removal_hold.oral"))?;
    let sql = format!(
        "UPDATE removal_hold SET {column} = $3, {column}_at = $4 WHERE ($1 = 1 OR lea_id = $2) AND id = $5
            AND {column} IS NULL AND ended_at IS NULL"
    );
    Ok(sql::run(tx, &sql, scoped(tx, [text.into(), approved.at.micros().into(), id.0.into()])).await? == 1)
}

/// Makes a hold longer, never beyond what the agreement allowed when it was placed.
pub async fn hold_extend(tx: &Tx, id: HoldId, from: Time, until: Time) -> Result<bool> {
    let sql = "UPDATE removal_hold SET until = $3 WHERE ($1 = 1 OR lea_id = $2) AND id = $4 AND until = $5
        AND latest >= $3 AND ended_at IS NULL";
    let values = [until.micros().into(), id.0.into(), from.micros().into()];
    Ok(sql::run(tx, sql, scoped(tx, values)).await? == 1)
}

/// Ends a hold; once.
pub async fn hold_end(tx: &Tx, id: HoldId, by: &str, reason: &str) -> Result<bool> {
    let sql = "UPDATE removal_hold SET ended_at = $3, ended_by = $4, end_reason = $5
        WHERE ($1 = 1 OR lea_id = $2) AND id = $6 AND ended_at IS NULL";
    let values = [tx.now().micros().into(), by.into(), reason.into(), id.0.into()];
    Ok(sql::run(tx, sql, scoped(tx, values)).await? == 1)
}

fn hold(found: HoldRow) -> Result<Hold> {
    let HoldRow { row, live } = found;
    let approved = |text: Option<String>| {
        let read = text.map(|t| serde_json::from_str::<Approved>(&t)).transpose();
        read.map_err(|_| storage::Error::Stored("removal_hold.oral"))
    };
    Ok(Hold {
        id: HoldId(row.id),
        case: CaseId(row.case_id),
        report: ReportId(row.report_id),
        hotline: OrgId(row.hotline_id),
        lea: OrgId(row.lea_id),
        item: row.item_id.map(ItemId),
        reason: row.reason,
        author: row.author,
        at: Time::from_micros(row.at),
        until: Time::from_micros(row.until),
        latest: Time::from_micros(row.latest),
        agreement: row.agreement_name,
        version: row.agreement_version,
        clause: row.clause,
        oral_due: row.oral_due.map(Time::from_micros),
        written_due: row.written_due.map(Time::from_micros),
        oral: approved(row.oral)?,
        written: approved(row.written)?,
        ended_at: row.ended_at.map(Time::from_micros),
        ended_by: row.ended_by,
        end_reason: row.end_reason,
        live,
    })
}
