//! A content item as pages show it, and the page on which its file is opened. Desk and police share them.

use super::{
    base::{Base, FieldError, error_of, sentence},
    text::{bytes, short},
    words::{t, t1, word},
};
use askama::Template;

/// The file behind an item.
#[derive(Clone, Debug, Default)]
pub struct FactsView {
    /// Its name as sent.
    pub file_name: String,
    /// Media type.
    pub kind: String,
    /// Pixels.
    pub width: u64,
    /// Pixels.
    pub height: u64,
    /// Bytes.
    pub size: u64,
    /// Hexadecimal.
    pub sha256: String,
    /// Quality of the PDQ hash, 0 to 100.
    pub pdq_quality: u64,
    /// Whether there is a PDQ hash.
    pub hashed: bool,
    /// Length of a video, for people.
    pub length: Option<String>,
    /// Whether there is a preview.
    pub preview: bool,
    /// Whether the file is kept.
    pub kept: bool,
    /// Whether it was erased.
    pub erased: bool,
    /// Whether it has been looked into.
    pub described: bool,
    /// Why it could not be.
    pub trouble: Option<String>,
    /// Its own URL, where one was given.
    pub url: Option<String>,
}

/// One judgement.
#[derive(Clone, Debug, Default)]
pub struct AssessmentView {
    /// Word: `baseline`, `national`, `not_illegal`.
    pub class: String,
    /// For `national`: where it is illegal.
    pub country: Option<String>,
    /// Word.
    pub age_group: String,
    /// Word.
    pub gender: String,
    /// Word of `synthetic`.
    pub synthetic: String,
    /// What the analyst adds.
    pub note: Option<String>,
    /// Name of the organisation that judged.
    pub by: String,
    /// When.
    pub at: String,
    /// Whether it was taken over from an earlier judgement of the same content.
    pub inherited: bool,
}

/// By which entry of a list an item was settled.
#[derive(Clone, Debug, Default)]
pub struct SettledView {
    /// Id of the list.
    pub list_id: String,
    /// Its name when it settled.
    pub list: String,
    /// What people call the entry.
    pub entry: String,
    /// The change of the list by which the entry was as it was.
    pub version: u64,
    /// Word: `sha256`, `sha1`, `md5`.
    pub how: String,
}

/// The entry of a list that an item looks like.
#[derive(Clone, Debug, Default)]
pub struct SuggestionView {
    /// Name of the list.
    pub list: String,
    /// Word: `pdq`, `frames`, or a digest where the list may not judge.
    pub how: String,
    /// Bits of difference.
    pub distance: u64,
    /// Word: `baseline`, `national`, `context`.
    pub class: String,
    /// For `national`: where it is illegal.
    pub country: Option<String>,
}

impl SuggestionView {
    /// Whether one key can accept it: context says nothing about the class.
    pub fn acceptable(&self) -> bool {
        self.class != "context"
    }
}

/// What victim identification said of an item.
#[derive(Clone, Debug, Default)]
pub struct FindingView {
    /// Word of `found`: `new`, `known`, `identified`, `victim_identified`, `rejected`.
    pub word: String,
    /// Number of the series.
    pub series: Option<String>,
    /// Why it was not taken.
    pub reason: Option<String>,
    /// When.
    pub at: String,
}

/// An item of a report.
#[derive(Clone, Debug, Default)]
pub struct ItemView {
    /// Its id.
    pub id: String,
    /// The file.
    pub facts: FactsView,
    /// Whether its content had been assessed before it came in.
    pub known: bool,
    /// The judgement in force.
    pub assessment: Option<AssessmentView>,
    /// Name of the hotline of the hosting country, once routed.
    pub owner: Option<String>,
    /// The country it was assigned to, once routed.
    pub assigned_country: Option<String>,
    /// Whether the owning hotline still has to judge or confirm it.
    pub waits_for_owner: bool,
    /// Name of the owner that confirmed the judgement.
    pub confirmed_by: Option<String>,
    /// By what it was settled, when a list did.
    pub settled: Option<SettledView>,
    /// What it looks like.
    pub suggestion: Option<SuggestionView>,
    /// What victim identification said of it.
    pub findings: Vec<FindingView>,
}

impl AssessmentView {
    /// Class, age and gender as one line: `Baseline, 3 to 9 years, female`.
    pub fn line(&self) -> String {
        let class = match &self.country {
            Some(country) => t1("class-in-country", "country", country),
            None => word("class", &self.class),
        };
        format!("{class}, {}, {}", word("age", &self.age_group), word("gender", &self.gender))
    }
}

/// The file of an item: asks why, or shows it.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "open.html")]
pub struct OpenPage {
    /// The frame.
    pub base: Base,
    /// `/desk` or `/police`.
    pub root: String,
    /// The item's id.
    pub id: String,
    /// Facts about the file.
    pub facts: FactsView,
    /// The judgement in force, told before anything is shown.
    pub assessment: Option<AssessmentView>,
    /// Where the reader came from: path.
    pub back_href: String,
    /// The report or case, as people name it.
    pub back_label: String,
    /// The purpose as typed or given.
    pub purpose: String,
    /// The one-time token of the look, once a purpose was given and logged.
    pub look: Option<String>,
    /// What the device noted in the file, shown with the look: word and text.
    pub device: Vec<(&'static str, String)>,
    /// What is wrong; field `purpose`.
    pub errors: Vec<FieldError>,
}
