//! The block list of domains: INTERPOL's desk, police that propose and review, and anybody who complains.

use super::{
    base::{Base, FieldError, error_of},
    text::short,
    words::{t, t1, t2, word},
};
use askama::Template;
use exchange::iwol::{desk::Deed, model::At, review::Word};

/// A domain in both forms.
#[derive(Clone, Debug, Default)]
pub struct NameView {
    /// As the DNS writes it.
    pub domain: String,
    /// In its own script, where that differs.
    pub unicode: Option<String>,
}

/// Why a domain needs an extra confirmation.
#[derive(Clone, Debug, Default)]
pub struct GuardView {
    /// Word.
    pub guard: String,
    /// What it looks like.
    pub looks_like: Option<String>,
}

/// A criterion held against the evidence.
#[derive(Clone, Debug, Default)]
pub struct CheckView {
    /// Word.
    pub criterion: String,
    /// Word: `yes`, `no`, `later`.
    pub holds: String,
    /// For how many it holds.
    pub found: usize,
    /// How many are needed.
    pub needed: usize,
}

/// One item of the evidence.
#[derive(Clone, Debug, Default)]
pub struct ExhibitView {
    /// Its id.
    pub id: String,
    /// Where it was.
    pub url: String,
    /// When it was last seen online.
    pub seen: String,
    /// Word.
    pub class: String,
    /// Word.
    pub synthetic: String,
    /// Word.
    pub age_group: String,
    /// Whether a person judged it.
    pub by_person: bool,
    /// The hotline that judged.
    pub judged_by: String,
    /// When.
    pub judged_at: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// IP address, network, country of the host, as far as known.
    pub host: String,
    /// Registrar and country of the registrant, as far as known.
    pub registered: String,
    /// Whether there is a picture of the page.
    pub picture: bool,
}

/// A domain on which enough has accumulated.
#[derive(Clone, Debug, Default)]
pub struct CandidateRow {
    /// The domain.
    pub name: NameView,
    /// Items that count.
    pub items: i64,
    /// Seen last.
    pub seen: String,
    /// Since when.
    pub since: String,
}

/// A proposal among others.
#[derive(Clone, Debug, Default)]
pub struct ProposalRow {
    /// Where it is read.
    pub href: String,
    /// The domain.
    pub name: NameView,
    /// Word.
    pub stage: String,
    /// When it was proposed.
    pub at: String,
    /// When it has to be confirmed again.
    pub due: Option<String>,
    /// Whether that is over.
    pub late: bool,
    /// Word: what looking again came to.
    pub found: Option<String>,
    /// Whether it needs an extra confirmation.
    pub guarded: bool,
}

/// Something that waits for a person of the desk.
#[derive(Clone, Debug, Default)]
pub struct TaskRow {
    /// Where it is done.
    pub href: String,
    /// Word: what.
    pub task: String,
    /// The domain.
    pub name: NameView,
    /// By when, where there is a time.
    pub due: Option<String>,
    /// Whether nothing else should come first.
    pub urgent: bool,
}

/// INTERPOL's first page of the list.
#[derive(Clone, Debug, Template)]
#[template(path = "domains/desk.html")]
pub struct DeskPage {
    /// The frame.
    pub base: Base,
    /// The criteria in one sentence.
    pub rule: String,
    /// What waits, urgent first.
    pub tasks: Vec<TaskRow>,
    /// Domains on which enough has accumulated.
    pub candidates: Vec<CandidateRow>,
    /// Proposals of the stage chosen.
    pub rows: Vec<ProposalRow>,
    /// That stage.
    pub stage: At,
    /// Where the rows go on.
    pub next: Option<String>,
}

/// A domain on the list.
#[derive(Clone, Debug, Default)]
pub struct EntryRow {
    /// The domain.
    pub name: NameView,
    /// Its proposal's page.
    pub href: String,
    /// Serial.
    pub serial: i64,
    /// When it was listed.
    pub at: String,
    /// When it has to be confirmed again.
    pub due: Option<String>,
    /// Word: what looking again came to.
    pub found: Option<String>,
}

/// The list with a search.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/list.html")]
pub struct ListPage {
    /// The frame.
    pub base: Base,
    /// What is searched for.
    pub q: String,
    /// Rows.
    pub rows: Vec<EntryRow>,
    /// Where they go on.
    pub next: Option<String>,
}

/// A change of the list.
#[derive(Clone, Debug, Default)]
pub struct ChangeRow {
    /// Serial.
    pub serial: i64,
    /// Word: `listed`, `removed`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// Organisation of the first name.
    pub first: String,
    /// Organisation of the second; none while it is missing.
    pub second: Option<String>,
}

/// What happened to one domain.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub base: Base,
    /// What was typed.
    pub q: String,
    /// The domain, where what was typed is one.
    pub name: Option<NameView>,
    /// Changes, newest first.
    pub changes: Vec<ChangeRow>,
    /// Proposals, newest first.
    pub proposals: Vec<ProposalRow>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// The form that proposes: the domain first, then what criteria and guards say, then why.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/new.html")]
pub struct NewPage {
    /// The frame.
    pub base: Base,
    /// Where the form's person begins.
    pub root: String,
    /// The criteria in one sentence.
    pub rule: String,
    /// What was typed.
    pub domain: String,
    /// What was typed.
    pub opinion: String,
    /// What was found, once a domain was given.
    pub checked: Option<CheckedView>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A domain held against the criteria.
#[derive(Clone, Debug, Default)]
pub struct CheckedView {
    /// The domain.
    pub name: NameView,
    /// Whether everything holds that can be said before the review.
    pub holds: bool,
    /// Each criterion.
    pub checks: Vec<CheckView>,
    /// Guards.
    pub guards: Vec<GuardView>,
    /// Evidence.
    pub exhibits: Vec<ExhibitView>,
}

/// What somebody said or did.
#[derive(Clone, Debug, Default)]
pub struct EventRow {
    /// Word.
    pub what: String,
    /// Who; empty where the exchange acted by itself.
    pub name: String,
    /// Where they work.
    pub organisation: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: String,
    /// Its version.
    pub version: i64,
}

/// A word of an agency.
#[derive(Clone, Debug, Default)]
pub struct WordRow {
    /// Word.
    pub word: String,
    /// Who.
    pub name: String,
    /// Where they work.
    pub organisation: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: String,
    /// Word of the rule by which it does not count.
    pub refused: Option<String>,
    /// Whether it is about the version in force.
    pub current: bool,
}

/// One proposal, for INTERPOL and for the agency that made it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/proposal.html")]
pub struct ProposalPage {
    /// The frame.
    pub base: Base,
    /// Where its reader begins.
    pub root: String,
    /// Its id.
    pub id: String,
    /// Whether INTERPOL reads.
    pub desk: bool,
    /// The domain.
    pub name: NameView,
    /// Word.
    pub stage: String,
    /// Its version.
    pub version: i64,
    /// Name of the criteria.
    pub rule: String,
    /// When it was proposed.
    pub at: String,
    /// When it has to be confirmed again.
    pub due: Option<String>,
    /// Word: what looking again came to.
    pub found: Option<String>,
    /// How the criteria were held.
    pub checks: Vec<CheckView>,
    /// Guards.
    pub guards: Vec<GuardView>,
    /// Evidence.
    pub exhibits: Vec<ExhibitView>,
    /// How many exhibits were taken back.
    pub gone: i64,
    /// What its author thinks.
    pub opinion: String,
    /// Words on it.
    pub words: Vec<WordRow>,
    /// Agencies that review it.
    pub reviewers: Vec<String>,
    /// Agencies that may be asked: id, name, country.
    pub agencies: Vec<(String, String, String)>,
    /// What may be done now.
    pub deeds: Vec<Deed>,
    /// Whether a new version may be made.
    pub may_edit: bool,
    /// Whether the own agency may say that it stays listed.
    pub may_renew: bool,
    /// Why it is to be removed.
    pub asked: Option<String>,
    /// What happened.
    pub history: Vec<EventRow>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// What waits for an agency, and what it proposed.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/reviews.html")]
pub struct ReviewsPage {
    /// The frame.
    pub base: Base,
    /// What it reviews.
    pub reviews: Vec<ProposalRow>,
    /// What it proposed.
    pub own: Vec<ProposalRow>,
    /// Where the reviews go on.
    pub next: Option<String>,
}

/// One review.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub base: Base,
    /// The proposal's id.
    pub id: String,
    /// The domain.
    pub name: NameView,
    /// Word.
    pub stage: String,
    /// Its version.
    pub version: i64,
    /// Name of the criteria.
    pub rule: String,
    /// When it was proposed.
    pub at: String,
    /// When it has to be confirmed again.
    pub due: Option<String>,
    /// How the criteria were held.
    pub checks: Vec<CheckView>,
    /// Guards.
    pub guards: Vec<GuardView>,
    /// Evidence.
    pub exhibits: Vec<ExhibitView>,
    /// What the proposer thinks, after the evidence was looked at.
    pub opinion: Option<String>,
    /// What the own agency said.
    pub words: Vec<WordRow>,
    /// Words that may be said now.
    pub may: Vec<Word>,
    /// What was typed.
    pub reason: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A complaint.
#[derive(Clone, Debug, Default)]
pub struct ComplaintRow {
    /// Its id.
    pub id: String,
    /// The domain.
    pub name: NameView,
    /// In its author's words.
    pub text: String,
    /// How its author may be reached.
    pub contact: Option<String>,
    /// When it came in.
    pub at: String,
    /// When it is to be decided.
    pub due: String,
    /// Whether that is over.
    pub late: bool,
    /// Word.
    pub state: String,
    /// Who decided, and why.
    pub decided: Option<(String, String)>,
}

/// Complaints for the desk.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/complaints.html")]
pub struct ComplaintsPage {
    /// The frame.
    pub base: Base,
    /// Word: which.
    pub state: String,
    /// Rows.
    pub rows: Vec<ComplaintRow>,
    /// Where they go on.
    pub next: Option<String>,
    /// Id of the complaint whose decision was refused.
    pub refused: String,
    /// What was typed.
    pub reason: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// The public form.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/complain.html")]
pub struct ComplainPage {
    /// The frame.
    pub base: Base,
    /// What was typed.
    pub domain: String,
    /// What was typed.
    pub text: String,
    /// What was typed.
    pub contact: String,
    /// Days within which a complaint is decided.
    pub days: u32,
    /// Came in, upheld, rejected, open.
    pub counts: (i64, i64, i64, i64),
    /// Days that half of the decisions took at most.
    pub median_days: Option<i64>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// That a complaint came in, or what became of it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "domains/receipt.html")]
pub struct ReceiptPage {
    /// The frame.
    pub base: Base,
    /// The domain.
    pub domain: String,
    /// The code, when it is new.
    pub code: Option<String>,
    /// Word: what became of it.
    pub state: String,
    /// When it came in.
    pub at: Option<String>,
    /// When it is to be decided.
    pub due: String,
    /// Why it was decided so.
    pub reason: Option<String>,
}

impl NewPage {
    /// Whether the form has all that a proposal needs.
    pub fn is_ready(&self) -> bool {
        self.checked.as_ref().is_some_and(|c| c.holds)
    }
}
