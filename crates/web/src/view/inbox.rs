//! The officer's inbox and what belongs to it: filters, saved searches, folders, the weights of urgency, and what a unit
//! keeps about a case.

use super::{
    base::{Base, FieldError, error_of},
    words::{t, t1, t2, word},
};
use askama::Template;

/// Why a case ranks where it does: a word of `reason`, or of `age` for the age group, and a number where the word has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReasonView {
    /// Word: `new`, `known`, `baseline`, `several`, `self_generated`, `home`, `seen`, `age`.
    pub word: String,
    /// For `seen` how many, for `age` the group's word.
    pub of: String,
    /// Points that it counts.
    pub points: i64,
}

impl ReasonView {
    /// In words: `new material`, `0 to 2 years`, `same file in 214 of your cases`.
    pub fn text(&self) -> String {
        match self.word.as_str() {
            "age" => word("age", &self.of),
            "seen" => t1("urgency-seen", "n", &self.of),
            other => word("reason", other),
        }
    }
}

/// How long ago something was, in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ago {
    /// Minutes.
    pub minutes: u64,
}

impl Ago {
    /// `first seen 3 hours ago`.
    pub fn text(self) -> String {
        match self.minutes {
            0..=1 => t("ago-now"),
            2..=119 => t1("ago-minutes", "n", self.minutes),
            120..=2_879 => t1("ago-hours", "n", self.minutes / 60),
            _ => t1("ago-days", "n", self.minutes / 1_440),
        }
    }
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
    /// Why it ranks where it does, what counts most first.
    pub reasons: Vec<ReasonView>,
    /// When it was first seen.
    pub ago: Ago,
    /// Items disclosed.
    pub items: u64,
    /// Country of the host.
    pub hosting_country: Option<String>,
    /// Whether that is why it is the unit's: the host is in its own country.
    pub own_country: bool,
    /// When it was disclosed.
    pub disclosed: String,
    /// Word: `new`, `opened`, `answered`.
    pub status: String,
    /// Word: the newest outcome.
    pub outcome: Option<String>,
    /// Other cases that hold the very same files.
    pub alike: u64,
    /// Whether there may be more of them than that.
    pub alike_more: bool,
    /// Name of who works on it.
    pub assigned: Option<String>,
    /// Whether the reader has read it.
    pub read: bool,
}

impl InboxRow {
    /// Why it ranks where it does, as one phrase.
    pub fn why(&self) -> String {
        let said = self.reasons.iter().map(ReasonView::text);
        said.chain([self.ago.text()]).collect::<Vec<_>>().join(", ")
    }

    /// How many alike cases there are besides, in words.
    pub fn others(&self) -> String {
        let more = if self.alike_more { "+" } else { "" };
        t1("inbox-alike", "n", format!("{}{more}", self.alike))
    }
}

/// Something to choose: its value, what people read, whether it is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The filter as it is typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilterForm {
    /// Word.
    pub class: String,
    /// Word.
    pub age: String,
    /// Word: `new`, `known`.
    pub known: String,
    /// Word.
    pub status: String,
    /// Country.
    pub hosting: String,
    /// Clause.
    pub clause: String,
    /// Word or a colleague's id.
    pub assigned: String,
    /// Something: only unread ones.
    pub unread: String,
    /// A folder's id.
    pub folder: String,
    /// A day.
    pub from: String,
    /// A day.
    pub until: String,
    /// Words.
    pub text: String,
}

impl FilterForm {
    /// Classes to choose from.
    pub const CLASSES: [&str; 2] = ["baseline", "national"];
    /// Age groups to choose from.
    pub const AGES: [&str; 5] = ["infant", "prepubescent", "pubescent", "adolescent", "unknown"];
    /// How far a case can be.
    pub const STATUSES: [&str; 3] = ["new", "opened", "answered"];
    /// Whether something is new.
    pub const KNOWN: [&str; 2] = ["new", "known"];
    /// Who can work on it, beside colleagues.
    pub const ASSIGNED: [&str; 3] = ["me", "nobody", "somebody"];

    /// Whether something but words is set.
    pub fn narrows(&self) -> bool {
        let all = [
            &self.class,
            &self.age,
            &self.known,
            &self.status,
            &self.hosting,
            &self.clause,
            &self.assigned,
            &self.unread,
            &self.folder,
            &self.from,
            &self.until,
        ];
        all.iter().any(|field| !field.is_empty())
    }
}

/// The search that a list is of.
#[derive(Clone, Debug, Default)]
pub struct SearchView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is the reader's own.
    pub own: bool,
    /// Whether the unit sees it.
    pub shared: bool,
    /// Whether its owner gets mail.
    pub alert: bool,
    /// Cases that it finds.
    pub found: u64,
    /// Whether there are more than counted.
    pub more: bool,
}

impl SearchView {
    /// How many it finds, in words.
    pub fn count(&self) -> String {
        let more = if self.more { "+" } else { "" };
        t1("search-found", "n", format!("{}{more}", grouped(self.found)))
    }
}

/// A number with commas between thousands.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What was disclosed to the officer's organisation, most urgent first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/inbox.html")]
pub struct InboxPage {
    /// The frame.
    pub base: Base,
    /// Word: `all`, `search`, `alike`, `folder`.
    pub kind: String,
    /// Path of this page.
    pub here: String,
    /// The rows.
    pub rows: Vec<InboxRow>,
    /// Path of the next page.
    pub next: Option<String>,
    /// The filter.
    pub form: FilterForm,
    /// The search that this is of.
    pub search: Option<SearchView>,
    /// For cases alike: the reference and id of the one that they are like.
    pub like: Option<(String, String)>,
    /// The folder that this is of.
    pub folder: Option<FolderView>,
    /// Searches with a name that the reader may use.
    pub searches: Vec<Choice>,
    /// Colleagues to give cases to.
    pub people: Vec<Choice>,
    /// Folders to put cases into.
    pub folders: Vec<Choice>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// Saved searches.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/searches.html")]
pub struct SearchesPage {
    /// The frame.
    pub base: Base,
    /// Searches with a name that the reader may use.
    pub rows: Vec<SearchView>,
    /// Where mail reaches the reader.
    pub address: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A folder.
#[derive(Clone, Debug, Default)]
pub struct FolderView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Whether only its maker sees it.
    pub private: bool,
    /// Whether the reader made it.
    pub own: bool,
    /// Cases in it.
    pub cases: u64,
}

/// Folders of the unit.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/folders.html")]
pub struct FoldersPage {
    /// The frame.
    pub base: Base,
    /// The folders that the reader sees.
    pub rows: Vec<FolderView>,
    /// What was typed about a new one.
    pub form: FolderForm,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A folder as it is typed.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FolderForm {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: String,
    /// Something: only its maker sees it.
    pub private: String,
}

/// One weight.
#[derive(Clone, Debug, Default)]
pub struct WeightView {
    /// Name of the field; a word of `weight`.
    pub name: String,
    /// As it is typed.
    pub value: String,
}

/// A case as other weights would order it.
#[derive(Clone, Debug, Default)]
pub struct PreviewRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Its place then.
    pub place: u64,
    /// Its place now.
    pub was: u64,
    /// Its points then.
    pub points: i64,
    /// Why.
    pub reasons: Vec<ReasonView>,
}

impl PreviewRow {
    /// Why, as one phrase with points.
    pub fn why(&self) -> String {
        let said = self.reasons.iter().map(|r| format!("{} ({:+})", r.text(), r.points));
        said.collect::<Vec<_>>().join(", ")
    }

    /// Whether it goes `up`, `down`, or stays: a word of `move`.
    pub fn moves(&self) -> &'static str {
        match self.place.cmp(&self.was) {
            std::cmp::Ordering::Less => "up",
            std::cmp::Ordering::Greater => "down",
            std::cmp::Ordering::Equal => "stays",
        }
    }
}

/// What each factor counts.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "police/urgency.html")]
pub struct UrgencyPage {
    /// The frame.
    pub base: Base,
    /// The weights, in order.
    pub weights: Vec<WeightView>,
    /// The first cases by these weights.
    pub rows: Vec<PreviewRow>,
    /// Whether these are weights that were tried and not saved.
    pub tried: bool,
    /// Whether only the cases that stand highest now were looked at.
    pub bounded: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A note on a case.
#[derive(Clone, Debug, Default)]
pub struct NoteView {
    /// Who wrote it.
    pub author: String,
    /// Name of the author's organisation.
    pub organisation: String,
    /// Word: `private`, `unit`, `hotline`.
    pub reach: String,
    /// What it says.
    pub body: String,
    /// When.
    pub at: String,
}

/// What a unit keeps about a case; drawn by `police/parts_team.html`.
#[derive(Clone, Debug, Default)]
pub struct TeamView {
    /// Name of who works on it.
    pub assigned: Option<String>,
    /// Since when.
    pub assigned_at: Option<String>,
    /// Colleagues to give it to.
    pub people: Vec<Choice>,
    /// Folders that it is in: id and name.
    pub inside: Vec<Choice>,
    /// Other folders.
    pub folders: Vec<Choice>,
    /// Notes, oldest first.
    pub notes: Vec<NoteView>,
    /// The note as typed, after a refusal.
    pub body: String,
}

impl TeamView {
    /// Who can read a note.
    pub const REACHES: [&str; 3] = ["private", "unit", "hotline"];
}

/// Whether a word is the one that is set.
pub fn is(set: &str, word: &str) -> bool {
    set == word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_why_it_ranks_where_it_does() {
        let reason = |word: &str, of: &str| ReasonView { word: word.into(), of: of.into(), points: 1 };
        let row = InboxRow {
            reasons: vec![reason("new", ""), reason("age", "infant"), reason("seen", "214")],
            ago: Ago { minutes: 185 },
            ..InboxRow::default()
        };
        assert_eq!(row.why(), "new material, 0 to 2 years, same file in 214 of your cases, first seen 3 hours ago");
    }

    #[test]
    fn counts_end_somewhere_and_say_so() {
        let found = |found, more| SearchView { found, more, ..SearchView::default() }.count();
        assert_eq!(found(1, false), "Cases found: 1");
        assert_eq!(found(10_000, true), "Cases found: 10,000+");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
