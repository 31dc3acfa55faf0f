//! The hotline analyst's pages: reports, taking one in, grading, items owned by hosting country.

use super::{
    base::{Base, FieldError, error_of, sentence},
    evidence::{CaptureRow, HistoryView, NewsView, TraceView},
    item::ItemView,
    text::{bytes, short},
    words::{all_of, t, t1, t2, word},
};
use askama::Template;

/// One report in the list.
#[derive(Clone, Debug, Default)]
pub struct ReportRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// When the hotline received it.
    pub received: String,
    /// Host name of the source.
    pub source_host: String,
    /// The source URL.
    pub source_url: String,
    /// Country of the host.
    pub country: Option<String>,
    /// Word.
    pub state: String,
    /// Its items.
    pub items: u64,
    /// Items that wait for an analyst.
    pub to_assess: u64,
    /// Word: the newest outcome.
    pub outcome: Option<String>,
}

/// One state to filter by.
#[derive(Clone, Debug, Default)]
pub struct StateFilter {
    /// Word; nothing: all.
    pub state: Option<String>,
    /// Whether it is on.
    pub current: bool,
}

/// The hotline's reports, newest first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/reports.html")]
pub struct ReportsPage {
    /// The frame.
    pub base: Base,
    /// The rows.
    pub rows: Vec<ReportRow>,
    /// States to filter by, "all" first.
    pub filters: Vec<StateFilter>,
    /// Items that wait for an analyst, in all reports.
    pub to_assess: u64,
    /// Items of other hotlines that wait for a confirmation.
    pub to_confirm: u64,
    /// Path of the next page.
    pub next: Option<String>,
    /// Whether the reader may take in reports and assess.
    pub may_work: bool,
    /// What the hotline is told without asking.
    pub news: Vec<NewsView>,
}

/// What was typed into the form for a new report.
#[derive(Clone, Debug, Default)]
pub struct ReportForm {
    /// The URL.
    pub source_url: String,
    /// `2026-11-24T11:49`, UTC.
    pub received_at: String,
    /// IP address.
    pub hosting_ip: String,
    /// Two letters.
    pub hosting_country: String,
    /// Name of the network.
    pub hosting_network: String,
    /// Word of `site_type`; nothing: `unknown`.
    pub site_type: String,
    /// What the hotline adds.
    pub note: String,
    /// Referrer that the page asks for.
    pub referrer: String,
    /// User name that the page asks for.
    pub user: String,
    /// Whether the page is to be fetched.
    pub capture: bool,
}

/// A country to choose.
#[derive(Clone, Debug, Default)]
pub struct CountryOption {
    /// Two letters.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Taking in a report.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/new_report.html")]
pub struct NewReportPage {
    /// The frame.
    pub base: Base,
    /// What was typed.
    pub form: ReportForm,
    /// So that sending twice takes in once.
    pub idempotency_key: String,
    /// Countries to choose from.
    pub countries: Vec<CountryOption>,
    /// Whether pages are fetched here.
    pub may_capture: bool,
    /// Most files at once.
    pub max_files: u64,
    /// Largest file, in bytes.
    pub max_file_bytes: u64,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl NewReportPage {
    /// Words of `site_type`.
    pub const SITES: [&str; 10] = [
        "unknown",
        "website",
        "forum",
        "image_host",
        "file_host",
        "social_media",
        "messenger",
        "search",
        "onion",
        "other",
    ];
}

impl ReportPage {
    /// Words of `site_type`.
    pub const SITES: [&str; 10] = NewReportPage::SITES;
}

impl ReportForm {
    /// Whether a kind of site is chosen; `unknown` when none was.
    pub fn has_site(&self, word: &str) -> bool {
        if self.site_type.is_empty() { word == "unknown" } else { self.site_type == word }
    }
}

/// Something that happened to a report or case.
#[derive(Clone, Debug, Default)]
pub struct EventView {
    /// When.
    pub at: String,
    /// Name of the act, such as `report.accepted`, or text.
    pub what: String,
    /// Who, where it may be told.
    pub who: Option<String>,
}

/// An LEA that was told.
#[derive(Clone, Debug, Default)]
pub struct DisclosureView {
    /// Name of the item's file.
    pub file_name: String,
    /// Name of the LEA.
    pub organisation: String,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: u64,
    /// The clause.
    pub clause: String,
    /// Word.
    pub width: String,
    /// Whether the file opens.
    pub media: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
}

/// An LEA that was not told, or nobody to tell.
#[derive(Clone, Debug, Default)]
pub struct NotToldView {
    /// Name of the item's file.
    pub file_name: String,
    /// Name of the LEA; nothing where there is none.
    pub organisation: Option<String>,
    /// Word: `everything`, `files`, `address`, `page`, `series`.
    pub what: String,
    /// Why.
    pub reason: String,
}

/// What police made of it.
#[derive(Clone, Debug, Default)]
pub struct OutcomeView {
    /// When.
    pub at: String,
    /// Name of the LEA.
    pub organisation: String,
    /// Word.
    pub kind: String,
    /// In the officer's words.
    pub note: Option<String>,
    /// Words: what was missing.
    pub missing: Vec<String>,
}

/// A case that the hotline talks about with police.
#[derive(Clone, Debug, Default)]
pub struct ThreadLink {
    /// The case.
    pub case_id: String,
    /// Name of the LEA.
    pub organisation: String,
    /// Until when it asks to leave content up.
    pub held_until: Option<String>,
}

/// One report with everything about it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/report.html")]
pub struct ReportPage {
    /// The frame.
    pub base: Base,
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Word.
    pub state: String,
    /// The source URL.
    pub source_url: String,
    /// When the hotline received it.
    pub received: String,
    /// When it was taken in here.
    pub created: String,
    /// Name of who took it in.
    pub submitted_by: Option<String>,
    /// IP address of the host.
    pub hosting_ip: Option<String>,
    /// Country of the host.
    pub hosting_country: Option<String>,
    /// Name of the network.
    pub hosting_network: Option<String>,
    /// Word of `site_type`.
    pub site_type: String,
    /// What the hotline adds.
    pub note: Option<String>,
    /// Referrer that the page asks for.
    pub referrer: Option<String>,
    /// Whether a login is kept.
    pub has_login: bool,
    /// Whether police identified a victim.
    pub victim_identified: bool,
    /// Cases that this hotline talks about with police: id, name of the LEA, holds in force.
    pub threads: Vec<ThreadLink>,
    /// Whether it is being fetched, looked into or compared.
    pub under_way: bool,
    /// Its captures, newest first.
    pub captures: Vec<CaptureRow>,
    /// Whether pages are fetched here.
    pub may_capture: bool,
    /// The newest trace.
    pub traced: Option<TraceView>,
    /// Whether an analyst's word stands.
    pub overruled: bool,
    /// Where its host was, newest first.
    pub history: Vec<HistoryView>,
    /// Whether hosts are looked up here.
    pub may_trace: bool,
    /// Whether the form that overrules was refused.
    pub overrule_failed: bool,
    /// Its items.
    pub items: Vec<ItemView>,
    /// Items that wait for an analyst.
    pub to_assess: u64,
    /// Who was told.
    pub disclosures: Vec<DisclosureView>,
    /// Who was not.
    pub not_told: Vec<NotToldView>,
    /// What came of it.
    pub outcomes: Vec<OutcomeView>,
    /// Notes that police share.
    pub notes: Vec<super::inbox::NoteView>,
    /// What happened, oldest first.
    pub timeline: Vec<EventView>,
    /// Whether files may be added.
    pub may_add: bool,
    /// So that sending files twice adds them once.
    pub idempotency_key: String,
    /// What is wrong with the files; field `files`.
    pub errors: Vec<FieldError>,
}

/// What was chosen for an item, after a refusal without JavaScript.
#[derive(Clone, Debug, Default)]
pub struct AssessForm {
    /// Word or nothing.
    pub class: String,
    /// Two letters or nothing.
    pub country: String,
    /// Word; nothing: `unknown`.
    pub age_group: String,
    /// Word; nothing: `unknown`.
    pub gender: String,
    /// Word; nothing: `unknown`.
    pub synthetic: String,
    /// What the analyst adds.
    pub note: String,
}

/// An item that waits for an analyst.
#[derive(Clone, Debug, Default)]
pub struct AssessItem {
    /// The item.
    pub item: ItemView,
    /// Its report's id.
    pub report_id: String,
    /// What people call the report.
    pub report_reference: String,
    /// Host name of the source.
    pub source_host: String,
    /// Country of the host.
    pub hosting_country: Option<String>,
    /// Counts changes; sent back so that an older page cannot overwrite a newer judgement.
    pub version: i64,
    /// What was chosen.
    pub form: AssessForm,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

/// The grading page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/assess.html")]
pub struct AssessPage {
    /// The frame.
    pub base: Base,
    /// Items to grade, grouped by report.
    pub items: Vec<AssessItem>,
    /// All that wait, these included.
    pub left: u64,
    /// The hotline's own country; what `national` means when no country is typed.
    pub home: Option<String>,
}

impl AssessPage {
    /// Words of `class`, in the order of their keys.
    pub const CLASSES: [(&str, &str); 3] = [("baseline", "1"), ("national", "2"), ("not_illegal", "3")];
    /// Words of `age`, in the order of their keys.
    pub const AGES: [(&str, &str); 6] = [
        ("infant", "q"),
        ("prepubescent", "w"),
        ("pubescent", "e"),
        ("adolescent", "r"),
        ("adult", "t"),
        ("unknown", "y"),
    ];
    /// Words of `gender` and their keys.
    pub const GENDERS: [(&str, &str); 4] = [("female", "f"), ("male", "m"), ("both", "b"), ("unknown", "u")];
    /// Words of `synthetic`.
    pub const REALITIES: [&str; 4] = ["real", "generated", "drawn", "unknown"];
}

impl AssessForm {
    /// Whether an age group is chosen; `unknown` when none was.
    pub fn has_age(&self, word: &str) -> bool {
        if self.age_group.is_empty() { word == "unknown" } else { self.age_group == word }
    }

    /// Whether a word of `synthetic` is chosen; `unknown` when none was.
    pub fn has_reality(&self, word: &str) -> bool {
        if self.synthetic.is_empty() { word == "unknown" } else { self.synthetic == word }
    }

    /// Whether a gender is chosen; `unknown` when none was.
    pub fn has_gender(&self, word: &str) -> bool {
        if self.gender.is_empty() { word == "unknown" } else { self.gender == word }
    }
}

/// An item that another hotline reported and that is hosted in ours.
#[derive(Clone, Debug, Default)]
pub struct OwnedItem {
    /// The item, with the other hotline's judgement.
    pub item: ItemView,
    /// Name of the hotline that reported it.
    pub reporter: String,
    /// When it was reported.
    pub reported: String,
    /// Country of the host.
    pub hosting_country: Option<String>,
}

/// Items of other hotlines that wait for our confirmation.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/owned.html")]
pub struct OwnedPage {
    /// The frame.
    pub base: Base,
    /// The items.
    pub items: Vec<OwnedItem>,
    /// Path of the next page.
    pub next: Option<String>,
}
