//! Folders: several cases that belong together. A folder is its maker's alone or the unit's. Everybody in the unit may put
//! cases in and take them out; only its maker renames, closes or ends it, and ending a folder leaves its cases alone.

use crate::{Act, Error, Result, store};
use base::{CaseId, FolderId, PersonId, Refusal, Time};
use storage::Tx;

/// Most folders of one unit that are not ended.
const MOST: i64 = 1_000;

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Who made it.
    pub person: PersonId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub note: Option<String>,
    /// Whether only its maker sees it.
    pub private: bool,
    /// Cases in it that the unit sees now, counted up to 1,000.
    pub cases: i64,
    /// Counts changes.
    pub version: i64,
    /// When it was made.
    pub at: Time,
}

/// What a folder says about itself.
#[derive(Clone, Debug, Default)]
pub struct Words<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is for.
    pub note: Option<&'a str>,
    /// Whether only its maker sees it.
    pub private: bool,
}

/// Makes a folder.
pub async fn make(tx: &Tx, words: &Words<'_>) -> Result<(FolderId, Act)> {
    let (name, note) = checked(words)?;
    if store::folders_count(tx).await? >= MOST {
        return Err(Error::conflict("too-many-folders", "name", "your unit has 1,000 folders, end one first"));
    }
    let id = tx.id(FolderId::new)?;
    store::folder_add(tx, id, me(tx)?, &name, note.as_deref(), words.private).await?;
    Ok((id, Act::FolderMade(id)))
}

/// A folder that the actor sees.
pub async fn find(tx: &Tx, id: FolderId) -> Result<Folder> {
    store::folder_find(tx, me(tx)?, id).await?.ok_or(Error::NotFound)
}

/// Every folder that the actor sees, by name.
pub async fn all(tx: &Tx) -> Result<Vec<Folder>> {
    store::folders(tx, me(tx)?).await
}

/// Changes what a folder of the actor's own says, if it is still as the actor saw it.
pub async fn change(tx: &Tx, id: FolderId, words: &Words<'_>, version: Option<i64>) -> Result<(Folder, Act)> {
    let old = own(tx, id).await?;
    let (name, note) = checked(words)?;
    if version.is_some_and(|seen| seen != old.version) {
        return Err(storage::Error::Moved.into());
    }
    store::folder_change(tx, id, &name, note.as_deref(), words.private).await?;
    Ok((find(tx, id).await?, Act::FolderChanged(id)))
}

/// Takes a case out of a folder.
pub async fn take_out(tx: &Tx, id: FolderId, case: CaseId) -> Result<Act> {
    find(tx, id).await?;
    if store::folder_take(tx, id, case).await? {
        Ok(Act::FolderEmptied { folder: id, case })
    } else {
        Err(Error::NotFound)
    }
}

/// Ends a folder of the actor's own. Its cases stay where they are.
pub async fn end(tx: &Tx, id: FolderId) -> Result<Act> {
    own(tx, id).await?;
    store::folder_end(tx, id).await?;
    Ok(Act::FolderEnded(id))
}

async fn own(tx: &Tx, id: FolderId) -> Result<Folder> {
    let found = find(tx, id).await?;
    if found.person == me(tx)? {
        return Ok(found);
    }
    Err(Error::conflict("not-your-folder", "folder", "only who made a folder changes or ends it"))
}

fn checked(words: &Words) -> Result<(String, Option<String>), Refusal> {
    Ok((base::one_line("name", words.name, 80)?, base::text_opt("note", words.note, 2000)?))
}

fn me(tx: &Tx) -> Result<PersonId> {
    tx.actor().person().ok_or(Error::NotFound)
}
