//! Tables `disclosure` and `withheld`.

use super::{Stored, scoped, word};
use crate::{
    Disclosure, KeptBack, Result, Withheld,
    entity::{disclosure, withheld},
};
use base::{AgreementId, DisclosureId, ItemId, OrgId, ReportId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// Puts a disclosure in force for its item and LEA. Returns its id when something changed, `None` when the very same one
/// was in force already.
pub async fn disclosure_put(tx: &Tx, row: disclosure::Model) -> Result<Option<DisclosureId>> {
    let sql = "SELECT * FROM disclosure WHERE item_id = $1 AND lea_id = $2";
    let values = vec![row.item_id.into(), row.lea_id.into()];
    let Some(old) = sql::one::<disclosure::Model>(tx, sql, values).await? else {
        let id = DisclosureId(row.id);
        sql::add(tx, row).await?;
        return Ok(Some(id));
    };
    let kept = disclosure::Model { id: old.id, case_id: old.case_id, at: old.at, ..row.clone() };
    if kept == old {
        return Ok(None);
    }
    let sql = "UPDATE disclosure SET owner_id = $1, agreement_id = $2, agreement_name = $3, agreement_version = $4,
        clause = $5, width = $6, media = $7, reason = $8, at = $9, withdrawn_at = NULL WHERE id = $10";
    let values = vec![
        row.owner_id.into(),
        row.agreement_id.into(),
        row.agreement_name.into(),
        row.agreement_version.into(),
        row.clause.into(),
        row.width.into(),
        row.media.into(),
        row.reason.into(),
        row.at.into(),
        old.id.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(Some(DisclosureId(old.id)))
}

/// Disclosures of an item in force to others than these, each with its LEA and agreement.
pub async fn disclosures_beyond(
    tx: &Tx,
    item: ItemId,
    told: &[OrgId],
) -> Result<Vec<(DisclosureId, OrgId, Option<AgreementId>)>> {
    let sql = "SELECT * FROM disclosure WHERE item_id = $1 AND withdrawn_at IS NULL";
    let rows: Vec<disclosure::Model> = sql::all(tx, sql, vec![item.0.into()]).await?;
    let beyond = rows.into_iter().map(|r| (DisclosureId(r.id), OrgId(r.lea_id), r.agreement_id.map(AgreementId)));
    Ok(beyond.filter(|(_, lea, _)| !told.contains(lea)).collect())
}

pub async fn disclosure_withdraw(tx: &Tx, id: DisclosureId) -> Result<()> {
    let sql = "UPDATE disclosure SET withdrawn_at = $1 WHERE id = $2 AND withdrawn_at IS NULL";
    sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into()]).await?;
    Ok(())
}

/// A disclosure, as a case is summarised from it.
#[derive(Clone, Debug, FromQueryResult)]
pub struct InForceRow {
    pub case_id: Uuid,
    pub class: String,
    pub clause: String,
    pub agreement_id: Option<Uuid>,
    pub agreement_name: String,
    pub agreement_version: i64,
    pub width: String,
    pub reason: String,
}

pub(super) const IN_FORCE: &str =
    "SELECT d.case_id, i.class, d.clause, d.agreement_id, d.agreement_name, d.agreement_version, d.width,
    d.reason FROM disclosure d JOIN item i ON i.id = d.item_id";

/// Disclosures of a report that are not withdrawn. What is suspended stays summed up: whoever looks asks what is live.
pub async fn disclosures_in_force(tx: &Tx, report: ReportId) -> Result<Vec<InForceRow>> {
    let sql = format!("{IN_FORCE} WHERE d.report_id = $1 AND d.withdrawn_at IS NULL ORDER BY d.at, d.id");
    Ok(sql::all(tx, &sql, vec![report.0.into()]).await?)
}

/// Reports that an agreement concerns: where something was disclosed under it, and those of its hotline, by taking in or
/// by hosting country, that changed since a time; newest first. For the exchange's own machinery.
pub async fn reports_of_agreement(tx: &Tx, id: AgreementId, hotline: OrgId, since: Time) -> Result<Vec<ReportId>> {
    #[derive(FromQueryResult)]
    struct Concerned {
        report_id: Uuid,
    }
    let sql = "SELECT report_id FROM disclosure WHERE agreement_id = $1 AND withdrawn_at IS NULL
        UNION SELECT id AS report_id FROM report WHERE reporter_id = $2 AND changed_at >= $3
        UNION SELECT report_id FROM item WHERE owner_id = $2 AND created_at >= $3 ORDER BY report_id DESC";
    let values = vec![id.0.into(), hotline.0.into(), since.micros().into()];
    let rows: Vec<Concerned> = sql::all(tx, sql, values).await?;
    Ok(rows.into_iter().map(|r| ReportId(r.report_id)).collect())
}

/// Disclosures in force of a report's items that the actor's hotline reported or owns.
pub async fn disclosures_of(tx: &Tx, report: ReportId) -> Result<Vec<Disclosure>> {
    let sql = "SELECT * FROM disclosure d WHERE ($1 = 1 OR d.reporter_id = $2 OR d.owner_id = $2) AND d.report_id = $3
               AND d.withdrawn_at IS NULL ORDER BY d.at, d.id";
    let rows: Vec<disclosure::Model> = sql::all(tx, sql, scoped(tx, [report.0.into()])).await?;
    Ok(rows.into_iter().map(disclosure_of).collect::<Stored<_>>()?)
}

pub(super) fn disclosure_of(row: disclosure::Model) -> Stored<Disclosure> {
    Ok(Disclosure {
        item: ItemId(row.item_id),
        lea: OrgId(row.lea_id),
        agreement: row.agreement_name,
        version: row.agreement_version,
        clause: row.clause,
        width: word(&row.width, "disclosure.width")?,
        media: row.media,
        reason: row.reason,
        at: Time::from_micros(row.at),
    })
}

pub async fn withheld_add(tx: &Tx, row: withheld::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

/// Forgets what earlier decisions about an item kept back: the new decision says it anew.
pub async fn withheld_clear(tx: &Tx, item: ItemId) -> Result<()> {
    sql::run(tx, "DELETE FROM withheld WHERE item_id = $1", vec![item.0.into()]).await?;
    Ok(())
}

/// What was kept back of a report's items that the actor's hotline reported or owns.
pub async fn withheld_of(tx: &Tx, report: ReportId) -> Result<Vec<Withheld>> {
    let sql = "SELECT * FROM withheld w WHERE ($1 = 1 OR w.reporter_id = $2 OR w.owner_id = $2) AND w.report_id = $3
               ORDER BY w.at, w.id";
    let rows: Vec<withheld::Model> = sql::all(tx, sql, scoped(tx, [report.0.into()])).await?;
    Ok(rows.into_iter().map(withheld_of_row).collect())
}

/// What was kept back from the actor's LEA of a report it has a case of; the first thousand.
pub async fn withheld_of_case(tx: &Tx, report: ReportId) -> Result<Vec<Withheld>> {
    let sql = "SELECT w.* FROM withheld w WHERE ($1 = 1 OR w.lea_id = $2) AND w.report_id = $3 ORDER BY w.at, w.id
               LIMIT 1000";
    let rows: Vec<withheld::Model> = sql::all(tx, sql, scoped(tx, [report.0.into()])).await?;
    Ok(rows.into_iter().map(withheld_of_row).collect())
}

/// The same, once for each reason with the number of items.
pub async fn kept_of_case(tx: &Tx, report: ReportId) -> Result<Vec<KeptBack>> {
    let sql = "SELECT w.what, w.clause, w.reason, COUNT(*) AS items FROM withheld w
               WHERE ($1 = 1 OR w.lea_id = $2) AND w.report_id = $3 GROUP BY w.what, w.clause, w.reason
               ORDER BY w.what, w.clause, w.reason LIMIT 100";
    Ok(sql::all(tx, sql, scoped(tx, [report.0.into()])).await?)
}

fn withheld_of_row(row: withheld::Model) -> Withheld {
    Withheld {
        item: ItemId(row.item_id),
        lea: row.lea_id.map(OrgId),
        what: row.what,
        agreement: row.agreement_name,
        clause: row.clause,
        reason: row.reason,
    }
}

/// Disclosures of an item, in force or not, that concern the actor.
pub async fn disclosure_ids_of(tx: &Tx, item: ItemId) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "SELECT d.id FROM disclosure d WHERE d.item_id = $3
               AND ($1 = 1 OR d.reporter_id = $2 OR d.owner_id = $2 OR d.lea_id = $2) ORDER BY d.id";
    let rows: Vec<Id> = sql::all(tx, sql, scoped(tx, [item.0.into()])).await?;
    Ok(rows.into_iter().map(|r| r.id).collect())
}
