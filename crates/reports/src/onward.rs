//! What leaves a report for INTERPOL by an agreement's own words: which items, which way, as wide as the clause says. Routing
//! decides, in its own transaction; the loading dock is told by a queued step and asks here for the facts.

use crate::package::{Event, FileFacts, HostFacts, Judged};
use base::{BlobId, Country, ItemId, ReportId, Time};
use serde::{Deserialize, Serialize};

/// Everything that a receiver is to know of one item, as wide as the clause lets it go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// Name of the hotline whose agreement gives it.
    pub hotline: String,
    /// Its country.
    pub country: Option<Country>,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// The judgement; none of a context picture of the same series that nobody judged illegal.
    pub judged: Judged,
    /// Whether it is a harmless-looking picture that is sent for its series alone.
    pub context: bool,
    /// Name of the hotline that confirmed it as owner.
    pub confirmed_by: Option<String>,
    /// The series it is known under.
    pub series: Option<String>,
    /// Its own URL, where the clause gives items' places.
    pub url: Option<String>,
    /// The page's URL, where the clause gives pages.
    pub page: Option<String>,
    /// Where it is hosted, as far as the clause gives it.
    pub hosting: HostFacts,
    /// When the hotline received the report.
    pub received_at: Time,
    /// Digests, type and size.
    pub file: Option<FileFacts>,
    /// The sealed file, where the clause gives media and it is there.
    pub blob: Option<BlobId>,
    /// What happened to it, oldest first.
    pub custody: Vec<Event>,
}
