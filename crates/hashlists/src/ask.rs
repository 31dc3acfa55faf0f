//! What lists know of some content, for whoever may read them: candidates from the index, then asked of the database in the
//! same transaction. An entry that was withdrawn, terms that ended, a list that was stopped say nothing from that moment on.

use crate::{Access, Act, Error, Hashes, Hit, How, List, Lists, Result, Says, entry, list};
use base::{Country, HashId, ListId, OrgId, Scope};
use storage::Tx;

/// An entry that a file hits, on a list that an organisation may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The entry.
    pub entry: HashId,
    /// Its list.
    pub list: ListId,
    /// The list's name.
    pub name: String,
    /// Where it is illegal, for a national list.
    pub country: Option<Country>,
    /// The change by which the entry is as it is.
    pub version: i64,
    /// How the file hits it.
    pub how: How,
    /// Bits of difference.
    pub distance: u32,
    /// What it says.
    pub says: Says,
    /// Whether the organisation lets this list judge for it.
    pub may_settle: bool,
}

/// Entries asked of the database for one file; exact hits come first.
const MOST_HITS: usize = 200;
/// Files asked about at once.
pub const MOST_ASKED: usize = 1000;

/// What lists know of each of some files, as far as the actor may read. At most [`MOST_ASKED`].
pub async fn ask(tx: &Tx, lists: &Lists, files: &[Hashes]) -> Result<(Vec<Vec<Found>>, Act)> {
    if files.is_empty() || files.len() > MOST_ASKED {
        return Err(Error::conflict("file-count", "hashes", format!("ask about 1 to {MOST_ASKED} files at once")));
    }
    let mut answers = Vec::with_capacity(files.len());
    for hashes in files {
        let hits = lists.index.look_up(hashes, lists.config.frame_share);
        answers.push(match tx.actor().scope() {
            Scope::Organisation(org) => found(tx, org, &hits).await?,
            Scope::Exchange => on(tx, &everywhere(tx).await?, &hits).await?,
        });
    }
    let known = answers.iter().filter(|a| !a.is_empty()).count();
    let act = Act::Asked(files.len(), known);
    Ok((answers, act))
}

/// What an organisation may know of these hits now.
pub async fn found(tx: &Tx, org: OrgId, hits: &[Hit]) -> Result<Vec<Found>> {
    let hits = hits.get(..MOST_HITS).unwrap_or(hits);
    let mut ids: Vec<ListId> = hits.iter().map(|h| h.list).collect();
    ids.sort_unstable();
    ids.dedup();
    let lists = list::access(tx, org, &ids).await?;
    on(tx, &lists, hits).await
}

/// Every list, for the machinery, which judges by none.
async fn everywhere(tx: &Tx) -> Result<Vec<(List, Access)>> {
    let all = list::all(tx).await?;
    Ok(all.into_iter().map(|list| (list, Access::Reader { may_settle: false })).collect())
}

/// What these lists know.
async fn on(tx: &Tx, lists: &[(List, Access)], hits: &[Hit]) -> Result<Vec<Found>> {
    let hits = hits.get(..MOST_HITS).unwrap_or(hits);
    let speaks = |hit: &&Hit| lists.iter().any(|(l, _)| l.id == hit.list && !stopped(l));
    let readable: Vec<&Hit> = hits.iter().filter(speaks).collect();
    let entries = entry::among(tx, &readable.iter().map(|h| h.entry).collect::<Vec<_>>()).await?;
    let found = readable.into_iter().filter_map(|hit| {
        let (list, access) = lists.iter().find(|(l, _)| l.id == hit.list)?;
        let entry = entries.iter().find(|e| e.id == hit.entry && e.withdrawn.is_none())?;
        Some(Found {
            entry: entry.id,
            list: list.id,
            name: list.name.clone(),
            country: list.country,
            version: entry.changed,
            how: hit.how,
            distance: hit.distance,
            says: entry.says,
            may_settle: matches!(access, Access::Publisher | Access::Reader { may_settle: true }),
        })
    });
    Ok(found.collect())
}

const fn stopped(list: &List) -> bool {
    list.suspended.is_some() || list.guarded.is_some()
}
