//! Tables `capture` and `sighting`.

use super::{
    Stored,
    live::{at, live},
    places, scoped,
};
use crate::{
    Capture, Result, Sighting,
    entity::{capture, sighting},
};
use base::{BlobId, CaptureId, ItemId, PersonId, ReportId, Time};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use storage::{Tx, sql};
use uuid::Uuid;

/// Whoever sees the page's report sees its captures: the hotline, an owner of something on it, police at page width
/// whose disclosure opens files.
fn visible(now: usize) -> String {
    format!(
        "($1 = 1 OR c.org_id = $2
        OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = c.report_id AND i.owner_id = $2)
        OR EXISTS (SELECT 1 FROM disclosure d WHERE d.report_id = c.report_id AND d.lea_id = $2 AND d.media
            AND d.width IN ('page', 'series') AND {}))",
        live("d", now)
    )
}

pub async fn capture_add(tx: &Tx, row: capture::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// The captures of a report, newest first.
pub async fn captures_of(tx: &Tx, report: ReportId) -> Result<Vec<Capture>> {
    let sql = format!(
        "SELECT c.* FROM capture c WHERE {} AND c.report_id = $3 ORDER BY c.asked_at DESC, c.id DESC",
        visible(4)
    );
    let rows: Vec<capture::Model> = sql::all(tx, &sql, scoped(tx, [report.0.into(), at(tx)])).await?;
    Ok(rows.into_iter().map(capture_of).collect::<Stored<_>>()?)
}

pub async fn capture_find(tx: &Tx, id: CaptureId) -> Result<Option<Capture>> {
    let sql = format!("SELECT c.* FROM capture c WHERE {} AND c.id = $3", visible(4));
    let row: Option<capture::Model> = sql::one(tx, &sql, scoped(tx, [id.0.into(), at(tx)])).await?;
    Ok(row.map(capture_of).transpose()?)
}

/// The capture of a report that was asked for and has not ended.
pub async fn capture_under_way(tx: &Tx, report: ReportId) -> Result<Option<CaptureId>> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "SELECT id FROM capture WHERE report_id = $1 AND ended_at IS NULL ORDER BY asked_at LIMIT 1";
    let row: Option<Id> = sql::one(tx, sql, vec![report.0.into()]).await?;
    Ok(row.map(|r| CaptureId(r.id)))
}

/// What a capture came to.
pub struct Came<'a> {
    pub started_at: Time,
    pub ended_at: Time,
    pub failed: Option<String>,
    pub record: String,
    pub archive: Option<(BlobId, &'a [u8], i64)>,
    pub picture: Option<BlobId>,
    pub picture_problem: Option<String>,
    pub files: i64,
}

/// Notes what a capture came to; once.
pub async fn capture_end(tx: &Tx, id: CaptureId, came: Came<'_>) -> Result<()> {
    let sql = "UPDATE capture SET started_at = $2, ended_at = $3, failed = $4, record = $5, archive_id = $6,
        archive_sha256 = $7, archive_bytes = $8, picture_id = $9, picture_problem = $10, files = $11
        WHERE id = $1 AND ended_at IS NULL";
    let values = vec![
        id.0.into(),
        came.started_at.micros().into(),
        came.ended_at.micros().into(),
        came.failed.into(),
        came.record.into(),
        came.archive.map(|a| a.0.0).into(),
        came.archive.map(|a| a.1.to_vec()).into(),
        came.archive.map(|a| a.2).into(),
        came.picture.map(|p| p.0).into(),
        came.picture_problem.into(),
        came.files.into(),
    ];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(storage::Error::Moved.into()) }
}

pub async fn sighting_add(tx: &Tx, row: sighting::Model) -> Stored<()> {
    sql::add(tx, row).await
}

#[derive(FromQueryResult)]
struct SightingRow {
    capture_id: Uuid,
    item_id: Uuid,
    sha256: Vec<u8>,
    url: String,
    final_url: String,
    found_by: String,
    at: i64,
}

const SIGHTING: &str = "SELECT s.capture_id, s.item_id, m.sha256, s.url, s.final_url, s.found_by, s.at FROM sighting s
    JOIN media_object m ON m.id = s.media_id";

/// What a capture found, in order. The caller has found the capture for the actor.
pub async fn sightings_of_capture(tx: &Tx, id: CaptureId) -> Result<Vec<Sighting>> {
    let sql = format!("{SIGHTING} WHERE s.capture_id = $1 ORDER BY s.id");
    let rows: Vec<SightingRow> = sql::all(tx, &sql, vec![id.0.into()]).await?;
    Ok(rows.into_iter().map(sighting_of).collect())
}

/// Where and when an item was seen, newest first. The caller has found the item for the actor.
pub async fn sightings_of_item(tx: &Tx, id: ItemId) -> Result<Vec<Sighting>> {
    let sql = format!("{SIGHTING} WHERE s.item_id = $1 ORDER BY s.at DESC, s.id DESC LIMIT 200");
    let rows: Vec<SightingRow> = sql::all(tx, &sql, vec![id.0.into()]).await?;
    Ok(rows.into_iter().map(sighting_of).collect())
}

/// When items were seen, each the last 200 times, newest first. The caller has found the items for the actor.
pub async fn seen_among(tx: &Tx, items: &[ItemId]) -> Result<BTreeMap<ItemId, Vec<Time>>> {
    #[derive(FromQueryResult)]
    struct Row {
        item_id: Uuid,
        at: i64,
    }
    let sql = format!(
        "SELECT item_id, at FROM (SELECT item_id, at, id,
            ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY at DESC, id DESC) AS place
            FROM sighting WHERE item_id IN ({})) s WHERE place <= 200 ORDER BY at DESC, id DESC",
        places(1, items.len())
    );
    let rows: Vec<Row> = sql::all(tx, &sql, items.iter().map(|id| id.0.into()).collect()).await?;
    let mut seen: BTreeMap<ItemId, Vec<Time>> = BTreeMap::new();
    for row in rows {
        seen.entry(ItemId(row.item_id)).or_default().push(Time::from_micros(row.at));
    }
    Ok(seen)
}

fn sighting_of(row: SightingRow) -> Sighting {
    Sighting {
        capture: CaptureId(row.capture_id),
        item: ItemId(row.item_id),
        sha256: row.sha256,
        url: row.url,
        final_url: row.final_url,
        found_by: row.found_by,
        at: Time::from_micros(row.at),
    }
}

/// One spelling for both directions.
pub fn payload_word(payload: ::capture::Payload) -> &'static str {
    match payload {
        ::capture::Payload::Kept => "kept",
        ::capture::Payload::HashedOnly => "hashed_only",
    }
}

fn capture_of(row: capture::Model) -> Stored<Capture> {
    let broken = |_| storage::Error::Stored("capture.record");
    Ok(Capture {
        id: CaptureId(row.id),
        report: ReportId(row.report_id),
        asked_by: row.asked_by.map(PersonId),
        asked_at: Time::from_micros(row.asked_at),
        ended_at: row.ended_at.map(Time::from_micros),
        payload: match row.payload.as_str() {
            "kept" => ::capture::Payload::Kept,
            "hashed_only" => ::capture::Payload::HashedOnly,
            _ => return Err(storage::Error::Stored("capture.payload")),
        },
        failed: row.failed,
        record: row.record.map(|r| serde_json::from_str(&r)).transpose().map_err(broken)?,
        archive: row.archive_id.map(BlobId),
        picture: row.picture_id.map(BlobId),
        picture_problem: row.picture_problem,
        files: row.files,
    })
}
