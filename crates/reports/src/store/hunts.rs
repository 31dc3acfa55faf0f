//! Table `hunt`.

use crate::{Result, hunt::Tally};
use base::{HuntId, OrgId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// A hunt whose late part is due, and when it went on.
#[derive(FromQueryResult)]
pub struct LateRow {
    pub id: Uuid,
    pub started_at: i64,
    pub ended_at: i64,
}

/// Keeps a hunt that has ended; its late part is due at a time.
pub async fn hunt_add(
    tx: &Tx,
    id: HuntId,
    ranges: &str,
    org: Option<OrgId>,
    started: Time,
    tally: &Tally,
    late: Time,
) -> Result<()> {
    let sql = "INSERT INTO hunt (id, ranges, org_id, scanned, hits, settled, suggested, reopened, doubts, started_at,
        ended_at, late_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = vec![
        id.0.into(),
        ranges.into(),
        org.map(|o| o.0).into(),
        tally.scanned.into(),
        tally.hits.into(),
        tally.settled.into(),
        tally.suggested.into(),
        tally.reopened.into(),
        tally.doubts.into(),
        started.micros().into(),
        tx.now().micros().into(),
        late.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// The hunt whose late part has been due longest.
pub async fn hunt_late(tx: &Tx) -> Result<Option<LateRow>> {
    let sql = "SELECT id, started_at, ended_at FROM hunt WHERE late_at IS NOT NULL AND late_at <= $1
               ORDER BY late_at, id LIMIT 1";
    Ok(sql::one(tx, sql, vec![tx.now().micros().into()]).await?)
}

/// Notes that a hunt's late part is done; says whether nobody else did it meanwhile.
pub async fn hunt_late_done(tx: &Tx, id: HuntId) -> Result<bool> {
    let sql = "UPDATE hunt SET late_at = NULL WHERE id = $1 AND late_at IS NOT NULL";
    Ok(sql::run(tx, sql, vec![id.0.into()]).await? == 1)
}
