//! Group commit for SQLite. Writers take turns on the one writing connection; as long as the next one is already waiting,
//! the physical transaction stays open, each writer working in a savepoint of its own. One flush to disk then makes all of
//! them durable, and only then does any of them hear that it is done. A writer that is refused rolls back its savepoint
//! alone; a flush that fails fails for all.

use crate::{Error, Result};
use sea_orm::{DatabaseConnection, DatabaseTransaction, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// Transactions made durable by one flush at most, so that nobody waits long for the others.
const MOST: usize = 64;

/// Takes turns for a writing connection.
#[derive(Clone, Default)]
pub struct Writers {
    group: Arc<Mutex<Group>>,
    queued: Arc<AtomicUsize>,
}

/// The physical transaction that is open, and who waits for its end.
#[derive(Default)]
struct Group {
    open: Option<DatabaseTransaction>,
    waiting: Vec<oneshot::Sender<bool>>,
}

/// One writer's turn. Dropped without [`Turn::done`], the others' work still reaches the disk.
pub struct Turn {
    group: Option<OwnedMutexGuard<Group>>,
    queued: Arc<AtomicUsize>,
}

impl Writers {
    /// Waits for a turn; the transaction returned is this writer's own savepoint.
    pub async fn turn(&self, connection: &DatabaseConnection) -> Result<(DatabaseTransaction, Turn)> {
        let place = Queued::join(self);
        let mut group = Arc::clone(&self.group).lock_owned().await;
        place.called();
        let open = match group.open.take() {
            Some(open) => open,
            None => {
                let immediate = TransactionOptions {
                    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                    ..TransactionOptions::default()
                };
                connection.begin_with_options(immediate).await?
            }
        };
        let own = open.begin().await;
        group.open = Some(open);
        let turn = Turn { group: Some(group), queued: Arc::clone(&self.queued) };
        Ok((own?, turn))
    }
}

impl Turn {
    /// Ends the turn after the savepoint was released; returns once it is on disk.
    pub async fn done(mut self) -> Result<()> {
        let Some(mut group) = self.group.take() else { return Err(Error::Moved) };
        let (told, tell) = oneshot::channel();
        group.waiting.push(told);
        if self.queued.load(Ordering::SeqCst) == 0 || group.waiting.len() >= MOST {
            // A task of its own: a caller that goes away must not interrupt the others' flush.
            tokio::spawn(flush(group));
        } else {
            drop(group);
        }
        match tell.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Error::NotDurable),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(group) = self.group.take() else { return };
        if self.queued.load(Ordering::SeqCst) == 0 && tokio::runtime::Handle::try_current().is_ok() {
            tokio::spawn(flush(group));
        }
    }
}

async fn flush(mut group: OwnedMutexGuard<Group>) {
    let durable = match group.open.take() {
        Some(open) => {
            open.commit().await.inspect_err(|error| tracing::error!(%error, "a flush to disk failed")).is_ok()
        }
        None => false,
    };
    for told in group.waiting.drain(..) {
        // Who has gone away does not need to be told.
        let _ = told.send(durable);
    }
}

/// A place in the queue. Whoever gives it up as the last one, without a turn, lets the others' work reach the disk.
struct Queued {
    writers: Writers,
    called: bool,
}

impl Queued {
    fn join(writers: &Writers) -> Self {
        writers.queued.fetch_add(1, Ordering::SeqCst);
        Self { writers: writers.clone(), called: false }
    }

    fn called(mut self) {
        self.called = true;
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        let last = self.writers.queued.fetch_sub(1, Ordering::SeqCst) == 1;
        if last && !self.called && tokio::runtime::Handle::try_current().is_ok() {
            let group = Arc::clone(&self.writers.group);
            tokio::spawn(async move { flush(group.lock_owned().await).await });
        }
    }
}
