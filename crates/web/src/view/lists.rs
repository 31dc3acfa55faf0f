//! Hash lists: those one may know, one list with what belongs to it, one import.

use super::{
    base::{Base, FieldError, error_of, sentence},
    text::short,
    words::{t, t1, word},
};
use askama::Template;

/// A list among others.
#[derive(Clone, Debug, Default)]
pub struct ListRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of its publisher.
    pub publisher: String,
    /// Word: `baseline`, `national`, `context`.
    pub class: String,
    /// For `national`: where it is illegal.
    pub country: Option<String>,
    /// The number of its last change.
    pub version: u64,
    /// Word: `publisher`, `reader`, `offered`.
    pub access: String,
    /// Whether it may judge without a person.
    pub may_settle: bool,
    /// Whether it settles nothing now.
    pub stopped: bool,
}

/// Lists that one may know.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "lists/overview.html")]
pub struct OverviewPage {
    /// The frame.
    pub base: Base,
    /// The lists, by name.
    pub rows: Vec<ListRow>,
    /// Whether one may make lists.
    pub may_publish: bool,
    /// What the own hotline offered to lists, oldest first.
    pub offered: Vec<OfferedRow>,
}

/// What was typed about a new list.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewListForm {
    /// Its name.
    pub name: String,
    /// Word.
    pub class: String,
    /// Its rule.
    pub rule: String,
    /// Years.
    pub age_below: String,
    /// Bits.
    pub max_distance: String,
}

/// The form that makes a list.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "lists/new.html")]
pub struct NewListPage {
    /// The frame.
    pub base: Base,
    /// What was typed.
    pub form: NewListForm,
    /// Words that one may choose as class.
    pub classes: Vec<&'static str>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// Terms of a list.
#[derive(Clone, Debug, Default)]
pub struct TermsRow {
    /// Their id.
    pub id: String,
    /// Name of the organisation that may read.
    pub organisation: String,
    /// Whether it may be settled by.
    pub may_settle: bool,
    /// When the publisher signed.
    pub offered: String,
    /// When the reader signed.
    pub accepted: Option<String>,
    /// When one of them ended it.
    pub ended: Option<String>,
}

/// An entry of a list.
#[derive(Clone, Debug, Default)]
pub struct EntryRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub reference: String,
    /// Its strongest hash, hexadecimal.
    pub hash: String,
    /// Which kind of hash it is: `sha256`, `sha1`, `md5`, `pdq`, `frames`.
    pub kind: String,
    /// Word.
    pub class: String,
    /// The change that made it what it is.
    pub changed: u64,
    /// When.
    pub at: String,
    /// Where the publisher has it from.
    pub source: String,
    /// Why it is withdrawn.
    pub withdrawn: Option<String>,
}

/// A dispute about an entry.
#[derive(Clone, Debug, Default)]
pub struct VoteRow {
    /// Its id.
    pub id: String,
    /// What people call the entry.
    pub entry: String,
    /// Who disputes it.
    pub organisation: String,
    /// Word: `confirm`, `dispute`.
    pub vote: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: String,
    /// Word: `withdrawn`, `stays`.
    pub answer: Option<String>,
}

/// Content that was offered to a list.
#[derive(Clone, Debug, Default)]
pub struct CandidateRow {
    /// Its id.
    pub id: String,
    /// Its strongest hash, hexadecimal.
    pub hash: String,
    /// Which kind of hash it is.
    pub kind: String,
    /// Word.
    pub class: String,
    /// Word.
    pub age: String,
    /// The hotline.
    pub organisation: String,
    /// When.
    pub at: String,
}

/// An import among others.
#[derive(Clone, Debug, Default)]
pub struct ImportRow {
    /// Its id.
    pub id: String,
    /// Name of the file or server.
    pub name: String,
    /// Its form.
    pub form: String,
    /// Word: `running`, `done`, `failed`, `undoing`, `undone`.
    pub state: String,
    /// Rows read.
    pub lines: u64,
    /// New entries.
    pub added: u64,
    /// Entries that say something else now.
    pub changed: u64,
    /// Rows that changed nothing.
    pub same: u64,
    /// Rows refused.
    pub refused: u64,
    /// Entries withdrawn.
    pub withdrawn: u64,
    /// When it began.
    pub started: String,
    /// When it last took rows.
    pub last: String,
    /// Why it failed.
    pub trouble: Option<String>,
}

/// A server that a list is filled from.
#[derive(Clone, Debug, Default)]
pub struct SubscriptionRow {
    /// Its id.
    pub id: String,
    /// Word: `cport`, `hash_sharing`.
    pub kind: String,
    /// Where.
    pub url: String,
    /// When it last worked.
    pub fetched: Option<String>,
    /// When it is due.
    pub due: String,
    /// Why it failed, the last time.
    pub trouble: Option<String>,
}

/// An organisation that a list may be offered to.
#[derive(Clone, Debug, Default)]
pub struct MemberChoice {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What a publisher typed about the own list, in any of its forms.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    /// Which form it was: `change`, `add`, `subscribe`; the one that is shown open.
    #[serde(skip)]
    pub open: String,
    /// The rule.
    pub rule: String,
    /// Years.
    pub age_below: String,
    /// Bits.
    pub max_distance: String,
    /// Hexadecimal.
    pub md5: String,
    /// Hexadecimal.
    pub sha1: String,
    /// Hexadecimal.
    pub sha256: String,
    /// Hexadecimal.
    pub pdq: String,
    /// 0 to 100.
    pub pdq_quality: String,
    /// Word.
    pub age_group: String,
    /// Word.
    pub gender: String,
    /// Name of a series.
    pub series: String,
    /// Word: `cport`, `hash_sharing`.
    pub kind: String,
    /// Where.
    pub url: String,
    /// User name there.
    pub user: String,
    /// Password there; never shown.
    pub password: String,
    /// Minutes.
    pub every: String,
}

impl Typed {
    /// These words where this form was sent, those of the page in the other forms.
    pub fn over(self, page: Self) -> Self {
        match self.open.as_str() {
            "change" => self,
            _ => Self { rule: page.rule, age_below: page.age_below, max_distance: page.max_distance, ..self },
        }
    }
}

/// Content that the own hotline offered to lists.
#[derive(Clone, Debug, Default)]
pub struct OfferedRow {
    /// Its strongest hash, hexadecimal.
    pub hash: String,
    /// Which kind of hash it is.
    pub kind: String,
    /// Word.
    pub class: String,
    /// Word: `waiting`, `accepted`, `declined`.
    pub state: String,
    /// When.
    pub at: String,
}

/// One list.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "lists/list.html")]
pub struct ListPage {
    /// The frame.
    pub base: Base,
    /// The list.
    pub list: ListRow,
    /// Its rule.
    pub rule: String,
    /// The youngest victim is below this age.
    pub age_below: Option<u64>,
    /// Bits by which a perceptual hash may differ.
    pub max_distance: u64,
    /// When it was made.
    pub created: String,
    /// Since when it is suspended.
    pub suspended: Option<String>,
    /// Why it was stopped by itself.
    pub guarded: Option<String>,
    /// Terms that the reader may see.
    pub terms: Vec<TermsRow>,
    /// Whom it may be offered to.
    pub members: Vec<MemberChoice>,
    /// Entries, in the order of their last change.
    pub entries: Vec<EntryRow>,
    /// The digest that was looked for.
    pub find: String,
    /// Disputes that wait for the publisher; for a reader, its own votes.
    pub votes: Vec<VoteRow>,
    /// Candidates that wait.
    pub candidates: Vec<CandidateRow>,
    /// Imports, newest first.
    pub imports: Vec<ImportRow>,
    /// Subscriptions.
    pub subscriptions: Vec<SubscriptionRow>,
    /// Names of profiles.
    pub profiles: Vec<String>,
    /// Whether the reader's hotline has items that it may have settled.
    pub may_undo: bool,
    /// Whether the reader may vote.
    pub may_vote: bool,
    /// What the publisher's forms hold.
    pub typed: Typed,
    /// Path of the next page.
    pub next: Option<String>,
    /// What is wrong with a form.
    pub errors: Vec<FieldError>,
}

impl ListPage {
    /// Words of forms that files come in.
    pub const FORMATS: [&str; 7] = ["vics", "csv", "jsonl", "text", "hashdeep", "nsrl", "icse"];
    /// Words of age groups.
    pub const AGES: [&str; 5] = ["unknown", "infant", "prepubescent", "pubescent", "adolescent"];
    /// Words of genders.
    pub const GENDERS: [&str; 4] = ["unknown", "female", "male", "both"];
    /// Words of servers that a list is filled from.
    pub const SERVERS: [&str; 2] = ["cport", "hash_sharing"];
    /// Words of forms that lists are written in.
    pub const WRITTEN: [&str; 6] = ["vics", "csv", "jsonl", "text", "hashdeep", "nsrl"];

    /// Whether it is the reader's own.
    pub fn own(&self) -> bool {
        self.list.access == "publisher"
    }

    /// Whether it was offered and is not accepted.
    pub fn offered(&self) -> bool {
        self.list.access == "offered"
    }
}

/// A row that was refused.
#[derive(Clone, Debug, Default)]
pub struct RefusedRow {
    /// Line in the file.
    pub line: i64,
    /// Field as the file names it.
    pub field: String,
    /// Why.
    pub reason: String,
}

/// One import.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "lists/import.html")]
pub struct ImportPage {
    /// The frame.
    pub base: Base,
    /// Id of the list.
    pub list_id: String,
    /// Its name.
    pub list: String,
    /// The import.
    pub import: ImportRow,
    /// Rows that were refused.
    pub refused: Vec<RefusedRow>,
    /// Path of the next page of them.
    pub next: Option<String>,
    /// What is wrong with the form.
    pub errors: Vec<FieldError>,
}
