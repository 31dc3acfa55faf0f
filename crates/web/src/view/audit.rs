//! The organisation's own log.

use super::{
    base::{Base, FieldError, error_of},
    text::tail,
    words::{t, word},
};
use askama::Template;

/// One entry.
#[derive(Clone, Debug, Default)]
pub struct AuditRow {
    /// Its place in the sealed chain.
    pub number: u64,
    /// When.
    pub at: String,
    /// Name of the person, or the part of the exchange that acted.
    pub person: String,
    /// Name of the act, such as `item.opened`.
    pub act: String,
    /// Kind of thing: `item`, `report`, …
    pub subject_kind: String,
    /// Which one.
    pub subject: Option<String>,
    /// Why, where it had to be said.
    pub purpose: Option<String>,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// `2026-11-24T00:00`, UTC, or nothing.
    pub from: String,
    /// The same.
    pub to: String,
    /// Name of an act, or nothing.
    pub act: String,
    /// Id of a person, or nothing.
    pub person: String,
}

/// Somebody to filter by.
#[derive(Clone, Debug, Default)]
pub struct PersonOption {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// The log, newest first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "audit/log.html")]
pub struct AuditPage {
    /// The frame.
    pub base: Base,
    /// The entries.
    pub rows: Vec<AuditRow>,
    /// What is looked for.
    pub filter: AuditFilter,
    /// Acts to choose from.
    pub acts: Vec<String>,
    /// People to choose from.
    pub people: Vec<PersonOption>,
    /// Path of the next page.
    pub next: Option<String>,
    /// What is wrong; fields `from`, `to`, `act`, `person`.
    pub errors: Vec<FieldError>,
}

impl AuditPage {
    /// Whether anything is filtered.
    pub fn is_filtered(&self) -> bool {
        let f = &self.filter;
        [&f.from, &f.to, &f.act, &f.person].iter().any(|v| !v.is_empty())
    }
}
