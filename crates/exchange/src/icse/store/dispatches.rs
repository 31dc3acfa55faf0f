//! Table `dispatch`.

use crate::icse::plan::{Last, State, Telling};
use base::{Country, DispatchId, ItemId, OrgId, ParcelId, ReportId};
use sea_orm::FromQueryResult;
use storage::{
    Result, Tx,
    sql::{self, places, word},
};
use uuid::Uuid;

/// Rows changed at once.
const AT_ONCE: usize = 500;

/// A dispatch on its way.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: DispatchId,
    pub item: ItemId,
    pub report: ReportId,
    pub hotline: OrgId,
    pub country: Option<Country>,
    pub version: i64,
    pub tells: Telling,
    pub revision: i64,
    pub state: State,
    pub reason: Option<String>,
    pub tries: i64,
    pub alone: bool,
    pub attempted: bool,
    pub parcel: Option<ParcelId>,
}

#[derive(FromQueryResult)]
struct Read {
    id: Uuid,
    item_id: Uuid,
    report_id: Uuid,
    hotline_id: Uuid,
    country: Option<String>,
    version: i64,
    tells: String,
    revision: i64,
    state: String,
    reason: Option<String>,
    tries: i64,
    alone: bool,
    attempted: bool,
    parcel_id: Option<Uuid>,
}

const DISPATCH: &str = "SELECT d.id, d.item_id, d.report_id, d.hotline_id, d.country, d.version, d.tells, d.revision,
    d.state, d.reason, d.tries, d.alone, d.attempted, d.parcel_id FROM dispatch d";

fn row_of(row: Read) -> Result<Row> {
    Ok(Row {
        id: DispatchId(row.id),
        item: ItemId(row.item_id),
        report: ReportId(row.report_id),
        hotline: OrgId(row.hotline_id),
        country: row.country.map(|c| word(&c, "dispatch.country")).transpose()?,
        version: row.version,
        tells: word(&row.tells, "dispatch.tells")?,
        revision: row.revision,
        state: word(&row.state, "dispatch.state")?,
        reason: row.reason,
        tries: row.tries,
        alone: row.alone,
        attempted: row.attempted,
        parcel: row.parcel_id.map(ParcelId),
    })
}

/// The newest dispatch of an item.
pub async fn dispatch_last(tx: &Tx, item: ItemId) -> Result<Option<Row>> {
    let sql = format!("{DISPATCH} WHERE d.item_id = $1 ORDER BY d.version DESC LIMIT 1");
    let row: Option<Read> = sql::one(tx, &sql, vec![item.0.into()]).await?;
    row.map(row_of).transpose()
}

/// A dispatch.
pub async fn dispatch_find(tx: &Tx, id: DispatchId) -> Result<Option<Row>> {
    let row: Option<Read> = sql::one(tx, &format!("{DISPATCH} WHERE d.id = $1"), vec![id.0.into()]).await?;
    row.map(row_of).transpose()
}

impl Row {
    /// Whether it is in a parcel that waits for its receipt.
    pub const fn waits(&self) -> bool {
        matches!(self.state, State::Packed | State::Sent)
    }

    /// As planning sees it.
    pub const fn last(&self) -> Last {
        Last {
            version: self.version,
            tells: self.tells,
            revision: self.revision,
            state: self.state,
            attempted: self.attempted,
        }
    }
}

/// Adds a dispatch.
pub async fn dispatch_add(tx: &Tx, row: &Row) -> Result<()> {
    let sql =
        "INSERT INTO dispatch (id, item_id, report_id, hotline_id, country, version, tells, revision, state, reason,
            tries, due, alone, attempted, created_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, false, false, $11, $11)";
    let values = vec![
        row.id.0.into(),
        row.item.0.into(),
        row.report.0.into(),
        row.hotline.0.into(),
        row.country.map(|c| c.to_string()).into(),
        row.version.into(),
        row.tells.word().into(),
        row.revision.into(),
        row.state.word().into(),
        row.reason.clone().into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// A dispatch that still waits tells something else, or nothing any more.
pub async fn dispatch_rewrite(tx: &Tx, row: &Row) -> Result<()> {
    let sql = "UPDATE dispatch SET tells = $1, revision = $2, state = $3, reason = $4, changed_at = $5
               WHERE id = $6 AND state = 'queued'";
    let values = vec![
        row.tells.word().into(),
        row.revision.into(),
        row.state.word().into(),
        row.reason.clone().into(),
        tx.now().micros().into(),
        row.id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// The dispatches that go next, oldest first, all of one hotline. What an item's earlier dispatch has not come through for
/// waits, but a withdrawal; what was refused with others goes alone.
pub async fn dispatches_due(tx: &Tx, most: usize) -> Result<Vec<Row>> {
    const READY: &str = "d.state = 'queued' AND d.due <= $1 AND NOT EXISTS (SELECT 1 FROM dispatch e
        WHERE e.item_id = d.item_id AND e.version < d.version AND e.state IN ('queued', 'packed', 'sent'))";
    let now = tx.now().micros();
    let first = format!("{DISPATCH} WHERE {READY} ORDER BY d.due, d.id LIMIT 1");
    let Some(first) = sql::one::<Read>(tx, &first, vec![now.into()]).await?.map(row_of).transpose()? else {
        return Ok(Vec::new());
    };
    if first.alone {
        return Ok(vec![first]);
    }
    let sql =
        format!("{DISPATCH} WHERE {READY} AND d.hotline_id = $2 AND d.alone = false ORDER BY d.due, d.id LIMIT $3");
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows: Vec<Read> = sql::all(tx, &sql, vec![now.into(), first.hotline.0.into(), most.into()]).await?;
    rows.into_iter().map(row_of).collect()
}

/// What to set on several dispatches at once.
#[derive(Clone, Copy, Debug)]
pub struct Set<'a> {
    pub state: State,
    pub parcel: Option<ParcelId>,
    pub reason: Option<&'a str>,
    /// Seconds until it is due again.
    pub wait: i64,
}

/// Sets dispatches.
pub async fn dispatches_set(tx: &Tx, ids: &[DispatchId], set: Set<'_>) -> Result<()> {
    let now = tx.now();
    for part in ids.chunks(AT_ONCE) {
        let sql = format!(
            "UPDATE dispatch SET state = $1, parcel_id = $2, reason = $3, due = $4, changed_at = $5 WHERE id IN ({})",
            places(6, part.len())
        );
        let mut values = vec![
            set.state.word().into(),
            set.parcel.map(|p| p.0).into(),
            set.reason.into(),
            now.plus_seconds(set.wait).micros().into(),
            now.micros().into(),
        ];
        values.extend(part.iter().map(|id| id.0.into()));
        sql::run(tx, &sql, values).await?;
    }
    Ok(())
}

/// They go alone the next time.
pub async fn dispatches_alone(tx: &Tx, parcel: ParcelId) -> Result<()> {
    sql::run(tx, "UPDATE dispatch SET alone = true WHERE parcel_id = $1", vec![parcel.0.into()]).await?;
    Ok(())
}

/// Dispatches of a parcel.
pub async fn dispatches_in(tx: &Tx, parcel: ParcelId) -> Result<Vec<Row>> {
    let sql = format!("{DISPATCH} WHERE d.parcel_id = $1 ORDER BY d.id");
    let rows: Vec<Read> = sql::all(tx, &sql, vec![parcel.0.into()]).await?;
    rows.into_iter().map(row_of).collect()
}

/// Notes that a parcel's dispatches are handed to the link now: whatever comes of it, they may arrive.
pub async fn dispatches_attempt(tx: &Tx, parcel: ParcelId) -> Result<()> {
    let sql =
        "UPDATE dispatch SET attempted = true, tries = tries + 1, sent_at = COALESCE(sent_at, $1), changed_at = $1
               WHERE parcel_id = $2 AND state IN ('packed', 'sent')";
    sql::run(tx, sql, vec![tx.now().micros().into(), parcel.0.into()]).await?;
    Ok(())
}

/// A parcel that was left with the receiver: its dispatches wait for their receipts.
pub async fn dispatches_left(tx: &Tx, parcel: ParcelId) -> Result<()> {
    let sql = "UPDATE dispatch SET state = 'sent', changed_at = $1 WHERE parcel_id = $2 AND state = 'packed'";
    sql::run(tx, sql, vec![tx.now().micros().into(), parcel.0.into()]).await?;
    Ok(())
}

/// What an answer made of a dispatch.
pub async fn dispatch_answered(tx: &Tx, id: DispatchId, state: State, reason: Option<&str>) -> Result<()> {
    let taken = matches!(state, State::Taken | State::Answered);
    let sql = "UPDATE dispatch SET state = $1, reason = $2, changed_at = $3,
            taken_at = CASE WHEN $4 = 1 THEN COALESCE(taken_at, $3) ELSE taken_at END,
            answered_at = CASE WHEN $5 = 1 THEN COALESCE(answered_at, $3) ELSE answered_at END WHERE id = $6";
    let values = vec![
        state.word().into(),
        reason.into(),
        tx.now().micros().into(),
        i64::from(taken).into(),
        i64::from(state != State::Taken).into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Among dispatches that wait for a receipt, those of items that nothing lets go on at this moment; withdrawals always may.
pub async fn dispatches_groundless(tx: &Tx, waiting: &[Row]) -> Result<Vec<DispatchId>> {
    let told = || waiting.iter().filter(|row| row.tells != Telling::Withdrawal);
    let items: Vec<ItemId> = told().map(|row| row.item).collect();
    let live = reports::onward::live_among(tx, &items, reports::onward::Way::Identification).await;
    let live = live.map_err(|_| storage::Error::Stored("onward"))?;
    Ok(told().filter(|row| !live.contains(&row.item)).map(|row| row.id).collect())
}
