//! What goes between the exchange and ICSE, as plain values: a dispatch is one item in one version; a parcel is what leaves
//! together; an answer is what comes back. ICSE's interface is not public: these are the words that the exchange thinks in,
//! `form` alone knows how they are written.

use base::{DispatchId, ItemId, ParcelId, Time};
use reports::onward::Facts;

/// One item in one version on its way.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Its id: the idempotency key. The same in every try; no other dispatch has it.
    pub id: DispatchId,
    /// The item.
    pub item: ItemId,
    /// Counted from 1 for each item; a receiver that has a newer one keeps that.
    pub version: i64,
    /// What it tells.
    pub tells: Tells,
}

/// What a dispatch tells of its item.
#[derive(Clone, Debug)]
pub enum Tells {
    /// It is new to the receiver, with everything about it.
    New(Box<Facts>),
    /// What was told before is not so any more; this is.
    Correction(Box<Facts>),
    /// The ground for it is gone: the receiver is to forget it. Why, in words.
    Withdrawal(String),
}

/// A sealed file on its way: the same bytes in every try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Its id.
    pub id: ParcelId,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// Bytes.
    pub size: u64,
}

/// Something that came back. `id` is the receiver's own: the same answer twice is one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The receiver's id of it, at most 100 visible ASCII characters.
    pub id: String,
    /// When the receiver says it was.
    pub at: Time,
    /// The dispatch it is about.
    pub dispatch: DispatchId,
    /// What it says.
    pub says: Says,
}

/// What an answer says of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Receipt: it is kept.
    Taken,
    /// It is not taken, and why.
    Rejected(String),
    /// What the receiver knows of the item.
    Found {
        /// What.
        word: Word,
        /// Number of the series.
        series: Option<String>,
    },
}

base::words! {
    /// What the receiver knows of an item.
    Word, "word" {
        /// Nobody had it before.
        New = "new",
        /// It was there already; the victim is not known to be identified.
        Known = "known",
        /// It belongs to material of an identified series.
        Identified = "identified",
        /// The victim is identified.
        VictimIdentified = "victim_identified",
    }
}
