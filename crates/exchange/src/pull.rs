//! Fills lists from other servers, one subscription at a time, on its schedule.
//!
//! 1. Rows and the place to go on from are written in one transaction: a stop in the middle repeats nothing and loses
//!    nothing.
//! 2. A page counts when all of it could be read and checked. Before that nothing of it is written.
//! 3. A server that is away or talks nonsense changes nothing: the place stays, the reason is told on the list's page, the
//!    next try is later each time.

use crate::{
    cport, ncmec,
    peer::{Credential, Peer, Trouble},
};
use base::{Actor, ImportId};
use hashlists::{
    Lists, Subscription, SubscriptionKind,
    import::{self, Input, Line, Reading},
    subscription,
    write::MOST_ROWS,
};
use std::time::Duration;
use storage::{Db, evidence::Vault};
use tokio::time::Instant;

/// Longest time one fetch goes on before it lets others in; below the time after which another node tries.
const LONGEST: Duration = Duration::from_secs(480);

/// Fetches the subscription that is due, if there is one; says whether there was.
pub async fn next(db: &Db, vault: &Vault, lists: &Lists) -> hashlists::Result<bool> {
    let Some(due) = subscription::take_due(db).await? else { return Ok(false) };
    let error = match pull(db, vault, lists, &due).await {
        Ok(()) => None,
        // Our own trouble is the log's; the publisher is told that there was some.
        Err(Trouble::Storage(error)) => {
            tracing::error!(%error, "a subscription cannot be kept");
            Some("something went wrong on our side".to_owned())
        }
        Err(trouble) => Some(trouble.to_string()),
    };
    subscription::fetched(db, &due, error.as_deref()).await?;
    Ok(true)
}

async fn pull(db: &Db, vault: &Vault, lists: &Lists, due: &Subscription) -> Result<(), Trouble> {
    let credential = credential(db, vault, due).await?;
    let peer = Peer::find(&due.url, credential, lists.config.private_peers).await?;
    let mut intake = Intake { db, lists, due, import: None, until: Instant::now() + LONGEST };
    match due.kind {
        SubscriptionKind::Cport => cport::sync::pull(&peer, &mut intake).await?,
        SubscriptionKind::HashSharing => ncmec::sync::pull(&peer, &mut intake).await?,
    }
    intake.finish().await
}

async fn credential(db: &Db, vault: &Vault, due: &Subscription) -> Result<Option<Credential>, Trouble> {
    let Some(id) = due.credential else { return Ok(None) };
    let tx = db.look(&Actor::machine("subscriptions")).await?;
    let locked = vault.find(&tx, id).await?.ok_or(Trouble::Address("its user name and password were erased"))?;
    drop(tx);
    let text = vault.open_locked(db, locked).await?;
    let read = serde_json::from_slice(&text).map_err(|_| Trouble::Address("its user name and password are damaged"));
    read.map(Some)
}

/// Where rows of a fetch go: one import into the list, begun with the first row.
pub struct Intake<'a> {
    db: &'a Db,
    lists: &'a Lists,
    /// The subscription.
    pub due: &'a Subscription,
    import: Option<(ImportId, i64)>,
    until: Instant,
}

impl Intake<'_> {
    /// The time now.
    pub fn now(&self) -> base::Time {
        self.db.now()
    }

    /// What being on the list means.
    pub async fn class(&self) -> Result<hashlists::ListClass, Trouble> {
        let tx = self.db.look(&Actor::machine("subscriptions")).await?;
        Ok(hashlists::list::own(&tx, self.due.list).await?.class)
    }

    /// Whether the fetch should let others in and go on another time.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Writes a page's rows and, with the last of them, where to go on.
    pub async fn take(
        &mut self,
        records: Vec<Result<hashlists::Record, base::Refusal>>,
        checkpoint: &str,
    ) -> Result<(), Trouble> {
        let mut rest = records.into_iter().peekable();
        if rest.peek().is_none() {
            return self.keep(checkpoint).await;
        }
        while rest.peek().is_some() {
            let (import, read) = self.begun().await?;
            let lines: Vec<Line> = (read + 1..).zip(rest.by_ref().take(MOST_ROWS)).collect();
            let read = read + i64::try_from(lines.len()).unwrap_or(i64::MAX);
            let tx = self.db.begin(&Actor::machine("subscriptions")).await?;
            let reading = Reading { profiles: &self.lists.profiles, profile: Some(ncmec::PROFILE) };
            let (_, act) = import::take(&tx, import, reading, lines, &read.to_string()).await?;
            if rest.peek().is_none() {
                subscription::checkpoint(&tx, self.due.id, Some(checkpoint)).await?;
            }
            tx.commit(&act).await?;
            self.import = Some((import, read));
        }
        Ok(())
    }

    /// Keeps only where to go on.
    pub async fn keep(&self, checkpoint: &str) -> Result<(), Trouble> {
        let tx = self.db.begin(&Actor::machine("subscriptions")).await?;
        subscription::checkpoint(&tx, self.due.id, Some(checkpoint)).await?;
        tx.commit(&hashlists::Act::SubscriptionSet(self.due.id, self.due.list)).await?;
        Ok(())
    }

    /// The import of this fetch and how many of its rows were taken; one that was interrupted goes on.
    async fn begun(&mut self) -> Result<(ImportId, i64), Trouble> {
        if let Some(begun) = self.import {
            return Ok(begun);
        }
        let tx = self.db.begin(&Actor::machine("subscriptions")).await?;
        let fingerprint = format!("subscription {}", self.due.id);
        let name: String = self.due.url.chars().take(300).collect();
        let input = Input { form: self.due.kind.word(), name: &name, fingerprint: &fingerprint };
        let (import, act) = import::begin(&tx, self.due.list, &input).await?;
        tx.commit(&act).await?;
        let begun = (import.id, import.counts.lines);
        self.import = Some(begun);
        Ok(begun)
    }

    async fn finish(self) -> Result<(), Trouble> {
        if let Some((import, _)) = self.import {
            let tx = self.db.begin(&Actor::machine("subscriptions")).await?;
            let (_, act) = import::finish(&tx, import, None).await?;
            tx.commit(&act).await?;
        }
        Ok(())
    }
}
