//! What INTERPOL's desk sees of the link: counts, times and reasons, never what is in an item; and trying again.

use super::{
    act::Act,
    plan::{State, Telling},
    store::{self, Row},
};
use crate::{Error, Result};
use agreements::{Doing, may};
use base::{Country, DispatchId, ItemId, OrgId, Time};
use storage::{Page, Tx, keyset};
use uuid::Uuid;

/// What flows from one country.
#[derive(Clone, Debug)]
pub struct Flow {
    /// The hotline's country.
    pub country: Option<Country>,
    /// Queued or packed.
    pub waiting: i64,
    /// Left, without a receipt.
    pub sent: i64,
    /// With a receipt.
    pub taken: i64,
    /// With an answer.
    pub answered: i64,
    /// Parked or rejected.
    pub failed: i64,
    /// When the oldest that has no receipt was queued.
    pub oldest_unsent: Option<Time>,
    /// When the last receipt came.
    pub last_taken: Option<Time>,
}

/// How the link itself is.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// When answers were last asked for.
    pub polled_at: Option<Time>,
    /// What was wrong then.
    pub poll_trouble: Option<String>,
    /// What was wrong when a parcel could not be handed over; none once all went.
    pub delivery_trouble: Option<String>,
    /// When that is tried again.
    pub next_try: Option<Time>,
    /// Answers that fit nothing that was sent.
    pub strays: i64,
}

/// A dispatch, as the desk sees it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub id: DispatchId,
    /// The item.
    pub item: ItemId,
    /// The hotline.
    pub hotline: OrgId,
    /// Its country.
    pub country: Option<Country>,
    /// Counted for each item.
    pub version: i64,
    /// What it tells.
    pub tells: Telling,
    /// Where it is.
    pub state: State,
    /// Why, where that needs saying.
    pub reason: Option<String>,
    /// How often it was handed over.
    pub tries: i64,
    /// When it was queued.
    pub created_at: Time,
    /// When it last changed.
    pub changed_at: Time,
    /// When it was first handed over.
    pub sent_at: Option<Time>,
    /// When the receipt came.
    pub taken_at: Option<Time>,
    /// When the answer came.
    pub answered_at: Option<Time>,
}

/// An answer that fits nothing.
#[derive(Clone, Debug)]
pub struct Stray {
    /// The receiver's id of it.
    pub id: String,
    /// When it came.
    pub at: Time,
    /// Why it fits nothing.
    pub why: String,
}

base::words! {
    /// Which dispatches are looked at.
    Which, "which" {
        /// What has no receipt yet.
        Open = "open",
        /// What somebody has to look at.
        Failed = "failed",
        /// What is through.
        Through = "through",
    }
}

impl Which {
    const fn states(self) -> &'static [State] {
        match self {
            Self::Open => &[State::Queued, State::Packed, State::Sent],
            Self::Failed => &[State::Parked, State::Rejected],
            Self::Through => &[State::Taken, State::Answered],
        }
    }
}

/// How the link is and what flows: for INTERPOL's desk. The secretariat, which releases the link, learns nothing of what
/// hotlines send, not even that they do.
pub async fn overview(tx: &Tx) -> Result<(Link, Vec<Flow>, Vec<Stray>)> {
    if !may(tx.actor().kind, tx.actor().role, Doing::RunLink) {
        return Ok((Link::default(), Vec::new(), Vec::new()));
    }
    Ok((store::link(tx).await?, store::flows(tx).await?, store::strays(tx).await?))
}

/// Dispatches, last changed first.
pub async fn dispatches(tx: &Tx, which: Which, after: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Shown>> {
    let rows = store::dispatches_shown(tx, which.states(), after, limit).await?;
    Ok(keyset::page(rows, limit, |d| (d.changed_at.micros(), d.id.0))?)
}

/// Tries a dispatch again that was parked or rejected. What may have arrived goes as a new version, because the receiver
/// answers the same id the same.
pub async fn retry(tx: &Tx, id: DispatchId) -> Result<Act> {
    let row = store::dispatch_find(tx, id).await?.ok_or(Error::NotFound)?;
    let newest = store::dispatch_last(tx, row.item).await?.map(|l| l.id);
    if !matches!(row.state, State::Parked | State::Rejected) || newest != Some(id) {
        return Err(Error::conflict("not-failed", "dispatch", "only what failed last can be tried again"));
    }
    if row.attempted {
        let again = Row {
            id: tx.id(DispatchId::new)?,
            version: row.version + 1,
            state: State::Queued,
            reason: None,
            alone: false,
            attempted: false,
            parcel: None,
            ..row
        };
        store::dispatch_add(tx, &again).await?;
    } else {
        let set = store::Set { state: State::Queued, parcel: None, reason: None, wait: 0 };
        store::dispatches_set(tx, &[id], set).await?;
    }
    Ok(Act::Retried(id))
}
