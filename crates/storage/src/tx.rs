//! A transaction bound to an actor. It ends well in one way only: with an act, whose audit entry it carries.

use crate::{Chance, Db, Result, audit_log, group::Turn};
use audit::Act;
use base::{Actor, EntryId, Time};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use std::sync::atomic::{AtomicU16, Ordering};

/// An open transaction of one actor. Dropping it without [`Tx::commit`] rolls everything back.
pub struct Tx {
    db: Db,
    actor: Actor,
    now: Time,
    inner: DatabaseTransaction,
    // SQLite: this writer's turn. Declared after `inner`: the savepoint ends before the next writer starts.
    turn: Option<Turn>,
    only_looks: bool,
    made: AtomicU16,
}

impl Tx {
    pub(crate) fn new(
        db: Db,
        actor: Actor,
        now: Time,
        inner: DatabaseTransaction,
        turn: Option<Turn>,
        only_looks: bool,
    ) -> Self {
        Self { db, actor, now, inner, turn, only_looks, made: AtomicU16::new(0) }
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The time of this transaction: one for all its rows.
    pub fn now(&self) -> Time {
        self.now
    }

    /// A new id of any kind: `tx.id(ReportId::new)?`. Ids of one transaction sort in the order they were made: its first
    /// twelve random bits count (RFC 9562, section 6.2, method 1).
    pub fn id<T>(&self, make: impl FnOnce(Time, [u8; 10]) -> T) -> Result<T> {
        let [high, low] = self.made.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let [_, _, rest @ ..]: [u8; 10] = Chance.bytes()?;
        let [c, d, e, f, g, h, i, j] = rest;
        Ok(make(self.now, [high & 0x0f, low, c, d, e, f, g, h, i, j]))
    }

    /// Writes a further act of the same transaction. A transaction that only looks cannot.
    pub async fn note(&self, act: &dyn Act) -> Result<()> {
        audit_log::append(&self.inner, self.id(EntryId::new)?, self.now, &self.actor, act).await
    }

    /// Ends the transaction well: writes the act's entry and commits both, or neither. Looks are written first and
    /// return only when they are in the log.
    pub async fn commit(self, act: &dyn Act) -> Result<()> {
        let entry = self.id(EntryId::new)?;
        let Self { db, actor, now, inner, turn, only_looks, .. } = self;
        if only_looks && db.backend() == crate::Backend::Sqlite {
            // The reading connection cannot write. What was read is returned only after this commit.
            inner.commit().await?;
            let Self { inner, turn, .. } = db.begin(&actor).await?;
            audit_log::append(&inner, entry, now, &actor, act).await?;
            end(inner, turn).await?;
        } else {
            audit_log::append(&inner, entry, now, &actor, act).await?;
            end(inner, turn).await?;
        }
        db.wake();
        Ok(())
    }

    /// Ends a transaction of the exchange's own machinery that changed nothing worth an entry, such as taking the next
    /// job. Rows that people can see never change this way: the house test lists the callers.
    pub(crate) async fn commit_upkeep(self) -> Result<()> {
        end(self.inner, self.turn).await
    }
}

/// Commits, and returns when it is on disk.
async fn end(inner: DatabaseTransaction, turn: Option<Turn>) -> Result<()> {
    inner.commit().await?;
    match turn {
        Some(turn) => turn.done().await,
        None => Ok(()),
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }
    async fn execute_raw(&self, stmt: Statement) -> std::result::Result<ExecResult, DbErr> {
        self.inner.execute_raw(stmt).await
    }
    async fn execute_unprepared(&self, sql: &str) -> std::result::Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }
    async fn query_one_raw(&self, stmt: Statement) -> std::result::Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(stmt).await
    }
    async fn query_all_raw(&self, stmt: Statement) -> std::result::Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(stmt).await
    }
}
