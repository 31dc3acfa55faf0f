//! Items about which hash lists disagree.

use super::{
    base::{Base, FieldError},
    words::{t, t1, word},
};
use askama::Template;

/// An entry that has to do with a doubt.
#[derive(Clone, Debug, Default)]
pub struct NamedRow {
    /// Name of the list.
    pub list: String,
    /// Word: what the entry says.
    pub class: String,
    /// For `national`: where it is illegal.
    pub country: Option<String>,
    /// What people call the entry.
    pub entry: String,
    /// The change by which the entry says so.
    pub version: u64,
}

/// A doubt.
#[derive(Clone, Debug, Default)]
pub struct DoubtRow {
    /// Its id.
    pub id: String,
    /// What people call the item.
    pub item: String,
    /// Id of its report.
    pub report_id: String,
    /// What people call the report.
    pub report: String,
    /// Word: `lists_disagree`, `several_laws`, `context`, `judged_otherwise`.
    pub why: String,
    /// Word: what a person has judged it as.
    pub judged: Option<String>,
    /// The entries.
    pub named: Vec<NamedRow>,
    /// Since when.
    pub at: String,
}

/// Doubts that wait for a person.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "desk/doubts.html")]
pub struct DoubtsPage {
    /// The frame.
    pub base: Base,
    /// The doubts, oldest first.
    pub rows: Vec<DoubtRow>,
    /// Path of the next page.
    pub next: Option<String>,
    /// What is wrong with a form.
    pub errors: Vec<FieldError>,
}
