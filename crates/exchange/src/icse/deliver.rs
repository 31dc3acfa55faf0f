//! Hands parcels over. A parcel goes out again, later each time, until every item in it has its receipt; it is never given up,
//! and no parcel waits for another. One that the receiver refuses as a whole is taken apart: its items go alone, so that one
//! bad item keeps nothing else back.

use super::{
    act::Act,
    answer::{self, Heard},
    client::{Delivered, Link, Trouble},
    lease,
    plan::State,
    release::{self, Destination},
    store, take,
};
use crate::Result;
use base::{Actor, BlobId, DispatchId, ParcelId};
use futures_util::{StreamExt, TryStreamExt};
use storage::{Backend, Db, Tx, evidence::Vault};

/// Seconds after which what was left without a receipt is handed over again: the receiver takes the same once.
const AGAIN_SECONDS: i64 = 6 * 3600;
/// Longest wait between two tries, in seconds.
const LONGEST_WAIT: i64 = 900;
/// Seconds until it is asked again whether evidence may leave.
const CLOSED_SECONDS: i64 = 2;

/// What deliveries need.
pub struct Out<'a> {
    /// The database.
    pub db: &'a Db,
    /// Where sealed parcels lie.
    pub vault: &'a Vault,
    /// The way out.
    pub link: &'a Link,
    /// Where it leads.
    pub destination: &'a Destination,
    /// Most bytes of an answer.
    pub answer_bytes: u64,
}

/// What becomes of a parcel before it leaves.
enum Ready {
    /// It goes out.
    Go(Box<store::Held>),
    /// It was dealt with: taken apart, put back.
    Not(Vec<BlobId>),
}

/// Hands the parcel over that has been due longest, if there is one that may leave.
///
/// # Errors
/// The database cannot be read or written.
pub async fn next(out: &Out<'_>) -> Result<bool> {
    let tx = out.db.begin(&Actor::machine("identification")).await?;
    let Some(held) = store::parcel_take(&tx, lease::SECONDS, out.db.backend() == Backend::Postgres).await? else {
        return Ok(false);
    };
    let held = match before(out, tx, held).await? {
        Ready::Go(held) => held,
        Ready::Not(gone) => {
            out.vault.remove(&gone).await;
            return Ok(true);
        }
    };
    let delivered = lease::kept(out.db, held.parcel.id, held.fence, hand_over(out, &held)).await;
    let gone = afterwards(out, &held, delivered).await?;
    out.vault.remove(&gone).await;
    Ok(true)
}

/// Whether a parcel may leave now: the link is released for where it points, and something lets each item in it go on. What is
/// handed over is noted before it is, so that an answer to it is never one to something never sent.
async fn before(out: &Out<'_>, tx: Tx, held: store::Held) -> Result<Ready> {
    let releases = store::releases(&tx).await?;
    if !release::open(releases.iter().map(|r| &r.standing), &out.destination.digest) {
        let wait = store::Tried { left: false, wait: CLOSED_SECONDS, error: Some("the link is not released") };
        store::parcel_back(&tx, &held, wait).await?;
        tx.commit(&Act::Left(held.parcel.id, "closed")).await?;
        return Ok(Ready::Not(Vec::new()));
    }
    let waiting = waiting(&tx, held.parcel.id).await?;
    if waiting.is_empty() {
        // Every receipt came meanwhile.
        let blob = store::parcel_end(&tx, held.parcel.id).await?;
        let gone = erase(out, &tx, blob).await?;
        tx.commit(&Act::Left(held.parcel.id, "left")).await?;
        return Ok(Ready::Not(gone));
    }
    let groundless = store::dispatches_groundless(&tx, &waiting).await?;
    if !groundless.is_empty() {
        let gone = take_apart(out, &tx, &held, &waiting, &groundless).await?;
        tx.commit(&Act::Unpacked(held.parcel.id)).await?;
        return Ok(Ready::Not(gone));
    }
    for row in waiting.iter().filter(|row| row.tries == 0) {
        tx.note(&Act::Sent { dispatch: row.id, item: row.item, by: row.hotline }).await?;
    }
    store::dispatches_attempt(&tx, held.parcel.id).await?;
    tx.commit(&Act::Left(held.parcel.id, "begun")).await?;
    Ok(Ready::Go(Box::new(held)))
}

/// What in a parcel waits for its receipt.
async fn waiting(tx: &Tx, parcel: ParcelId) -> Result<Vec<store::Row>> {
    let mut rows = store::dispatches_in(tx, parcel).await?;
    rows.retain(store::Row::waits);
    Ok(rows)
}

/// Takes a parcel apart because the ground of some items is gone. What was never handed over goes back into the queue and is
/// planned anew; what may have arrived is parked, so that a withdrawal follows it.
async fn take_apart(
    out: &Out<'_>,
    tx: &Tx,
    held: &store::Held,
    waiting: &[store::Row],
    groundless: &[DispatchId],
) -> Result<Vec<BlobId>> {
    let lost = |row: &&store::Row| row.attempted && groundless.contains(&row.id);
    let parked: Vec<DispatchId> = waiting.iter().filter(lost).map(|row| row.id).collect();
    let back: Vec<DispatchId> = waiting.iter().map(|row| row.id).filter(|id| !parked.contains(id)).collect();
    let gone = store::parcel_end(tx, held.parcel.id).await?;
    let again = store::Set { state: State::Queued, parcel: None, reason: None, wait: CLOSED_SECONDS };
    store::dispatches_set(tx, &back, again).await?;
    let reason = "its ground went while it was under way, and whether it arrived is not known";
    let park = store::Set { state: State::Parked, parcel: None, reason: Some(reason), wait: 0 };
    store::dispatches_set(tx, &parked, park).await?;
    erase(out, tx, gone).await
}

pub(super) async fn erase(out: &Out<'_>, tx: &Tx, blob: Option<BlobId>) -> Result<Vec<BlobId>> {
    let Some(blob) = blob else { return Ok(Vec::new()) };
    out.vault.erase(tx, blob).await?;
    Ok(vec![blob])
}

async fn hand_over(out: &Out<'_>, held: &store::Held) -> Result<Delivered, Trouble> {
    let later = |error: storage::Error| Trouble::Later(error.to_string());
    let tx = out.db.look(&Actor::machine("identification")).await.map_err(later)?;
    let locked = out.vault.find(&tx, held.blob).await.map_err(later)?;
    drop(tx);
    let Some(locked) = locked else { return Err(Trouble::Refused("the sealed parcel is gone".into())) };
    let opening = out.vault.unlock(out.db, locked).await.map_err(later)?;
    let body = opening.into_stream().map_err(std::io::Error::other).boxed();
    out.link.deliver(&held.parcel, body).await
}

async fn afterwards(out: &Out<'_>, held: &store::Held, delivered: Result<Delivered, Trouble>) -> Result<Vec<BlobId>> {
    let heard = match &delivered {
        Ok(Delivered::Answered(bytes)) => match answer::read(bytes, out.answer_bytes) {
            Ok(heard) => heard,
            Err(bad) => return refused(out, held, &format!("the receiver's answer is no receipt: {bad}")).await,
        },
        Ok(Delivered::Left) => Heard::default(),
        Err(Trouble::Later(reason)) => return later(out, held, reason).await,
        Err(Trouble::Refused(reason)) => return refused(out, held, reason).await,
    };
    let tx = out.db.begin(&Actor::machine("identification")).await?;
    store::parcel_hold(&tx, held).await?;
    let taken = take::apply(&tx, &heard).await?;
    store::dispatches_left(&tx, held.parcel.id).await?;
    let gone = if store::parcel_waits(&tx, held.parcel.id).await? {
        store::parcel_back(&tx, held, store::Tried { left: true, wait: AGAIN_SECONDS, error: None }).await?;
        Vec::new()
    } else {
        let blob = store::parcel_end(&tx, held.parcel.id).await?;
        erase(out, &tx, blob).await?
    };
    tx.note(&taken.act()).await?;
    tx.commit(&Act::Left(held.parcel.id, "left")).await?;
    Ok(gone)
}

/// It could not be handed over, or it is not known whether it was.
async fn later(out: &Out<'_>, held: &store::Held, reason: &str) -> Result<Vec<BlobId>> {
    tracing::warn!(parcel = %held.parcel.id, reason, "a parcel could not be handed over and is tried again later");
    let tx = out.db.begin(&Actor::machine("identification")).await?;
    let wait = (1_i64 << held.tries.clamp(0, 12)).min(LONGEST_WAIT);
    store::parcel_back(&tx, held, store::Tried { left: held.left, wait, error: Some(reason) }).await?;
    tx.commit(&Act::Left(held.parcel.id, "later")).await?;
    Ok(Vec::new())
}

/// The receiver does not take it: its items go alone, and one that is alone already waits for somebody to look.
async fn refused(out: &Out<'_>, held: &store::Held, reason: &str) -> Result<Vec<BlobId>> {
    let tx = out.db.begin(&Actor::machine("identification")).await?;
    store::parcel_hold(&tx, held).await?;
    let blob = refuse(&tx, held.parcel.id, reason).await?;
    let gone = erase(out, &tx, blob).await?;
    tx.commit(&Act::Left(held.parcel.id, "refused")).await?;
    Ok(gone)
}

/// Takes a parcel apart that the receiver refused as a whole; returns its sealed object.
pub(super) async fn refuse(tx: &Tx, parcel: ParcelId, reason: &str) -> Result<Option<BlobId>> {
    let open: Vec<DispatchId> = waiting(tx, parcel).await?.iter().map(|row| row.id).collect();
    let alone = open.len() == 1;
    if !alone {
        store::dispatches_alone(tx, parcel).await?;
    }
    let blob = store::parcel_end(tx, parcel).await?;
    let state = if alone { State::Parked } else { State::Queued };
    store::dispatches_set(tx, &open, store::Set { state, parcel: None, reason: Some(reason), wait: 0 }).await?;
    Ok(blob)
}
