//! Table `finding`: what victim identification says of items.

use super::{Stored, places, word};
use crate::{Result, finding::Finding};
use base::{CaseId, FindingId, ItemId, OrgId, ReportId, Time};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use storage::{Tx, sql};
use uuid::Uuid;

/// Items asked for at once.
const AT_ONCE: usize = 500;

/// Adds what was said; not if the same answer is there already, which `false` says.
pub async fn finding_add(tx: &Tx, finding: &Finding, key: &str) -> Result<bool> {
    let sql = "INSERT INTO finding (id, item_id, report_id, word, series, reason, at, key)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (key) DO NOTHING";
    let values = vec![
        finding.id.0.into(),
        finding.item.0.into(),
        finding.report.0.into(),
        finding.word.word().into(),
        finding.series.clone().into(),
        finding.reason.clone().into(),
        finding.at.micros().into(),
        key.into(),
    ];
    Ok(sql::run(tx, sql, values).await? > 0)
}

/// What was said of these items, oldest first. Whoever asks sees the items.
pub async fn findings_of(tx: &Tx, items: &[ItemId]) -> Result<Vec<Finding>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        item_id: Uuid,
        report_id: Uuid,
        word: String,
        series: Option<String>,
        reason: Option<String>,
        at: i64,
    }
    let mut found = Vec::new();
    for part in items.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT id, item_id, report_id, word, series, reason, at FROM finding WHERE item_id IN ({}) ORDER BY at, id",
            places(1, part.len())
        );
        let rows: Vec<Row> = sql::all(tx, &sql, part.iter().map(|i| i.0.into()).collect()).await?;
        let read = rows.into_iter().map(|row| {
            Ok(Finding {
                id: FindingId(row.id),
                item: ItemId(row.item_id),
                report: ReportId(row.report_id),
                word: word(&row.word, "finding.word")?,
                series: row.series,
                reason: row.reason,
                at: Time::from_micros(row.at),
            })
        });
        found.extend(read.collect::<Stored<Vec<_>>>()?);
    }
    Ok(found)
}

/// LEAs that an item is disclosed to, each with its case. For the exchange's own machinery.
pub async fn cases_with(tx: &Tx, item: ItemId) -> Result<Vec<(OrgId, CaseId)>> {
    #[derive(FromQueryResult)]
    struct Row {
        lea_id: Uuid,
        case_id: Uuid,
    }
    let sql = "SELECT lea_id, case_id FROM disclosure WHERE item_id = $1 AND withdrawn_at IS NULL ORDER BY lea_id";
    let rows: Vec<Row> = sql::all(tx, sql, vec![item.0.into()]).await?;
    Ok(rows.into_iter().map(|r| (OrgId(r.lea_id), CaseId(r.case_id))).collect())
}

/// Whether anything with this content is said to show an identified victim.
pub async fn content_identified(tx: &Tx, sha256: &[u8]) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Found {
        #[expect(dead_code, reason = "the row's presence is the answer")]
        n: i64,
    }
    let sql = "SELECT CAST(1 AS BIGINT) AS n FROM media_object m JOIN item i ON i.media_id = m.id
               JOIN finding f ON f.item_id = i.id WHERE m.sha256 = $1 AND f.word IN ('identified', 'victim_identified')
               LIMIT 1";
    Ok(sql::one::<Found>(tx, sql, vec![sha256.to_vec().into()]).await?.is_some())
}

/// The series under which items are known, as it was last said.
pub async fn series_among(tx: &Tx, items: &[ItemId]) -> Result<BTreeMap<ItemId, String>> {
    let found = findings_of(tx, items).await?.into_iter();
    Ok(found.filter_map(|found| Some((found.item, found.series?))).collect())
}

/// The series under which anything of a report is known, as it was last said.
pub async fn series_of_report(tx: &Tx, report: ReportId) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Found {
        series: String,
    }
    let sql =
        "SELECT series FROM finding WHERE report_id = $1 AND series IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1";
    Ok(sql::one::<Found>(tx, sql, vec![report.0.into()]).await?.map(|found| found.series))
}
