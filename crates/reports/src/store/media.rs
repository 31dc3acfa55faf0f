//! Tables `media_object`, `media_frame` and `media_device`.

use crate::{Result, entity::media_object};
use base::{BlobId, CaptureId, ItemId, MediaId, OrgId, ReportId};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

pub async fn media_add(tx: &Tx, row: media_object::Model) -> Result<()> {
    Ok(sql::add(tx, row).await?)
}

/// An organisation's media object with some content: which, and whether its bytes are kept.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Had {
    pub id: Uuid,
    pub blob_id: Option<Uuid>,
}

/// One organisation's media object with this content. Bytes that were erased are not kept: the same content may come again.
pub async fn media_by_sha256(tx: &Tx, org: OrgId, sha256: &[u8]) -> Result<Option<Had>> {
    let sql = "SELECT id, CASE WHEN erased_at IS NULL THEN blob_id END AS blob_id FROM media_object
               WHERE org_id = $1 AND sha256 = $2";
    Ok(sql::one(tx, sql, vec![org.0.into(), sha256.to_vec().into()]).await?)
}

/// Gives a media object that was known by its hashes only the bytes that are kept now. One that was erased is described
/// anew, because its preview went with it.
pub async fn media_keep(tx: &Tx, id: MediaId, blob: BlobId) -> Result<()> {
    let sql = "UPDATE media_object SET blob_id = $1, erased_at = NULL,
               described_at = CASE WHEN erased_at IS NULL THEN described_at END
               WHERE id = $2 AND (blob_id IS NULL OR erased_at IS NOT NULL)";
    sql::run(tx, sql, vec![blob.0.into(), id.0.into()]).await?;
    Ok(())
}

/// A file that waits to be looked into.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ToDescribe {
    pub id: Uuid,
    pub org_id: Uuid,
    pub blob_id: Uuid,
    pub size: i64,
}

/// Files of a report that are kept and have not been looked into.
pub async fn media_to_describe(tx: &Tx, report: ReportId) -> Result<Vec<ToDescribe>> {
    let sql = "SELECT DISTINCT m.id, m.org_id, m.blob_id, m.size FROM media_object m JOIN item i ON i.media_id = m.id
               WHERE i.report_id = $1 AND m.described_at IS NULL AND m.blob_id IS NOT NULL AND m.erased_at IS NULL
               ORDER BY m.id";
    Ok(sql::all(tx, sql, vec![report.0.into()]).await?)
}

/// What a file turned out to be.
#[derive(Default)]
pub struct Described {
    pub kind: String,
    pub pdq: Vec<u8>,
    pub pdq_quality: i64,
    pub width: i64,
    pub height: i64,
    pub duration_ms: Option<i64>,
    pub trouble: Option<String>,
}

/// Notes what a file turned out to be; says whether that was news.
pub async fn media_describe(tx: &Tx, id: MediaId, d: Described) -> Result<bool> {
    let sql =
        "UPDATE media_object SET kind = $2, pdq = $3, pdq_quality = $4, width = $5, height = $6, duration_ms = $7,
        trouble = $8, described_at = $9 WHERE id = $1 AND described_at IS NULL";
    let values = vec![
        id.0.into(),
        d.kind.into(),
        d.pdq.into(),
        d.pdq_quality.into(),
        d.width.into(),
        d.height.into(),
        d.duration_ms.into(),
        d.trouble.into(),
        tx.now().micros().into(),
    ];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Gives a described file its sealed preview.
pub async fn media_set_preview(tx: &Tx, id: MediaId, preview: BlobId) -> Result<()> {
    let sql = "UPDATE media_object SET preview_id = $1 WHERE id = $2";
    sql::run(tx, sql, vec![preview.0.into(), id.0.into()]).await?;
    Ok(())
}

pub async fn media_frame_add(tx: &Tx, id: MediaId, at_ms: i64, pdq: &[u8], quality: i64) -> Result<()> {
    let sql = "INSERT INTO media_frame (media_id, at_ms, pdq, quality) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    sql::run(tx, sql, vec![id.0.into(), at_ms.into(), pdq.to_vec().into(), quality.into()]).await?;
    Ok(())
}

pub async fn media_device_add(tx: &Tx, id: MediaId, noted: &str) -> Result<()> {
    let sql = "INSERT INTO media_device (media_id, noted) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    sql::run(tx, sql, vec![id.0.into(), noted.into()]).await?;
    Ok(())
}

/// What the devices noted in the files of these items. The caller has found the items, with their files, for the actor.
pub async fn device_of(tx: &Tx, item: ItemId) -> Result<Option<media::Device>> {
    #[derive(FromQueryResult)]
    struct Noted {
        noted: String,
    }
    let sql = "SELECT d.noted FROM media_device d JOIN item i ON i.media_id = d.media_id WHERE i.id = $1";
    let row: Option<Noted> = sql::one(tx, sql, vec![item.0.into()]).await?;
    let read = |r: Noted| serde_json::from_str(&r.noted).map_err(|_| storage::Error::Stored("media_device.noted"));
    Ok(row.map(read).transpose()?)
}

/// Time from the start in milliseconds, hash and quality of each frame of an item's video.
pub async fn frames_of(tx: &Tx, item: ItemId) -> Result<Vec<(i64, Vec<u8>, i64)>> {
    #[derive(FromQueryResult)]
    struct Frame {
        at_ms: i64,
        pdq: Vec<u8>,
        quality: i64,
    }
    let sql = "SELECT f.at_ms, f.pdq, f.quality FROM media_frame f JOIN item i ON i.media_id = f.media_id
               WHERE i.id = $1 ORDER BY f.at_ms";
    let rows: Vec<Frame> = sql::all(tx, sql, vec![item.0.into()]).await?;
    Ok(rows.into_iter().map(|f| (f.at_ms, f.pdq, f.quality)).collect())
}

/// What is kept of an item's file.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Kept {
    pub id: Uuid,
    pub org_id: Uuid,
    pub blob_id: Option<Uuid>,
    pub preview_id: Option<Uuid>,
    pub erased_at: Option<i64>,
}

/// What is kept of an item's file. The caller has found the item for the actor.
pub async fn media_of_item(tx: &Tx, item: ItemId) -> Result<Option<Kept>> {
    let sql = "SELECT m.id, m.org_id, m.blob_id, m.preview_id, m.erased_at FROM media_object m
               JOIN item i ON i.media_id = m.id WHERE i.id = $1";
    Ok(sql::one(tx, sql, vec![item.0.into()]).await?)
}

/// Notes that a file was erased, and forgets what the device noted in it; its hashes stay. `Moved` when it was already.
pub async fn media_erase(tx: &Tx, id: MediaId) -> Result<()> {
    let sql = "UPDATE media_object SET erased_at = $1 WHERE id = $2 AND erased_at IS NULL";
    if sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into()]).await? != 1 {
        return Err(storage::Error::Moved.into());
    }
    sql::run(tx, "DELETE FROM media_device WHERE media_id = $1", vec![id.0.into()]).await?;
    Ok(())
}

/// Every item that a file is behind.
pub async fn items_of_media(tx: &Tx, id: MediaId) -> Result<Vec<ItemId>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let rows: Vec<Id> = sql::all(tx, "SELECT id FROM item WHERE media_id = $1 ORDER BY id", vec![id.0.into()]).await?;
    Ok(rows.into_iter().map(|r| ItemId(r.id)).collect())
}

/// Captures whose archive, and perhaps picture, hold a file: which, and the sealed objects of both.
pub async fn captures_of_media(tx: &Tx, id: MediaId) -> Result<Vec<(CaptureId, Vec<BlobId>)>> {
    #[derive(FromQueryResult)]
    struct Holding {
        id: Uuid,
        archive_id: Option<Uuid>,
        picture_id: Option<Uuid>,
    }
    let sql = "SELECT DISTINCT c.id, c.archive_id, c.picture_id FROM capture c JOIN sighting s ON s.capture_id = c.id
               WHERE s.media_id = $1 ORDER BY c.id";
    let rows: Vec<Holding> = sql::all(tx, sql, vec![id.0.into()]).await?;
    let objects = |r: &Holding| r.archive_id.into_iter().chain(r.picture_id).map(BlobId).collect();
    Ok(rows.iter().map(|r| (CaptureId(r.id), objects(r))).collect())
}
