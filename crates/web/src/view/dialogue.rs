//! What police and hotline say to each other: parts that the case, the thread and the desk's list share, and the desk's pages.

use super::{
    base::{Base, FieldError, error_of},
    desk::OutcomeView,
    words::{all_of, t, t1, t2, word},
};
use askama::Template;

/// What an LEA asked its hotline for.
#[derive(Clone, Debug, Default)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// What people call the report.
    pub reference: String,
    /// Who asks.
    pub organisation: String,
    /// Word: `page`, `series`, `files`, `trace`, `recheck`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// By when.
    pub due: String,
    /// Whether that is past while it is open.
    pub late: bool,
    /// The officer who asked.
    pub author: String,
    /// When.
    pub at: String,
    /// Word: `open`, `granted`, `declined`, `taken_back`.
    pub state: String,
    /// Who answered; the hotline's person.
    pub answerer: Option<String>,
    /// When it was answered or taken back.
    pub answered: Option<String>,
    /// Why it was declined.
    pub answer: Option<String>,
    /// What a look-up or fetch came to, in words.
    pub result: Option<String>,
    /// Whether the reader may take it back.
    pub may_take_back: bool,
}

/// A magistrate's approval.
#[derive(Clone, Debug, Default)]
pub struct ApprovalView {
    /// Word: `oral`, `written`.
    pub form: String,
    /// The office.
    pub office: String,
    /// Its reference.
    pub reference: String,
    /// Who recorded it.
    pub by: String,
    /// When.
    pub at: String,
}

/// A police request to leave content up.
#[derive(Clone, Debug, Default)]
pub struct HoldView {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// What people call the report, where the list is of several.
    pub reference: Option<String>,
    /// The LEA.
    pub organisation: String,
    /// What people call the one item; nothing: everything disclosed of the case.
    pub item: Option<String>,
    /// Word: `provisional`, `in_force`, `ended`, `lapsed`, `over`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// The officer who placed it.
    pub author: String,
    /// When.
    pub at: String,
    /// Until when.
    pub until: String,
    /// The latest end.
    pub latest: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: u64,
    /// The clause.
    pub clause: String,
    /// Word of the approval that is due next.
    pub due_form: Option<String>,
    /// By when.
    pub due: Option<String>,
    /// Whether that is past.
    pub overdue: bool,
    /// Approvals recorded.
    pub approvals: Vec<ApprovalView>,
    /// Why it was ended early.
    pub end_reason: Option<String>,
    /// Whether it is in force and the reader may change it.
    pub may_change: bool,
    /// `2026-06-01T12:00`, UTC: the latest end, for the form.
    pub latest_input: String,
}

/// A message about a case.
#[derive(Clone, Debug, Default)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// The case.
    pub case_id: String,
    /// What people call the report.
    pub reference: String,
    /// The person who wrote it.
    pub author: String,
    /// Where they work.
    pub organisation: String,
    /// Plain text.
    pub text: String,
    /// When.
    pub at: String,
    /// When it was said to have been read, and by whom.
    pub read: Option<(String, String)>,
    /// Whether the reader may say so.
    pub may_read: bool,
}

/// A unit that wants to be put in touch.
#[derive(Clone, Debug, Default)]
pub struct WishView {
    /// Its id.
    pub id: String,
    /// The report.
    pub report_id: String,
    /// What people call the report.
    pub reference: String,
    /// Who asks.
    pub organisation: String,
    /// The officer.
    pub author: String,
    /// When.
    pub at: String,
}

/// A question put to the reader's unit.
#[derive(Clone, Debug, Default)]
pub struct ApproachView {
    /// Its id.
    pub id: String,
    /// What was said.
    pub consented: Option<bool>,
}

/// What waits for a hotline: requests, holds, messages, wishes to be put in touch.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/police.html")]
pub struct FromPolicePage {
    /// The frame.
    pub base: Base,
    /// Requests to answer, due first.
    pub requests: Vec<RequestView>,
    /// Holds in force, first to end first.
    pub holds: Vec<HoldView>,
    /// Messages that nobody has said to have read, oldest first.
    pub messages: Vec<MessageView>,
    /// Units that want to be put in touch.
    pub wishes: Vec<WishView>,
    /// The request whose answer was refused.
    pub refused: String,
    /// The reason as typed, after a refusal.
    pub reason: String,
    /// What is wrong; field `reason`.
    pub errors: Vec<FieldError>,
    /// Path of the next page of requests.
    pub next: Option<String>,
}

/// One case as its hotline talks about it with police.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/thread.html")]
pub struct ThreadPage {
    /// The frame.
    pub base: Base,
    /// The case.
    pub id: String,
    /// The report.
    pub report_id: String,
    /// What people call the report.
    pub reference: String,
    /// The LEA.
    pub organisation: String,
    /// Requests, newest first.
    pub requests: Vec<RequestView>,
    /// Holds, newest first.
    pub holds: Vec<HoldView>,
    /// Messages, oldest first.
    pub messages: Vec<MessageView>,
    /// The message as typed, after a refusal.
    pub text: String,
    /// What is wrong; field `text`.
    pub errors: Vec<FieldError>,
}

/// What came of one report.
#[derive(Clone, Debug, Default)]
pub struct FedView {
    /// The report.
    pub report_id: String,
    /// What people call it.
    pub reference: String,
    /// Its address.
    pub source_url: String,
    /// What police said.
    pub outcome: OutcomeView,
}

/// What came of the hotline's reports.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/outcomes.html")]
pub struct OutcomesPage {
    /// The frame.
    pub base: Base,
    /// Newest first.
    pub rows: Vec<FedView>,
    /// Whether the reader does not want to be told.
    pub off: bool,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A case whose outcome is owed.
#[derive(Clone, Debug, Default)]
pub struct DueRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Word: the gravest class.
    pub class: String,
    /// When it was disclosed.
    pub disclosed: String,
    /// When the outcome is due.
    pub due: String,
    /// Whether that is past.
    pub late: bool,
    /// How often it was asked for.
    pub asked: usize,
}

/// The LEA's cases whose outcome is owed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/due.html")]
pub struct DuePage {
    /// The frame.
    pub base: Base,
    /// Longest owed first.
    pub rows: Vec<DueRow>,
    /// Path of the next page.
    pub next: Option<String>,
}
