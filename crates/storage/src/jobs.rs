//! Queued work, handed over by a row in the same transaction. A job may run twice; its effect happens once, because its
//! row is removed in the transaction of the effect and only by whoever holds its newest lease (fencing token).

use crate::{Backend, Db, Result, sql, tx::Tx};
use base::{Actor, JobId, Time};
use sea_orm::FromQueryResult;
use uuid::Uuid;

/// Seconds that a worker may take before another takes over.
const LEASE_SECONDS: i64 = 60;
/// Tries before a job is a dead letter.
const TRIES: i64 = 10;

/// A leased job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do: the stage's name.
    pub kind: String,
    /// What to do it to.
    pub subject: Uuid,
    fence: i64,
    tries: i64,
}

#[derive(FromQueryResult)]
struct JobRow {
    id: Uuid,
    kind: String,
    subject: Uuid,
    fence: i64,
    tries: i64,
}

/// Queues a step. The same step that is queued and not started yet is not queued again.
pub async fn enqueue(tx: &Tx, kind: &'static str, subject: Uuid) -> Result<()> {
    let sql = "INSERT INTO job (id, kind, subject, due, fence, tries, state) VALUES ($1, $2, $3, $4, 0, 0, 'due')
               ON CONFLICT DO NOTHING";
    let values = vec![tx.id(JobId::new)?.0.into(), kind.into(), subject.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Plans a step for a time to come, once: a time it was planned for before gives way. For the exchange's own machinery.
pub async fn plan(tx: &Tx, kind: &'static str, subject: Uuid, due: Time) -> Result<()> {
    let sql = "INSERT INTO job (id, kind, subject, due, fence, tries, state) VALUES ($1, $2, $3, $4, 0, 0, 'due')
               ON CONFLICT (kind, subject) WHERE fence = 0 DO UPDATE SET due = excluded.due";
    let values = vec![tx.id(JobId::new)?.0.into(), kind.into(), subject.into(), due.micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Forgets a step that was planned and not started. For the exchange's own machinery.
pub async fn unplan(tx: &Tx, kind: &'static str, subject: Uuid) -> Result<()> {
    let sql = "DELETE FROM job WHERE kind = $1 AND subject = $2 AND fence = 0";
    sql::run(tx, sql, vec![kind.into(), subject.into()]).await?;
    Ok(())
}

/// Leases the job of these kinds that has been due longest, if there is one.
pub async fn take(db: &Db, kinds: &[&'static str]) -> Result<Option<Job>> {
    let tx = db.begin(&Actor::machine("work")).await?;
    let skip = if db.backend() == Backend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let among = kinds.iter().map(|kind| format!("'{kind}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "UPDATE job SET lease_until = $1, fence = fence + 1, tries = tries + 1
         WHERE id = (SELECT id FROM job WHERE state = 'due' AND kind IN ({among}) AND due <= $2 AND (lease_until IS NULL OR lease_until < $2)
                     ORDER BY due, id LIMIT 1 {skip})
         RETURNING id, kind, subject, fence, tries"
    );
    let now = tx.now();
    let values = vec![now.plus_seconds(LEASE_SECONDS).micros().into(), now.micros().into()];
    let row: Option<JobRow> = sql::one(&tx, &sql, values).await?;
    tx.commit_upkeep().await?;
    Ok(row.map(|r| Job { id: JobId(r.id), kind: r.kind, subject: r.subject, fence: r.fence, tries: r.tries }))
}

/// Keeps a leased job for so many seconds more, for work that takes long. `Moved` when another worker has it.
pub async fn hold(db: &Db, job: &Job, seconds: i64) -> Result<()> {
    let tx = db.begin(&Actor::machine("work")).await?;
    let until = tx.now().plus_seconds(seconds).micros();
    let values = vec![until.into(), job.id.0.into(), job.fence.into()];
    let held = sql::run(&tx, "UPDATE job SET lease_until = $1 WHERE id = $2 AND fence = $3", values).await?;
    tx.commit_upkeep().await?;
    if held == 1 { Ok(()) } else { Err(crate::Error::Moved) }
}

/// The same, and notes how far it has come: how much is done of how much in all.
pub async fn advance(db: &Db, job: &Job, seconds: i64, done: u64, total: u64) -> Result<()> {
    let tx = db.begin(&Actor::machine("work")).await?;
    let whole = |n| i64::try_from(n).unwrap_or(i64::MAX);
    let until = tx.now().plus_seconds(seconds).micros();
    let values = vec![until.into(), whole(done).into(), whole(total).into(), job.id.0.into(), job.fence.into()];
    let sql = "UPDATE job SET lease_until = $1, done = $2, total = $3 WHERE id = $4 AND fence = $5";
    let held = sql::run(&tx, sql, values).await?;
    tx.commit_upkeep().await?;
    if held == 1 { Ok(()) } else { Err(crate::Error::Moved) }
}

/// How far a step has come, where it says so: how much is done of how much in all. Whoever asks was entitled to know of it.
pub async fn advanced(db: &Db, kind: &'static str, subject: Uuid) -> Result<Option<(u64, u64)>> {
    #[derive(FromQueryResult)]
    struct Far {
        done: Option<i64>,
        total: Option<i64>,
    }
    let tx = db.look(&Actor::machine("work")).await?;
    let sql = "SELECT done, total FROM job WHERE kind = $1 AND subject = $2 ORDER BY fence DESC LIMIT 1";
    let far: Option<Far> = sql::one(&tx, sql, vec![kind.into(), subject.into()]).await?;
    tx.commit_upkeep().await?;
    let whole = |n| u64::try_from(n).ok();
    Ok(far.and_then(|f| Some((whole(f.done?)?, whole(f.total?)?))))
}

/// Removes a finished job in the transaction of its effect. `Moved` when another worker has taken it over meanwhile.
pub async fn done(tx: &Tx, job: &Job) -> Result<()> {
    let values = vec![job.id.0.into(), job.fence.into()];
    match sql::run(tx, "DELETE FROM job WHERE id = $1 AND fence = $2", values).await? {
        1 => Ok(()),
        _ => Err(crate::Error::Moved),
    }
}

/// Puts a failed job back, later each time; after the last try it is a dead letter that the doctor reports.
pub async fn failed(db: &Db, job: &Job, reason: &str) -> Result<()> {
    let tx = db.begin(&Actor::machine("work")).await?;
    let wait = 1_i64 << job.tries.clamp(0, 12);
    let state = if job.tries >= TRIES { "dead" } else { "due" };
    let sql = "UPDATE job SET lease_until = NULL, due = $1, state = $2, last_error = $3 WHERE id = $4 AND fence = $5";
    let values = vec![
        tx.now().plus_seconds(wait).micros().into(),
        state.into(),
        reason.chars().take(500).collect::<String>().into(),
        job.id.0.into(),
        job.fence.into(),
    ];
    sql::run(&tx, sql, values).await?;
    tx.commit_upkeep().await
}

/// How much work waits, and how much has been given up: `(due, dead)`. What is planned for later does not wait yet.
pub async fn backlog(db: &Db) -> Result<(i64, i64)> {
    #[derive(FromQueryResult)]
    struct Count {
        due: i64,
        dead: i64,
    }
    let tx = db.look(&Actor::machine("doctor")).await?;
    let sql = "SELECT COUNT(CASE WHEN state = 'due' AND (due <= $1 OR fence > 0) THEN 1 END) AS due,
               COUNT(CASE WHEN state = 'dead' THEN 1 END) AS dead FROM job";
    let count: Option<Count> = sql::one(&tx, sql, vec![tx.now().micros().into()]).await?;
    tx.commit_upkeep().await?;
    Ok(count.map_or((0, 0), |c| (c.due, c.dead)))
}
