//! The page of the link to victim identification.

use super::{
    base::{Base, FieldError, error_of},
    words::{t, t1, t2, word},
};
use askama::Template;

/// What flows from one country.
#[derive(Clone, Debug, Default)]
pub struct FlowRow {
    /// The country.
    pub country: Option<String>,
    /// Queued or packed.
    pub waiting: u64,
    /// Without a receipt.
    pub sent: u64,
    /// With a receipt.
    pub taken: u64,
    /// Answered.
    pub answered: u64,
    /// Parked or rejected.
    pub failed: u64,
    /// Hours and minutes that the oldest without a receipt has waited.
    pub oldest: Option<(i64, i64)>,
}

/// An answer that fits nothing.
#[derive(Clone, Debug, Default)]
pub struct StrayRow {
    /// The receiver's id of it.
    pub id: String,
    /// When it came.
    pub at: String,
    /// Why.
    pub why: String,
}

/// A release or proposal.
#[derive(Clone, Debug, Default)]
pub struct ReleaseRow {
    /// Its id.
    pub id: String,
    /// Where the link pointed.
    pub destination: String,
    /// Why.
    pub reason: String,
    /// Who proposed it, when.
    pub proposed: (String, String),
    /// Who confirmed it, when.
    pub confirmed: Option<(String, String)>,
    /// Who ended it, when, why.
    pub ended: Option<(String, String, String)>,
    /// Whether the reader may confirm it.
    pub confirmable: bool,
}

/// An item on its way.
#[derive(Clone, Debug, Default)]
pub struct DispatchRow {
    /// Its id.
    pub id: String,
    /// The item's reference.
    pub item: String,
    /// The hotline.
    pub hotline: String,
    /// Word of `tells`.
    pub tells: String,
    /// Word of `dispatch`.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// How often it was handed over.
    pub tries: u64,
    /// When it last changed.
    pub at: String,
    /// Whether it can be tried again.
    pub failed: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "interpol/link.html")]
pub struct LinkPage {
    /// The frame.
    pub base: Base,
    /// Where the link points; nothing where it is off.
    pub destination: Option<String>,
    /// Whether evidence leaves.
    pub released: bool,
    /// Items without a receipt.
    pub waiting: i64,
    /// Items that somebody has to look at.
    pub failed: i64,
    /// Hours and minutes that the oldest has waited.
    pub oldest: Option<(i64, i64)>,
    /// What was wrong with the last delivery.
    pub trouble: Option<String>,
    /// When it is tried again.
    pub next_try: Option<String>,
    /// What was wrong when answers were asked for.
    pub poll_trouble: Option<String>,
    /// When that was.
    pub polled: Option<String>,
    /// What flows.
    pub flows: Vec<FlowRow>,
    /// What fits nothing.
    pub strays: Vec<StrayRow>,
    /// Releases.
    pub releases: Vec<ReleaseRow>,
    /// Whether the reader sees single items.
    pub runs: bool,
    /// Which items: word of `which`.
    pub which: String,
    /// The items.
    pub rows: Vec<DispatchRow>,
    /// Where the next page is.
    pub next: Option<String>,
    /// What was refused.
    pub errors: Vec<FieldError>,
}

impl LinkPage {
    /// Which items can be looked at, in the order in which they are offered.
    pub const WHICH: [&str; 3] = ["failed", "open", "through"];
}
