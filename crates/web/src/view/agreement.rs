//! Agreements as pages: one with its clauses, its versions and what can be done with it; the editor of a draft, in which each
//! clause is a sentence with fields in it; a new one.

use super::{
    base::{Base, FieldError, error_of},
    network::{LaneView, VersionView},
    words::{t, t1, t2, word},
};
use askama::Template;

/// Somebody's suspension.
#[derive(Clone, Debug, Default)]
pub struct SuspensionView {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub at: String,
    /// Until when; nothing: still.
    pub ended: Option<String>,
}

/// What distinguishes a text from the one in force, in sentences.
#[derive(Clone, Debug, Default)]
pub struct DifferenceView {
    /// The version it is compared with.
    pub from: u64,
    /// Clauses added.
    pub added: Vec<String>,
    /// Clauses removed.
    pub removed: Vec<String>,
    /// Clauses that say something else: before and after.
    pub changed: Vec<(String, String)>,
    /// An example of what police would get more of.
    pub wider: Option<String>,
    /// An example of what police would get less of.
    pub narrower: Option<String>,
}

impl DifferenceView {
    /// Whether both texts say the same.
    pub fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Who would get what.
#[derive(Clone, Debug, Default)]
pub struct TriedView {
    /// Days looked back on.
    pub days: i64,
    /// What changes, in sentences.
    pub sentences: Vec<String>,
    /// Reports and items told under the text in force.
    pub old: (i64, i64),
    /// Reports and items told under the text tried.
    pub new: (i64, i64),
    /// Items told by each clause of the text tried.
    pub by_clause: Vec<(String, i64)>,
}

/// One agreement.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "network/agreement.html")]
pub struct AgreementPage {
    /// The frame.
    pub base: Base,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the hotline.
    pub hotline: String,
    /// Name of the LEA.
    pub lea: String,
    /// Version whose clauses are shown.
    pub version: u64,
    /// Word: its status.
    pub status: String,
    /// The revision of its text, sent back with a signature.
    pub revision: i64,
    /// The clauses.
    pub lanes: Vec<LaneView>,
    /// Desks to turn to: party, desk, mail, telephone.
    pub contacts: Vec<ContactForm>,
    /// Clauses that are for the same items, in sentences.
    pub overlaps: Vec<String>,
    /// What is new in the version shown.
    pub difference: Option<DifferenceView>,
    /// Who would get what, when asked.
    pub tried: Option<TriedView>,
    /// All versions, newest first.
    pub versions: Vec<VersionView>,
    /// Who suspended it, newest first.
    pub suspensions: Vec<SuspensionView>,
    /// Who ended it early, when and why.
    pub ended: Option<SuspensionView>,
    /// Whether the reader may change the version shown.
    pub may_write: bool,
    /// Whether the reader's signature is the next that can be given to the version shown.
    pub may_sign: bool,
    /// Whether the reader may put the version shown away.
    pub may_discard: bool,
    /// Whether a new version can be drafted by the reader.
    pub may_draft: bool,
    /// Whether the reader may suspend it.
    pub may_suspend: bool,
    /// Whether the reader's organisation has suspended it.
    pub may_resume: bool,
    /// Whether the reader may end it.
    pub may_end: bool,
    /// What was refused.
    pub errors: Vec<FieldError>,
}

impl AgreementPage {
    /// Keys of the templates that a draft can begin with.
    pub const TEMPLATES: [&str; 4] = ["be", "de", "ie", "nl"];
}

/// A clause as the editor's fields hold it. Words are those of the agreement's own text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaneForm {
    /// Its number.
    pub clause: String,
    /// Where the item is hosted.
    pub hosting: String,
    /// Classes that are ticked.
    pub classes: Vec<String>,
    /// Age groups that are ticked; none: any.
    pub ages: Vec<String>,
    /// Known, new or any.
    pub novelty: String,
    /// Kinds of sites that are ticked; none: any.
    pub sites: Vec<String>,
    /// Real, synthetic or any.
    pub synthetic: String,
    /// Whose judgement is enough.
    pub informed_on: String,
    /// How wide.
    pub width: String,
    /// `yes` where files open.
    pub media: String,
    /// Who tells the host.
    pub notice_by: String,
    /// Hours later.
    pub notice_after: String,
    /// Form of the approval.
    pub approval: String,
    /// Hours for the word, or for the paper alone.
    pub approval_hours: String,
    /// Hours for the paper after the word.
    pub written_hours: String,
    /// Longest hold in days.
    pub hold_days: String,
    /// Where things may go on to: words that are ticked.
    pub onward: Vec<String>,
    /// Days until an outcome is due.
    pub outcome_days: String,
    /// Days until it is erased.
    pub retention_days: String,
}

/// A desk to turn to, as the editor's fields hold it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactForm {
    /// Word: `hotline` or `lea`.
    pub party: String,
    /// What it is called.
    pub desk: String,
    /// Its mail address.
    pub mail: String,
    /// Its telephone number.
    pub phone: String,
}

/// The editor of a draft.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "network/editor.html")]
pub struct EditorPage {
    /// The frame.
    pub base: Base,
    /// The agreement's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the hotline.
    pub hotline: String,
    /// Name of the LEA.
    pub lea: String,
    /// The version that is written.
    pub version: u64,
    /// The revision that the writer has seen.
    pub revision: i64,
    /// From when, as a form's field holds it.
    pub valid_from: String,
    /// Until when; nothing: open.
    pub valid_until: String,
    /// The clauses.
    pub lanes: Vec<LaneForm>,
    /// Desks to turn to.
    pub contacts: Vec<ContactForm>,
    /// Clauses that are for the same items, in sentences.
    pub overlaps: Vec<String>,
    /// What is new against the version in force.
    pub difference: Option<DifferenceView>,
    /// Who would get what, when asked.
    pub tried: Option<TriedView>,
    /// What somebody else has stored meanwhile, in sentences.
    pub theirs: Option<Vec<String>>,
    /// What was refused.
    pub errors: Vec<FieldError>,
}

impl EditorPage {
    /// Words of `class`.
    pub const CLASSES: [&str; 2] = ["baseline", "national"];
    /// Words of `age`.
    pub const AGES: [&str; 6] = ["infant", "prepubescent", "pubescent", "adolescent", "adult", "unknown"];
    /// Words of `site`.
    pub const SITES: [&str; 10] = [
        "website",
        "forum",
        "image_host",
        "file_host",
        "social_media",
        "messenger",
        "search",
        "onion",
        "other",
        "unknown",
    ];
    /// Words of `draft-hosting`.
    pub const HOSTINGS: [&str; 3] = ["home", "member", "elsewhere"];
    /// Words of `draft-novelty`.
    pub const NOVELTIES: [&str; 3] = ["any", "known", "new"];
    /// Words of `draft-synthetic`.
    pub const REALITIES: [&str; 3] = ["any", "real", "synthetic"];
    /// Words of `draft-informed`.
    pub const INFORMED: [&str; 2] = ["any_member_baseline", "own_assessment"];
    /// Words of `draft-width`.
    pub const WIDTHS: [&str; 4] = ["metadata", "item", "page", "series"];
    /// Words of `draft-media`.
    pub const MEDIA: [&str; 2] = ["yes", "no"];
    /// Words of `draft-notice`.
    pub const NOTIFIERS: [&str; 3] = ["hotline", "police", "partner"];
    /// Words of `draft-approval`.
    pub const APPROVALS: [&str; 4] = ["none", "oral", "oral_then_written", "written"];
    /// Words of `onward`.
    pub const ONWARD: [&str; 3] = ["icse", "iwol", "hash_list"];
    /// Words of `kind` that a contact is at.
    pub const PARTIES: [&str; 2] = ["hotline", "lea"];
}

/// Whether a word is among those ticked.
pub fn has(words: &[String], word: &str) -> bool {
    words.iter().any(|w| w == word)
}

/// An organisation to choose.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its name, with its country.
    pub name: String,
}

/// What was typed for a new agreement.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NewAgreementForm {
    /// Its name.
    pub name: String,
    /// Id of the hotline.
    pub hotline: String,
    /// Id of the LEA.
    pub lea: String,
    /// Key of the template to begin with.
    pub template: String,
}

/// A new agreement.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "network/new_agreement.html")]
pub struct NewAgreementPage {
    /// The frame.
    pub base: Base,
    /// What was typed.
    pub form: NewAgreementForm,
    /// Hotlines to choose from.
    pub hotlines: Vec<Choice>,
    /// LEAs to choose from.
    pub leas: Vec<Choice>,
    /// What was refused.
    pub errors: Vec<FieldError>,
}

impl NewAgreementPage {
    /// Keys of the templates.
    pub const TEMPLATES: [&str; 4] = AgreementPage::TEMPLATES;
}
