//! The way to the database: one embedded SQLite file, or PostgreSQL. Opens transactions for actors, and nothing else.

use crate::{Chance, Clock, DatabaseConfig, Error, Result, Tx, group::Writers};
use base::{Actor, Scope, Time};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::Notify;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// One file, one writer.
    Sqlite,
    /// A server, with row-level security as second barrier.
    Postgres,
}

impl Backend {
    /// By the URL's scheme.
    pub fn of_url(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            Ok(Self::Sqlite)
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Ok(Self::Postgres)
        } else {
            Err(Error::Schema("database url must start with sqlite: or postgres:".into()))
        }
    }
}

/// An open database. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    backend: Backend,
    /// SQLite: exactly one connection. PostgreSQL: the pool.
    write: DatabaseConnection,
    /// SQLite: connections that cannot write. PostgreSQL: the same pool.
    read: DatabaseConnection,
    /// For finding out who asks, before there is an actor. PostgreSQL: connections that see every organisation.
    door: DatabaseConnection,
    /// SQLite: writers take turns here, fairly, instead of polling a busy file.
    writers: Writers,
    clock: Clock,
    work: Notify,
}

impl Db {
    /// Opens the database; the schema must be there (see `migrate`).
    pub async fn connect(config: &DatabaseConfig, clock: Clock) -> Result<Self> {
        let backend = Backend::of_url(&config.url)?;
        let (write, read, door) = match backend {
            Backend::Sqlite => {
                let read = sqlite(&config.url, 4, true).await?;
                (sqlite(&config.url, 1, false).await?, read.clone(), read)
            }
            Backend::Postgres => {
                let pool = postgres(config, config.max_connections, "").await?;
                (pool.clone(), pool, postgres(config, config.max_connections.min(4), "*").await?)
            }
        };
        Ok(Self(Arc::new(Inner {
            backend,
            write,
            read,
            door,
            writers: Writers::default(),
            clock,
            work: Notify::new(),
        })))
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    /// The clock that this node works by.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The time now.
    pub fn now(&self) -> base::Time {
        self.0.clock.now()
    }

    /// Random bytes.
    pub fn chance(&self) -> Chance {
        Chance
    }

    /// Opens a transaction that may change rows, for an actor.
    pub async fn begin(&self, actor: &Actor) -> Result<Tx> {
        let (inner, turn) = match self.0.backend {
            Backend::Sqlite => {
                let (inner, turn) = self.0.writers.turn(&self.0.write).await?;
                (inner, Some(turn))
            }
            Backend::Postgres => (self.0.write.begin().await?, None),
        };
        let now = self.now();
        self.set_tenant(&inner, actor, now).await?;
        Ok(Tx::new(self.clone(), actor.clone(), now, inner, turn, false))
    }

    /// Opens a transaction for looking only, for an actor. Its act is written before it ends well.
    pub async fn look(&self, actor: &Actor) -> Result<Tx> {
        let inner = self.0.read.begin().await?;
        let now = self.now();
        self.set_tenant(&inner, actor, now).await?;
        Ok(Tx::new(self.clone(), actor.clone(), now, inner, None, true))
    }

    /// Connections for finding out who asks. They see every organisation; used by `agreements::sign_in` alone.
    pub fn door(&self) -> &DatabaseConnection {
        &self.0.door
    }

    /// Tells waiting workers that there is something to do.
    pub fn wake(&self) {
        self.0.work.notify_one();
    }

    /// Waits until there may be something to do, or until the time is over.
    pub async fn idle(&self, most: Duration) {
        drop(tokio::time::timeout(most, self.0.work.notified()).await);
    }

    /// SQLite: carries the write-ahead log into the file and empties it, so that what was erased, and is overwritten in the
    /// file, cannot be read from the log either. PostgreSQL does so by itself: dead rows go with autovacuum, its log with its
    /// retention.
    pub async fn forget(&self) -> Result<()> {
        if self.0.backend == Backend::Sqlite {
            self.0.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// One trivial question, to see whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.0.read.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    async fn set_tenant(&self, tx: &impl ConnectionTrait, actor: &Actor, now: Time) -> Result<()> {
        if self.0.backend == Backend::Postgres {
            let org = match actor.scope() {
                Scope::Organisation(org) => org.to_string(),
                Scope::Exchange => "*".into(),
            };
            let sql = "SELECT set_config('cport.org', $1, true), set_config('cport.kind', $2, true),
                set_config('cport.now', $3, true)";
            let values = [org.into(), actor.kind.word().into(), now.micros().to_string().into()];
            tx.query_one_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
        }
        Ok(())
    }
}

/// Opens a SQLite file, making its folder and the file when they are missing.
async fn sqlite(url: &str, connections: u32, only_reads: bool) -> Result<DatabaseConnection> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    if let Some(folder) = Path::new(path).parent() {
        tokio::fs::create_dir_all(folder).await.map_err(|e| Error::Schema(format!("folder of {path}: {e}")))?;
    }
    let mut options = ConnectOptions::new(format!("sqlite:{path}?mode=rwc"));
    options.max_connections(connections).min_connections(1).test_before_acquire(false).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(move |o| {
        let o = o
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("cache_size", "-16000")
            .pragma("mmap_size", "268435456")
            .pragma("secure_delete", "ON");
        if only_reads { o.pragma("query_only", "ON") } else { o }
    });
    Ok(Database::connect(options).await?)
}

/// Opens PostgreSQL as the application role; `tenant` is what rows are scoped to before a transaction says otherwise.
async fn postgres(config: &DatabaseConfig, connections: u32, tenant: &'static str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(config.url.clone());
    options.max_connections(connections).test_before_acquire(false).sqlx_logging(false);
    options.acquire_timeout(Duration::from_secs(30));
    let role = config.app_role.clone();
    options.map_sqlx_postgres_opts(move |o| {
        o.options([("role", role.as_str()), ("cport.org", tenant), ("cport.kind", ""), ("statement_timeout", "60000")])
            .statement_cache_capacity(200)
    });
    Ok(Database::connect(options).await?)
}
