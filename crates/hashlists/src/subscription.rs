//! Subscriptions: a list of one's own that is filled from another server on a schedule. Here are their rows, schedule and
//! checkpoint; the fetching is `exchange`'s. An outage is harmless: the checkpoint stays, the next try is later.

use crate::{Act, Error, Result, Subscription, SubscriptionKind, list, store};
use base::{Actor, BlobId, ListId, Refusal, SubscriptionId};
use storage::{Db, Tx};

/// Seconds between two fetches, at least and at most.
const OFTEN: std::ops::RangeInclusive<i64> = 60..=7 * 86_400;
/// Seconds that one fetch may take before another node tries.
const LEASE_SECONDS: i64 = 600;

/// A subscription as it comes in.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// `cport` or `hash_sharing`.
    pub kind: &'a str,
    /// Where.
    pub url: &'a str,
    /// User name and password, sealed by the caller for the actor's organisation.
    pub credential: Option<BlobId>,
    /// Seconds between two fetches.
    pub every_seconds: i64,
}

/// Subscribes a list of the actor's to a server; the first fetch is due at once.
pub async fn subscribe(tx: &Tx, id: ListId, incoming: &Incoming<'_>) -> Result<(Subscription, Act)> {
    let list = list::own(tx, id).await?;
    let kind: SubscriptionKind = incoming.kind.parse()?;
    let url = base::one_line("url", incoming.url, 2000)?;
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Refusal::new("url", "bad-url", "the address begins with https:// or http://").into());
    }
    if !OFTEN.contains(&incoming.every_seconds) {
        let reason = format!("`every_seconds` is {} to {}", OFTEN.start(), OFTEN.end());
        return Err(Refusal::new("every_seconds", "out-of-range", reason).into());
    }
    let subscription = Subscription {
        id: tx.id(SubscriptionId::new)?,
        list: id,
        kind,
        url,
        credential: incoming.credential,
        every_seconds: incoming.every_seconds,
        checkpoint: None,
        due_at: tx.now(),
        fetched_at: None,
        failures: 0,
        last_error: None,
        ended_at: None,
    };
    store::subscription_add(tx, &subscription, list.publisher).await?;
    let act = Act::SubscriptionSet(subscription.id, id);
    Ok((subscription, act))
}

/// Subscriptions of a list of the actor's.
pub async fn subscriptions(tx: &Tx, id: ListId) -> Result<Vec<Subscription>> {
    list::own(tx, id).await?;
    store::subscriptions(tx, id).await
}

/// Ends a subscription; what it brought stays.
pub async fn end(tx: &Tx, list: ListId, id: SubscriptionId) -> Result<Act> {
    if store::subscription_end(tx, list, id).await? {
        return Ok(Act::SubscriptionSet(id, list));
    }
    Err(Error::NotFound)
}

/// Takes the subscription that is due, if there is one; another node does not take it for ten minutes.
pub async fn take_due(db: &Db) -> Result<Option<Subscription>> {
    let tx = db.begin(&Actor::machine("subscriptions")).await?;
    let Some(taken) = store::subscription_take(&tx, LEASE_SECONDS).await? else {
        return Ok(None);
    };
    tx.commit(&Act::SubscriptionSet(taken.id, taken.list)).await?;
    Ok(Some(taken))
}

/// Keeps the checkpoint, in the transaction of the rows before it.
pub async fn checkpoint(tx: &Tx, id: SubscriptionId, checkpoint: Option<&str>) -> Result<()> {
    store::subscription_checkpoint(tx, id, checkpoint).await
}

/// Notes how a fetch ended. After a failure the next try waits twice as long each time, a day at most.
pub async fn fetched(db: &Db, of: &Subscription, error: Option<&str>) -> Result<()> {
    let tx = db.begin(&Actor::machine("subscriptions")).await?;
    let list = list::own(&tx, of.list).await?;
    let wait = match error {
        None => of.every_seconds,
        Some(_) => (30_i64 << of.failures.clamp(0, 12)).min(86_400).min(of.every_seconds.max(30)),
    };
    store::subscription_fetched(&tx, of.id, error, tx.now().plus_seconds(wait)).await?;
    Ok(tx.commit(&Act::SubscriptionFetched(of.id, error.is_some(), list.publisher)).await?)
}
