//! The officer's inbox: cases of the own LEA by urgency, narrowed by a filter. A list is one walk along an index, from a
//! cursor on; nothing is counted beyond a limit.
//!
//! The plain inbox folds: of cases that hold the very same files it shows the newest and says how many there are. A filter
//! folds nothing, because the case that it looks for may be one of the others.

use crate::{Act, Case, Error, Result, store, urgency::Reason, words};
use base::{AgeGroup, CaseId, Class, Country, FolderId, PersonId, Refusal, Time};
use serde::{Deserialize, Serialize};
use storage::{Page, Tx, keyset};
use uuid::Uuid;

/// Counts end here: "10,000+".
pub const MOST_COUNTED: i64 = 10_000;

/// What a case of an inbox has to be. Nothing set: every case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// The gravest class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// The youngest age group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<AgeGroup>,
    /// Whether something in it was not known before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fresh: Option<bool>,
    /// How far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Country of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosting: Option<Country>,
    /// Clause of the agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Who works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Assigned>,
    /// Whether the one who looks has not read it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
    /// In this folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderId>,
    /// Disclosed from then on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Disclosed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// Words that the case shows, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How far a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has opened it.
    New,
    /// Opened and not answered.
    Opened,
    /// Answered.
    Answered,
}

impl Status {
    /// Every one, in order.
    pub const ALL: [Self; 3] = [Self::New, Self::Opened, Self::Answered];

    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Opened => "opened",
            Self::Answered => "answered",
        }
    }
}

/// Who works on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assigned {
    /// Whoever looks.
    Me,
    /// Nobody.
    Nobody,
    /// Anybody.
    Somebody,
    /// This colleague.
    To(PersonId),
}

/// A filter as people and programs write it, words not checked yet. Blank is the same as not there.
#[derive(Clone, Debug, Default)]
pub struct Typed<'a> {
    /// Word.
    pub class: &'a str,
    /// Word.
    pub age: &'a str,
    /// `new` or `known`.
    pub known: &'a str,
    /// Word.
    pub status: &'a str,
    /// Two letters.
    pub hosting: &'a str,
    /// A clause.
    pub clause: &'a str,
    /// `me`, `nobody`, `somebody`, or a person's id.
    pub assigned: &'a str,
    /// Whether only unread ones.
    pub unread: bool,
    /// A folder's id.
    pub folder: &'a str,
    /// RFC 3339, or a day.
    pub from: &'a str,
    /// RFC 3339, or a day.
    pub until: &'a str,
    /// Words.
    pub text: &'a str,
}

impl Filter {
    /// Reads what was typed; the first field that cannot be used is named.
    pub fn read(typed: &Typed) -> Result<Self, Refusal> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let fresh = given(typed.known).map(|word| match word.as_str() {
            "new" => Ok(true),
            "known" => Ok(false),
            _ => Err(Refusal::new("known", "unknown-word", "write `new` or `known`")),
        });
        let status = given(typed.status).map(|word| {
            let found = Status::ALL.into_iter().find(|s| s.word() == word);
            found.ok_or_else(|| Refusal::new("status", "unknown-status", "write `new`, `opened` or `answered`"))
        });
        let folder =
            given(typed.folder).map(|id| id.parse().map_err(|_| Refusal::new("folder", "bad-id", "this is no id")));
        let filter = Self {
            class: given(typed.class).map(|w| w.parse()).transpose()?,
            age: given(typed.age).map(|w| w.parse()).transpose()?,
            fresh: fresh.transpose()?,
            status: status.transpose()?,
            hosting: given(typed.hosting).map(|c| Country::parse("hosting", &c)).transpose()?,
            clause: base::text_opt("clause", Some(typed.clause), 40)?,
            assigned: given(typed.assigned).map(|w| assigned(&w)).transpose()?,
            unread: typed.unread,
            folder: folder.transpose()?,
            from: given(typed.from).map(|t| moment("from", &t)).transpose()?,
            until: given(typed.until).map(|t| moment("until", &t)).transpose()?,
            text: base::text_opt("text", Some(typed.text), 400)?,
        };
        filter.checked()
    }

    /// The same, if it can find anything.
    fn checked(self) -> Result<Self, Refusal> {
        if self.text.as_deref().is_some_and(|text| words::of_question(text).is_empty()) {
            return Err(Refusal::new("text", "no-words", "write at least one word, number or name"));
        }
        if self.from.zip(self.until).is_some_and(|(from, until)| until <= from) {
            return Err(Refusal::new("until", "ends-early", "this ends before it begins"));
        }
        Ok(self)
    }

    /// Whether it lets every case through.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn assigned(word: &str) -> Result<Assigned, Refusal> {
    Ok(match word {
        "me" => Assigned::Me,
        "nobody" => Assigned::Nobody,
        "somebody" => Assigned::Somebody,
        id => Assigned::To(id.parse().map_err(|_| {
            Refusal::new("assigned", "unknown-word", "write `me`, `nobody`, `somebody` or a colleague's id")
        })?),
    })
}

/// A time, or a day's beginning in UTC.
fn moment(field: &'static str, text: &str) -> Result<Time, Refusal> {
    let full = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    full.parse().map_err(|reason: String| Refusal::new(field, "bad-time", reason))
}

/// A case in an inbox, with what makes it stand where it does.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// The case.
    pub case: Case,
    /// Its points, without age.
    pub points: i64,
    /// Why, each with its points.
    pub reasons: Vec<(Reason, i64)>,
    /// When a hotline first received it.
    pub since: Time,
    /// The youngest age group.
    pub age: AgeGroup,
    /// Own cases that hold the very same files, this one included; 0 where its files are not disclosed.
    pub alike: i64,
    /// Who works on it.
    pub assigned: Option<PersonId>,
    /// Whether the one who looks has read it.
    pub read: bool,
}

/// What to list.
#[derive(Clone, Debug)]
pub enum Of<'a> {
    /// The inbox as it is opened: everything, folded.
    Everything,
    /// What a filter lets through, not folded.
    Filtered(&'a Filter),
    /// Cases that hold the very same files as this one.
    Alike(CaseId),
}

/// One page of the inbox, most urgent first.
pub async fn list(tx: &Tx, of: Of<'_>, after: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Ranked>> {
    let me = tx.actor().person().ok_or(Error::NotFound)?;
    let rows = match of {
        Of::Everything => store::inbox_folded(tx, me, after, limit).await?,
        Of::Filtered(filter) => store::inbox_filtered(tx, me, filter, after, limit).await?,
        Of::Alike(case) => store::inbox_alike(tx, me, case, after, limit).await?,
    };
    Ok(keyset::page(rows, limit, |row| (row.case.rank, row.case.id.0))?)
}

/// How many cases a filter lets through, counted up to [`MOST_COUNTED`].
pub async fn count(tx: &Tx, filter: &Filter) -> Result<i64> {
    let me = tx.actor().person().ok_or(Error::NotFound)?;
    store::inbox_count(tx, me, filter, MOST_COUNTED).await
}

/// Cases that hold the very same files as one of the actor's LEA, this one included.
pub async fn alike(tx: &Tx, case: CaseId, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Ranked>, Act)> {
    crate::case::exists(tx, case).await?;
    Ok((list(tx, Of::Alike(case), after, limit).await?, Act::CasesRead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_reads_back_from_its_own_words() {
        let typed = Typed {
            class: "baseline",
            age: "infant",
            known: "new",
            status: "opened",
            hosting: "de",
            clause: "2.1",
            assigned: "me",
            unread: true,
            from: "2026-05-01",
            until: "2026-06-01T12:00:00Z",
            text: " pictures.example ",
            folder: "01900000-0000-7000-8000-000000000000",
        };
        let filter = Filter::read(&typed).unwrap();
        let text = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), filter);
        assert!(!filter.is_empty() && Filter::read(&Typed::default()).unwrap().is_empty());
        assert_eq!(serde_json::to_string(&Filter::default()).unwrap(), "{}");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let refused = |typed: Typed| Filter::read(&typed).map_err(|r| (r.field, r.rule));
        let none = Typed::default;
        assert_eq!(refused(Typed { class: "x", ..none() }), Err(("class", "unknown-class")));
        assert_eq!(refused(Typed { known: "x", ..none() }), Err(("known", "unknown-word")));
        assert_eq!(refused(Typed { status: "x", ..none() }), Err(("status", "unknown-status")));
        assert_eq!(refused(Typed { hosting: "XX", ..none() }), Err(("hosting", "unknown-country")));
        assert_eq!(refused(Typed { assigned: "x", ..none() }), Err(("assigned", "unknown-word")));
        assert_eq!(refused(Typed { folder: "x", ..none() }), Err(("folder", "bad-id")));
        assert_eq!(refused(Typed { from: "yesterday", ..none() }), Err(("from", "bad-time")));
        assert_eq!(refused(Typed { from: "2026-05-01", until: "2026-05-01", ..none() }), Err(("until", "ends-early")));
        assert_eq!(refused(Typed { text: "?!", ..none() }), Err(("text", "no-words")));
    }
}
