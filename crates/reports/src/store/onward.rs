//! Table `onward`: what leaves a report for INTERPOL. Written and read by the exchange's own machinery.

use super::{
    Stored,
    live::{at, live},
    places, word,
};
use crate::{
    Item, Result,
    onward::{Ground, Onward, Way},
};
use base::{AgreementId, ItemId, OrgId, ReportId, Width};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use storage::{Tx, sql};
use uuid::Uuid;

/// Lets an item go on. Says whether the receiver has anything new to know.
pub async fn onward_put(tx: &Tx, item: &Item, way: Way, ground: &Ground, digest: &[u8]) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Before {
        digest: Vec<u8>,
        withdrawn_at: Option<i64>,
    }
    let before: Option<Before> = sql::one(
        tx,
        "SELECT digest, withdrawn_at FROM onward WHERE item_id = $1 AND way = $2",
        vec![item.id.0.into(), way.word().into()],
    )
    .await?;
    let changed = before.is_none_or(|b| b.withdrawn_at.is_some() || b.digest != digest);
    let sql =
        "INSERT INTO onward (item_id, way, report_id, hotline_id, agreement_id, agreement_name, agreement_version,
            clause, width, media, digest, revision, at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $12)
        ON CONFLICT (item_id, way) DO UPDATE SET hotline_id = excluded.hotline_id, agreement_id = excluded.agreement_id,
            agreement_name = excluded.agreement_name, agreement_version = excluded.agreement_version,
            clause = excluded.clause, width = excluded.width, media = excluded.media, digest = excluded.digest,
            withdrawn_at = NULL, revision = onward.revision + $13,
            changed_at = CASE WHEN $13 = 1 THEN excluded.changed_at ELSE onward.changed_at END";
    let values = vec![
        item.id.0.into(),
        way.word().into(),
        item.report.0.into(),
        ground.hotline.0.into(),
        ground.agreement.0.into(),
        ground.name.clone().into(),
        ground.version.into(),
        ground.clause.clone().into(),
        ground.width.word().into(),
        ground.media.into(),
        digest.into(),
        tx.now().micros().into(),
        i64::from(changed).into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(changed)
}

/// Ends it; says whether it went on before.
pub async fn onward_withdraw(tx: &Tx, item: ItemId, way: Way) -> Result<bool> {
    let sql = "UPDATE onward SET withdrawn_at = $1, changed_at = $1, revision = revision + 1
               WHERE item_id = $2 AND way = $3 AND withdrawn_at IS NULL";
    let values = vec![tx.now().micros().into(), item.0.into(), way.word().into()];
    Ok(sql::run(tx, sql, values).await? > 0)
}

#[derive(FromQueryResult)]
struct OnwardRow {
    item_id: Uuid,
    report_id: Uuid,
    hotline_id: Uuid,
    agreement_id: Uuid,
    agreement_name: String,
    agreement_version: i64,
    clause: String,
    width: String,
    media: bool,
    revision: i64,
    live: bool,
}

/// By which grounds items go on, and whether these bind at this moment.
pub async fn onward_among(tx: &Tx, items: &[ItemId], way: Way) -> Result<BTreeMap<ItemId, Onward>> {
    let sql = format!(
        "SELECT o.item_id, o.report_id, o.hotline_id, o.agreement_id, o.agreement_name, o.agreement_version, o.clause,
         o.width, o.media, o.revision, {} AS live FROM onward o WHERE o.way = $1 AND o.item_id IN ({})",
        live("o", 2),
        places(3, items.len())
    );
    let mut values = vec![way.word().into(), at(tx)];
    values.extend(items.iter().map(|item| item.0.into()));
    let rows: Vec<OnwardRow> = sql::all(tx, &sql, values).await?;
    Ok(rows.into_iter().map(|row| Ok((ItemId(row.item_id), onward_of(row)?))).collect::<Stored<_>>()?)
}

fn onward_of(row: OnwardRow) -> Stored<Onward> {
    Ok(Onward {
        item: ItemId(row.item_id),
        report: ReportId(row.report_id),
        ground: Ground {
            hotline: OrgId(row.hotline_id),
            agreement: AgreementId(row.agreement_id),
            name: row.agreement_name,
            version: row.agreement_version,
            clause: row.clause,
            width: word::<Width>(&row.width, "onward.width")?,
            media: row.media,
        },
        revision: row.revision,
        live: row.live,
    })
}
