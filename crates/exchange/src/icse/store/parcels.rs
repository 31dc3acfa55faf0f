//! Table `parcel`.

use crate::icse::dispatch::Parcel;
use base::{BlobId, OrgId, ParcelId};
use sea_orm::FromQueryResult;
use storage::{Error, Result, Tx, sql};
use uuid::Uuid;

/// A parcel that somebody works on.
#[derive(Clone, Debug)]
pub struct Held {
    pub parcel: Parcel,
    pub blob: BlobId,
    pub tries: i64,
    pub fence: i64,
    /// Whether it was left with the receiver before.
    pub left: bool,
}

/// Adds a parcel that is being packed.
pub async fn parcel_add(tx: &Tx, id: ParcelId, hotline: OrgId, items: usize, lease: i64) -> Result<()> {
    let now = tx.now();
    let sql = "INSERT INTO parcel (id, hotline_id, state, fence, lease_until, due, tries, items, created_at)
               VALUES ($1, $2, 'open', 1, $3, $4, 0, $5, $4)";
    let values = vec![
        id.0.into(),
        hotline.0.into(),
        now.plus_seconds(lease).micros().into(),
        now.micros().into(),
        i64::try_from(items).unwrap_or(i64::MAX).into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// A parcel is sealed and may leave. `Moved` when it was given up meanwhile.
pub async fn parcel_ready(tx: &Tx, parcel: &Parcel, blob: BlobId, items: usize) -> Result<()> {
    let sql =
        "UPDATE parcel SET state = 'ready', blob_id = $1, size = $2, sha256 = $3, items = $4, lease_until = 0, due = $5
               WHERE id = $6 AND state = 'open' AND fence = 1";
    let values = vec![
        blob.0.into(),
        i64::try_from(parcel.size).unwrap_or(i64::MAX).into(),
        parcel.sha256.to_vec().into(),
        i64::try_from(items).unwrap_or(i64::MAX).into(),
        tx.now().micros().into(),
        parcel.id.0.into(),
    ];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(Error::Moved) }
}

/// A parcel whose packing was given up: whoever packed it is gone.
pub async fn parcel_abandoned(tx: &Tx) -> Result<Option<ParcelId>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let find = "SELECT id FROM parcel WHERE state = 'open' AND lease_until < $1 LIMIT 1";
    let Some(found) = sql::one::<Id>(tx, find, vec![tx.now().micros().into()]).await? else { return Ok(None) };
    let free = "UPDATE dispatch SET state = 'queued', parcel_id = NULL WHERE parcel_id = $1 AND state = 'packed'";
    // Its dispatches name it; they let go first.
    sql::run(tx, free, vec![found.id.into()]).await?;
    sql::run(tx, "DELETE FROM parcel WHERE id = $1", vec![found.id.into()]).await?;
    Ok(Some(ParcelId(found.id)))
}

/// Takes the parcel that has been due longest.
pub async fn parcel_take(tx: &Tx, lease: i64, skip_locked: bool) -> Result<Option<Held>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        blob_id: Option<Uuid>,
        size: Option<i64>,
        sha256: Option<Vec<u8>>,
        tries: i64,
        fence: i64,
        left_at: Option<i64>,
    }
    let skip = if skip_locked { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE parcel SET fence = fence + 1, lease_until = $1, tries = tries + 1 WHERE id = (
            SELECT id FROM parcel WHERE state <> 'open' AND due <= $2 AND lease_until < $2 ORDER BY due, id LIMIT 1 {skip})
         RETURNING id, blob_id, size, sha256, tries, fence, left_at"
    );
    let now = tx.now();
    let values = vec![now.plus_seconds(lease).micros().into(), now.micros().into()];
    let Some(row) = sql::one::<Row>(tx, &sql, values).await? else { return Ok(None) };
    let stored = Error::Stored("parcel");
    let sha256 = row.sha256.and_then(|s| s.try_into().ok());
    let (Some(blob), Some(size), Some(sha256)) = (row.blob_id, row.size, sha256) else { return Err(stored) };
    Ok(Some(Held {
        parcel: Parcel { id: ParcelId(row.id), sha256, size: size.unsigned_abs() },
        blob: BlobId(blob),
        tries: row.tries,
        fence: row.fence,
        left: row.left_at.is_some(),
    }))
}

/// What became of a try.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// Whether it lies with the receiver now.
    pub left: bool,
    /// Seconds until the next try.
    pub wait: i64,
    /// What was wrong.
    pub error: Option<&'a str>,
}

/// Puts a parcel back; `Moved` when somebody else has taken it over meanwhile.
pub async fn parcel_back(tx: &Tx, held: &Held, tried: Tried<'_>) -> Result<()> {
    let now = tx.now();
    let sql = "UPDATE parcel SET lease_until = 0, due = $1, last_error = $2,
            state = CASE WHEN $3 = 1 THEN 'left' ELSE state END,
            left_at = CASE WHEN $3 = 1 THEN COALESCE(left_at, $4) ELSE left_at END WHERE id = $5 AND fence = $6";
    let error: Option<String> = tried.error.map(|e| e.chars().take(500).collect());
    let values = vec![
        now.plus_seconds(tried.wait).micros().into(),
        error.into(),
        i64::from(tried.left).into(),
        now.micros().into(),
        held.parcel.id.0.into(),
        held.fence.into(),
    ];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(Error::Moved) }
}

/// Whether somebody still holds a parcel with this fencing token; they keep it until this transaction ends.
pub async fn parcel_hold(tx: &Tx, held: &Held) -> Result<()> {
    let sql = "UPDATE parcel SET fence = fence WHERE id = $1 AND fence = $2";
    let held = sql::run(tx, sql, vec![held.parcel.id.0.into(), held.fence.into()]).await?;
    if held == 1 { Ok(()) } else { Err(Error::Moved) }
}

/// Keeps a parcel for so many seconds more; `Moved` when somebody else has it.
pub async fn parcel_keep(tx: &Tx, id: ParcelId, fence: i64, seconds: i64) -> Result<()> {
    let until = tx.now().plus_seconds(seconds).micros();
    let sql = "UPDATE parcel SET lease_until = $1 WHERE id = $2 AND fence = $3";
    let kept = sql::run(tx, sql, vec![until.into(), id.0.into(), fence.into()]).await?;
    if kept == 1 { Ok(()) } else { Err(Error::Moved) }
}

/// Ends a parcel; its dispatches let go of it. Returns its sealed object, which nobody needs any more.
pub async fn parcel_end(tx: &Tx, id: ParcelId) -> Result<Option<BlobId>> {
    #[derive(FromQueryResult)]
    struct Sealed {
        blob_id: Option<Uuid>,
    }
    sql::run(tx, "UPDATE dispatch SET parcel_id = NULL WHERE parcel_id = $1", vec![id.0.into()]).await?;
    let sql = "DELETE FROM parcel WHERE id = $1 RETURNING blob_id";
    let row: Option<Sealed> = sql::one(tx, sql, vec![id.0.into()]).await?;
    Ok(row.and_then(|r| r.blob_id).map(BlobId))
}

/// Whether anything in a parcel still waits for a receipt.
pub async fn parcel_waits(tx: &Tx, id: ParcelId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM dispatch WHERE parcel_id = $1 AND state IN ('packed', 'sent')";
    Ok(sql::one::<Count>(tx, sql, vec![id.0.into()]).await?.is_some_and(|c| c.n > 0))
}
