//! Table `hash_subscription`.

use super::{Stored, scoped, word};
use crate::{Result, Subscription};
use base::{BlobId, ListId, OrgId, SubscriptionId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct SubscriptionRow {
    id: Uuid,
    list_id: Uuid,
    kind: String,
    url: String,
    credential_id: Option<Uuid>,
    every_seconds: i64,
    checkpoint: Option<String>,
    due_at: i64,
    fetched_at: Option<i64>,
    failures: i64,
    last_error: Option<String>,
    ended_at: Option<i64>,
}

fn subscription_of(row: SubscriptionRow) -> Stored<Subscription> {
    Ok(Subscription {
        id: SubscriptionId(row.id),
        list: ListId(row.list_id),
        kind: word(&row.kind, "hash_subscription.kind")?,
        url: row.url,
        credential: row.credential_id.map(BlobId),
        every_seconds: row.every_seconds,
        checkpoint: row.checkpoint,
        due_at: Time::from_micros(row.due_at),
        fetched_at: row.fetched_at.map(Time::from_micros),
        failures: row.failures,
        last_error: row.last_error,
        ended_at: row.ended_at.map(Time::from_micros),
    })
}

pub async fn subscription_add(tx: &Tx, s: &Subscription, publisher: OrgId) -> Result<()> {
    let sql =
        "INSERT INTO hash_subscription (id, list_id, publisher_id, kind, url, credential_id, every_seconds, due_at,
        failures, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $8)";
    let values = vec![
        s.id.0.into(),
        s.list.0.into(),
        publisher.0.into(),
        s.kind.word().into(),
        s.url.clone().into(),
        s.credential.map(|c| c.0).into(),
        s.every_seconds.into(),
        s.due_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Subscriptions that fill a list of the actor's.
pub async fn subscriptions(tx: &Tx, list: ListId) -> Result<Vec<Subscription>> {
    let sql =
        "SELECT * FROM hash_subscription WHERE ($1 = 1 OR publisher_id = $2) AND list_id = $3 ORDER BY created_at, id";
    let rows: Vec<SubscriptionRow> = sql::all(tx, sql, scoped(tx, [list.0.into()])).await?;
    Ok(rows.into_iter().map(subscription_of).collect::<Stored<_>>()?)
}

/// Ends a subscription of the actor's; says whether there was one.
pub async fn subscription_end(tx: &Tx, list: ListId, id: SubscriptionId) -> Result<bool> {
    let sql =
        "UPDATE hash_subscription SET ended_at = $3 WHERE ($1 = 1 OR publisher_id = $2) AND list_id = $4 AND id = $5
               AND ended_at IS NULL";
    let values = scoped(tx, [tx.now().micros().into(), list.0.into(), id.0.into()]);
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Takes the subscription that has been due longest and lets nobody else take it for so many seconds.
pub async fn subscription_take(tx: &Tx, seconds: i64) -> Result<Option<Subscription>> {
    let now = tx.now().micros();
    let sql = "UPDATE hash_subscription SET due_at = $1, tried_at = $2 WHERE ended_at IS NULL AND due_at <= $2 AND id = (
        SELECT id FROM hash_subscription WHERE ended_at IS NULL AND due_at <= $2 ORDER BY due_at, id LIMIT 1) RETURNING *";
    let values = vec![tx.now().plus_seconds(seconds).micros().into(), now.into()];
    let row: Option<SubscriptionRow> = sql::one(tx, sql, values).await?;
    Ok(row.map(subscription_of).transpose()?)
}

/// Notes how a fetch ended, and when the next is due.
pub async fn subscription_fetched(tx: &Tx, id: SubscriptionId, error: Option<&str>, due: Time) -> Result<()> {
    let sql = "UPDATE hash_subscription SET due_at = $1, last_error = $2,
        failures = CASE WHEN $3 = 1 THEN failures + 1 ELSE 0 END,
        fetched_at = CASE WHEN $3 = 1 THEN fetched_at ELSE $4 END WHERE id = $5";
    let error: Option<String> = error.map(|e| e.chars().take(500).collect());
    let failed = i64::from(error.is_some());
    let values = vec![due.micros().into(), error.into(), failed.into(), tx.now().micros().into(), id.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Notes where to go on, in the transaction of the rows before.
pub async fn subscription_checkpoint(tx: &Tx, id: SubscriptionId, checkpoint: Option<&str>) -> Result<()> {
    let sql = "UPDATE hash_subscription SET checkpoint = $1 WHERE id = $2";
    sql::run(tx, sql, vec![checkpoint.map(str::to_owned).into(), id.0.into()]).await?;
    Ok(())
}
