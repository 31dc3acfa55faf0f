//! Table `hunt`.

use crate::{Result, hunt::Tally};
use base::{HuntId, JobId, OrgId, Time};
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

/// A hunt that was begun and not ended.
#[derive(FromQueryResult)]
pub struct OpenRow {
    pub id: Uuid,
    pub org_id: Option<Uuid>,
    pub place: String,
}

/// The hunt that a queued step has begun and not ended.
pub async fn hunt_of_job(tx: &Tx, job: JobId) -> Result<Option<OpenRow>> {
    let sql = "SELECT id, org_id, place FROM hunt WHERE job_id = $1 AND ended_at IS NULL LIMIT 1";
    Ok(sql::one(tx, sql, vec![job.0.into()]).await?)
}

/// Begins a hunt for a queued step.
pub async fn hunt_begin(tx: &Tx, id: HuntId, job: JobId, org: Option<OrgId>, ranges: &str, place: &str) -> Result<()> {
    let sql =
        "INSERT INTO hunt (id, job_id, ranges, org_id, scanned, hits, settled, suggested, reopened, doubts, started_at,
        place) VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0, $5, $6)";
    let values =
        vec![id.0.into(), job.0.into(), ranges.into(), org.map(|o| o.0).into(), tx.now().micros().into(), place.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Keeps where a hunt stands.
pub async fn hunt_place(tx: &Tx, id: HuntId, place: &str) -> Result<()> {
    sql::run(tx, "UPDATE hunt SET place = $1 WHERE id = $2", vec![place.into(), id.0.into()]).await?;
    Ok(())
}

/// Ends a hunt; its late part is due at a time.
pub async fn hunt_end(tx: &Tx, id: HuntId, tally: &Tally, late: Time) -> Result<()> {
    let sql = "UPDATE hunt SET scanned = $1, hits = $2, settled = $3, suggested = $4, reopened = $5, doubts = $6,
        ended_at = $7, late_at = $8, place = NULL WHERE id = $9";
    let values = vec![
        tally.scanned.into(),
        tally.hits.into(),
        tally.settled.into(),
        tally.suggested.into(),
        tally.reopened.into(),
        tally.doubts.into(),
        tx.now().micros().into(),
        late.micros().into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Notes files that something new hits.
pub async fn hunt_hits_add(tx: &Tx, id: HuntId, files: &[Uuid]) -> Result<()> {
    for part in files.chunks(500) {
        let rows: Vec<String> = (0..part.len()).map(|n| format!("($1, ${})", n + 2)).collect();
        let sql = format!("INSERT INTO hunt_hit (hunt_id, media_id) VALUES {} ON CONFLICT DO NOTHING", rows.join(", "));
        let values = std::iter::once(id.0.into()).chain(part.iter().map(|file| (*file).into())).collect();
        sql::run(tx, &sql, values).await?;
    }
    Ok(())
}

/// Some files that a hunt hit and has not visited.
pub async fn hunt_hits(tx: &Tx, id: HuntId, limit: i64) -> Result<Vec<Uuid>> {
    #[derive(FromQueryResult)]
    struct Row {
        media_id: Uuid,
    }
    let sql = "SELECT media_id FROM hunt_hit WHERE hunt_id = $1 ORDER BY media_id LIMIT $2";
    let rows: Vec<Row> = sql::all(tx, sql, vec![id.0.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|r| r.media_id).collect())
}

/// Notes that a hunt visited some files.
pub async fn hunt_hits_done(tx: &Tx, id: HuntId, files: &[Uuid]) -> Result<()> {
    let Some(last) = files.last() else { return Ok(()) };
    let sql = "DELETE FROM hunt_hit WHERE hunt_id = $1 AND media_id <= $2";
    sql::run(tx, sql, vec![id.0.into(), (*last).into()]).await?;
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
