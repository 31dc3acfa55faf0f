//! The officer's pages: the inbox, and a case with what was disclosed and what was kept back.

use super::{
    base::{Base, FieldError, error_of, sentence},
    desk::{EventView, OutcomeView},
    evidence::{CaptureRow, TraceView},
    item::{AssessmentView, FactsView},
    text::{bytes, defang, short},
    words::{t, t1, t2, word},
};
use askama::Template;

/// A list of the reader's own LEA.
#[derive(Clone, Debug, Default)]
pub struct ListingChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// An item whose hashes may go onto a list.
#[derive(Clone, Debug, Default)]
pub struct ListingItem {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Hexadecimal.
    pub sha256: String,
    /// Word.
    pub class: String,
}

/// What an officer may put onto a hash list.
#[derive(Clone, Debug, Default)]
pub struct ListingView {
    /// Lists of the own LEA.
    pub lists: Vec<ListingChoice>,
    /// Items.
    pub items: Vec<ListingItem>,
}

/// One case in the inbox.
#[derive(Clone, Debug, Default)]
pub struct InboxRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Why it is here.
    pub reason: String,
    /// Name of the agreement.
    pub agreement: String,
    /// The clause.
    pub clause: String,
    /// Word: the gravest class.
    pub class: String,
    /// Why it ranks where it does, such as "new material, 0 to 2 years".
    pub rank: Option<String>,
    /// Items disclosed.
    pub items: u64,
    /// Country of the host.
    pub hosting_country: Option<String>,
    /// When it was disclosed.
    pub disclosed: String,
    /// Word: `new`, `opened`, `answered`.
    pub status: String,
    /// Word: the newest outcome.
    pub outcome: Option<String>,
}

/// What was disclosed to the officer's organisation, newest first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/inbox.html")]
pub struct InboxPage {
    /// The frame.
    pub base: Base,
    /// The rows.
    pub rows: Vec<InboxRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// An item as the LEA may see it.
#[derive(Clone, Debug, Default)]
pub struct CaseItemView {
    /// Its id.
    pub id: String,
    /// The judgement.
    pub assessment: AssessmentView,
    /// The file; only at item width.
    pub facts: Option<FactsView>,
    /// Whether the file opens.
    pub media: bool,
    /// Whether there is a preview to see.
    pub preview: bool,
    /// Word: how wide.
    pub width: String,
    /// The clause.
    pub clause: String,
}

/// Something kept back.
#[derive(Clone, Debug, Default)]
pub struct WithheldView {
    /// Word: `everything`, `files`, `address`, `page`, `series`.
    pub what: String,
    /// The clause, where one fits.
    pub clause: Option<String>,
    /// Why.
    pub reason: String,
    /// Items it is about.
    pub items: u64,
}

/// A case, opened.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/case.html")]
pub struct CasePage {
    /// The frame.
    pub base: Base,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Word: `new`, `opened`, `answered`.
    pub status: String,
    /// Word: the gravest class.
    pub class: String,
    /// Name of the hotline that reported it.
    pub reporter: String,
    /// Why it is here.
    pub reason: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: u64,
    /// The clause.
    pub clause: String,
    /// Word.
    pub width: String,
    /// Whether any file opens.
    pub media: bool,
    /// When it was disclosed.
    pub disclosed: String,
    /// When an officer first opened it.
    pub opened: Option<String>,
    /// The source URL; only at page width. Shown so that it cannot be clicked.
    pub source_url: Option<String>,
    /// When the hotline received the report; only at page width.
    pub received: Option<String>,
    /// What the hotline adds; only at page width.
    pub note: Option<String>,
    /// IP address of the host; only at item width.
    pub hosting_ip: Option<String>,
    /// Country of the host.
    pub hosting_country: Option<String>,
    /// Name of the network.
    pub hosting_network: Option<String>,
    /// The newest trace; only at item width.
    pub traced: Option<TraceView>,
    /// Captures of the page; only at page width, where files open.
    pub captures: Vec<CaptureRow>,
    /// Items disclosed.
    pub items: Vec<CaseItemView>,
    /// What was kept back, and why.
    pub withheld: Vec<WithheldView>,
    /// Outcomes given before.
    pub outcomes: Vec<OutcomeView>,
    /// What happened, oldest first.
    pub timeline: Vec<EventView>,
    /// What may be put onto a hash list of the reader's own; `None` when there is no such list or item.
    pub listing: Option<ListingView>,
    /// Whether the reader may say what came of it.
    pub may_answer: bool,
    /// The note as typed, after a refusal.
    pub outcome_note: String,
    /// What is wrong; field `note` or `kind`.
    pub errors: Vec<FieldError>,
}

impl CasePage {
    /// Words of `outcome`, in the order shown.
    pub const OUTCOMES: [&str; 6] =
        ["useful", "known", "victim_identified", "arrest", "insufficient", "not_illegal_here"];
}
