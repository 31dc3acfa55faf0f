//! What can be done, in the words of the log. Each room has an enum of its acts and implements [`Act`] for it.

use base::OrgId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The logged operations of Directive (EU) 2016/680, art. 25(1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Something was taken in.
    Collect,
    /// Something was changed.
    Alter,
    /// Somebody looked.
    Consult,
    /// Somebody was given sight of something.
    Disclose,
    /// Things were put together.
    Combine,
    /// Something was destroyed.
    Erase,
}

impl Verb {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Alter => "alter",
            Self::Consult => "consult",
            Self::Disclose => "disclose",
            Self::Combine => "combine",
            Self::Erase => "erase",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Collect, Self::Alter, Self::Consult, Self::Disclose, Self::Combine, Self::Erase]
            .into_iter()
            .find(|verb| verb.word() == word)
    }
}

/// What an act is about: a kind such as `report`, and its id where there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Kind of thing, such as `report` or `items`.
    pub kind: &'static str,
    /// Which one; `None` for a list.
    pub id: Option<Uuid>,
}

impl Subject {
    /// One thing.
    pub fn one(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: Some(id.into()) }
    }

    /// A list of things.
    pub const fn list(kind: &'static str) -> Self {
        Self { kind, id: None }
    }
}

/// Something that was done and must be in the log before its effect is seen.
pub trait Act: Sync {
    /// Name, noun first: `report.accepted`.
    fn name(&self) -> &'static str;
    /// Which operation of LED art. 25 it is.
    fn verb(&self) -> Verb;
    /// What it is about.
    fn subject(&self) -> Subject;
    /// Why, where the actor had to say.
    fn purpose(&self) -> Option<&str> {
        None
    }
    /// Further facts as JSON. Ids, counts and words only: no content, names, addresses or digests of evidence.
    fn detail(&self) -> Option<serde_json::Value> {
        None
    }
    /// Whose log it belongs in, when not the actor's: the exchange acts on behalf of a member.
    fn on_behalf_of(&self) -> Option<OrgId> {
        None
    }
}
