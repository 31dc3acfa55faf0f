//! The officer's case: what was disclosed and what was kept back.

use super::{
    base::{Base, FieldError, error_of, sentence},
    desk::{EventView, OutcomeView},
    dialogue::{ApproachView, HoldView, MessageView, RequestView},
    evidence::{CaptureRow, HistoryView, TraceView},
    inbox::TeamView,
    item::{AssessmentView, FactsView, FindingView},
    text::{bytes, defang, short, tail},
    words::{all_of, any_of, t, t1, t2, word},
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
    /// Other items of the page that look like it: near-duplicates.
    pub alike: usize,
    /// What victim identification said of it.
    pub findings: Vec<FindingView>,
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

/// Another case of the reader's LEA that has something in common with this one.
#[derive(Clone, Debug, Default)]
pub struct RelatedView {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Words: `content`, `host`.
    pub by: Vec<String>,
    /// When it was disclosed.
    pub disclosed: String,
    /// Word: the newest outcome.
    pub outcome: Option<String>,
}

/// What was typed into one of the case's forms, after a refusal.
#[derive(Clone, Debug, Default)]
pub struct CaseForms {
    /// Which form: `request`, `hold`, `outcome`, `message`.
    pub open: String,
    /// Word of the request's kind.
    pub kind: String,
    /// The request's or hold's reason.
    pub reason: String,
    /// `2026-06-01T12:00`, UTC.
    pub due: String,
    /// `2026-06-01T12:00`, UTC.
    pub until: String,
    /// The item of a hold.
    pub item: String,
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
    /// Items disclosed: one page of them.
    pub items: Vec<CaseItemView>,
    /// Harmless-looking pictures beside them.
    pub context: Vec<CaseItemView>,
    /// Items disclosed, all of them, as people read it: capped.
    pub items_count: u64,
    /// Path of the next page of items.
    pub next: Option<String>,
    /// Why the reader looks into this case, as said in this session.
    pub purpose: Option<String>,
    /// Other cases of the reader's LEA with something in common.
    pub related: Vec<RelatedView>,
    /// The history of where the host is, newest first.
    pub history: Vec<HistoryView>,
    /// Whether another unit has an interest.
    pub hint: bool,
    /// Whether the reader's unit has asked for contact.
    pub contact_asked: bool,
    /// Questions put to the reader's unit.
    pub approaches: Vec<ApproachView>,
    /// Whether the reader may ask the hotline.
    pub may_ask: bool,
    /// Words: what can be asked for.
    pub kinds: Vec<String>,
    /// Requests made, newest first.
    pub requests: Vec<RequestView>,
    /// Until when a hold may be placed now; nothing where the agreement allows none.
    pub hold_latest: Option<String>,
    /// The approvals that it needs, in words.
    pub hold_needs: Vec<String>,
    /// `2026-06-01T12:00`, UTC.
    pub hold_latest_input: String,
    /// Holds, newest first.
    pub holds: Vec<HoldView>,
    /// Messages, oldest first.
    pub messages: Vec<MessageView>,
    /// When an outcome is due, where one is owed.
    pub owed: Option<String>,
    /// Whether that is past.
    pub owed_late: bool,
    /// What was typed, after a refusal.
    pub forms: CaseForms,
    /// The message as typed, after a refusal.
    pub text: String,
    /// What was kept back, and why.
    pub withheld: Vec<WithheldView>,
    /// Outcomes given before.
    pub outcomes: Vec<OutcomeView>,
    /// What happened, oldest first.
    pub timeline: Vec<EventView>,
    /// What the unit keeps about it.
    pub team: TeamView,
    /// What may be put onto a hash list of the reader's own; `None` when there is no such list or item.
    pub listing: Option<ListingView>,
    /// Whether the reader may say what came of it.
    pub may_answer: bool,
    /// Whether the reader may take it along.
    pub may_take: bool,
    /// The note as typed, after a refusal.
    pub outcome_note: String,
    /// What is wrong; field `note` or `kind`.
    pub errors: Vec<FieldError>,
}

impl CasePage {
    /// Words of `outcome`, in the order shown.
    pub const OUTCOMES: [&str; 6] =
        ["useful", "known", "victim_identified", "arrest", "insufficient", "not_illegal_here"];

    /// Words of `missing`, in the order shown.
    pub const MISSING: [&str; 8] = ["address", "page", "files", "series", "host", "uploader", "victim", "freshness"];
}
