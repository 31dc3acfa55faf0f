//! What colleagues of one LEA do with cases between them: who works on which, who has read it, notes. Nobody outside the
//! unit learns of any of it, but for notes that are shared with the hotline on purpose. A note stays as it was written:
//! whoever may write may not thereby remove.

use crate::{Act, Error, Result, case, store};
use agreements::directory;
use base::{CaseId, NoteId, PersonId, Refusal, ReportId, Role, Time};
use storage::Tx;

/// Most cases in one act.
pub const MOST_AT_ONCE: usize = 200;

/// Somebody to give a case to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// People of the actor's unit who work on cases, by name.
pub async fn colleagues(tx: &Tx) -> Result<Vec<Colleague>> {
    let all = directory::people(tx).await?;
    let org = tx.actor().org;
    let officers = all.into_iter().filter(|p| p.role == Role::Officer && p.org == org);
    let mut officers: Vec<Colleague> = officers.map(|p| Colleague { id: p.id, name: p.name }).collect();
    officers.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(officers)
}

/// What is done with one or more cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Do {
    /// A colleague works on it, or nobody.
    Assign(Option<PersonId>),
    /// It goes into a folder.
    Folder(base::FolderId),
    /// The actor has read it, or has not.
    Read(bool),
}

/// What was done with how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Cases that it was done with.
    pub done: Vec<CaseId>,
    /// Ids that are no case of the unit's: nothing tells whether there is such a case elsewhere.
    pub unknown: usize,
}

/// Does something with cases of the actor's LEA. What is no case of the LEA's is counted as unknown and hinders nobody.
pub async fn act(tx: &Tx, ids: &[CaseId], what: Do) -> Result<(Done, Act)> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(Refusal::new("cases", "how-many", "choose 1 to 200 cases").into());
    }
    checked(tx, what).await?;
    let mut done = Done::default();
    for id in ids {
        match case::exists(tx, id).await {
            Ok(()) => done.done.push(id),
            Err(Error::NotFound) => done.unknown += 1,
            Err(other) => return Err(other),
        }
    }
    for id in &done.done {
        match what {
            Do::Assign(to) => store::case_assign(tx, *id, to).await?,
            Do::Folder(folder) => store::folder_put(tx, folder, *id).await?,
            Do::Read(read) => store::case_set_read(tx, *id, read).await?,
        }
    }
    let act = match what {
        Do::Assign(to) => Act::CasesAssigned { cases: done.done.clone(), to },
        Do::Folder(folder) => Act::FolderFilled { folder, cases: done.done.clone() },
        Do::Read(read) => Act::CasesMarked { cases: done.done.clone(), read },
    };
    Ok((done, act))
}

/// The same with one case, which has to be there.
pub async fn act_on(tx: &Tx, id: CaseId, what: Do) -> Result<Act> {
    case::exists(tx, id).await?;
    Ok(act(tx, &[id], what).await?.1)
}

async fn checked(tx: &Tx, what: Do) -> Result<()> {
    match what {
        Do::Assign(Some(to)) if !colleagues(tx).await?.iter().any(|c| c.id == to) => {
            Err(Refusal::new("person", "unknown-person", "there is no such colleague in your unit").into())
        }
        Do::Folder(folder) => crate::folder::find(tx, folder).await.map(drop),
        Do::Assign(_) | Do::Read(_) => Ok(()),
    }
}

/// Who reads a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Its author.
    Private,
    /// The unit.
    Unit,
    /// The unit, and the hotlines that reported or own something of it.
    Hotline,
}

impl Reach {
    /// Every one, from narrow to wide.
    pub const ALL: [Self; 3] = [Self::Private, Self::Unit, Self::Hotline];

    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Unit => "unit",
            Self::Hotline => "hotline",
        }
    }

    /// Reads the one spelling; nothing is private.
    pub fn read(word: &str) -> Result<Self, Refusal> {
        let word = if word.is_empty() { "private" } else { word };
        let found = Self::ALL.into_iter().find(|r| r.word() == word);
        found.ok_or_else(|| Refusal::new("reach", "unknown-reach", "write `private`, `unit` or `hotline`"))
    }
}

/// A note on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: NoteId,
    /// Who wrote it, by the name they had then.
    pub author: String,
    /// The author's LEA.
    pub lea: base::OrgId,
    /// Who reads it.
    pub reach: Reach,
    /// What it says.
    pub body: String,
    /// When.
    pub at: Time,
}

/// Writes a note on a case of the actor's LEA.
pub async fn note(tx: &Tx, id: CaseId, body: &str, reach: Reach) -> Result<(NoteId, Act)> {
    let report = case_report(tx, id).await?;
    let body = base::text("body", body, 4000)?;
    let me = tx.actor().person().ok_or(Error::NotFound)?;
    let author =
        directory::people(tx).await?.into_iter().find(|p| p.id == me).map(|p| p.name).ok_or(Error::NotFound)?;
    let note = tx.id(NoteId::new)?;
    store::note_add(tx, note, (id, report.id, report.reporter), (me, &author), reach, &body).await?;
    Ok((note, Act::NoteWritten { note, case: id, reach }))
}

async fn case_report(tx: &Tx, id: CaseId) -> Result<crate::Report> {
    case::exists(tx, id).await?;
    store::report_of_case(tx, id).await?.ok_or(Error::NotFound)
}

/// Notes on a case that the actor may read, oldest first.
pub async fn notes(tx: &Tx, id: CaseId) -> Result<Vec<Note>> {
    case::exists(tx, id).await?;
    let me = tx.actor().person().ok_or(Error::NotFound)?;
    store::notes_of_case(tx, me, id).await
}

/// Notes that police share on a report of the actor's hotline, oldest first.
pub async fn shared_notes(tx: &Tx, report: ReportId) -> Result<Vec<Note>> {
    store::report_find(tx, report).await?.ok_or(Error::NotFound)?;
    store::notes_of_report(tx, report).await
}

/// What the unit keeps about one case.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Who works on it.
    pub assigned: Option<PersonId>,
    /// Since when.
    pub assigned_at: Option<Time>,
    /// Folders that the actor sees it in, with their names.
    pub folders: Vec<(base::FolderId, String)>,
    /// Notes that the actor may read.
    pub notes: Vec<Note>,
}

/// What the actor's unit keeps about a case.
pub async fn about(tx: &Tx, id: CaseId) -> Result<About> {
    let notes = notes(tx, id).await?;
    let me = tx.actor().person().ok_or(Error::NotFound)?;
    let (assigned, assigned_at) = store::case_assigned(tx, id).await?;
    Ok(About { assigned, assigned_at, folders: store::folders_of_case(tx, me, id).await?, notes })
}
