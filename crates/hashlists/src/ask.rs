//! What lists know of some content, for whoever may read them: candidates from the index, then asked of the database in the
//! same transaction. An entry that was withdrawn, terms that ended, a list that was stopped say nothing from that moment on.

use crate::{Access, Act, Entry, Error, Hashes, Hit, How, List, Lists, Result, Says, entry, list};
use base::{Country, HashId, ListId, OrgId, Scope};
use std::collections::{HashMap, HashSet};
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
    let hits: Vec<Vec<Hit>> = files
        .iter()
        .map(|hashes| lists.index.look_up(hashes, lists.config.frame_share).into_iter().take(MOST_HITS).collect())
        .collect();
    let all: Vec<&Hit> = hits.iter().flatten().collect();
    let known = Known::read(tx, tx.actor().scope(), &all).await?;
    let answers: Vec<Vec<Found>> = hits.iter().zip(files).map(|(hits, asked)| known.found(hits, asked)).collect();
    let act = Act::Asked(files.len(), answers.iter().filter(|a| !a.is_empty()).count());
    Ok((answers, act))
}

/// Files asked about at once by one kind of hash.
pub const MOST_MANY: usize = 65_536;

/// Lists by which the actor may know of many files at a time: asked of the database now. Whether an entry of them is in
/// force is then what this node has followed, moments ago: [`crate::Index::look_up_many`]. At most [`MOST_MANY`] files.
pub async fn speaking(tx: &Tx, many: usize) -> Result<Vec<ListId>> {
    if many == 0 || many > MOST_MANY {
        return Err(Error::conflict("file-count", "hashes", format!("ask about 1 to {MOST_MANY} files at once")));
    }
    let speaks = |(list, access): &(List, Access)| *access != Access::Offered && !stopped(list);
    Ok(list::list(tx).await?.into_iter().filter(speaks).map(|(list, _)| list.id).collect())
}

/// What an organisation may know now of what a file hits.
pub async fn found(tx: &Tx, org: OrgId, asked: &Hashes, hits: &[Hit]) -> Result<Vec<Found>> {
    let hits = hits.get(..MOST_HITS).unwrap_or(hits);
    let known = Known::read(tx, Scope::Organisation(org), &hits.iter().collect::<Vec<_>>()).await?;
    Ok(known.found(hits, asked))
}

/// Lists that somebody may read, and entries of them, as they are now.
struct Known {
    lists: HashMap<ListId, (List, Access)>,
    entries: HashMap<HashId, Entry>,
}

/// Entries asked of the database in one statement.
const AT_ONCE: usize = 500;

impl Known {
    async fn read(tx: &Tx, scope: Scope, hits: &[&Hit]) -> Result<Self> {
        let mut ids: Vec<ListId> = hits.iter().map(|h| h.list).collect();
        ids.sort_unstable();
        ids.dedup();
        let lists = match scope {
            Scope::Organisation(org) => list::access(tx, org, &ids).await?,
            Scope::Exchange => everywhere(tx).await?,
        };
        let lists: HashMap<ListId, (List, Access)> =
            lists.into_iter().filter(|(l, _)| !stopped(l)).map(|(list, access)| (list.id, (list, access))).collect();
        let mut ids: Vec<HashId> = hits.iter().filter(|h| lists.contains_key(&h.list)).map(|h| h.entry).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut entries = HashMap::with_capacity(ids.len());
        for part in ids.chunks(AT_ONCE) {
            let live = entry::among(tx, part).await?.into_iter().filter(|e| e.withdrawn.is_none());
            entries.extend(live.map(|e| (e.id, e)));
        }
        Ok(Self { lists, entries })
    }

    /// Each entry once, by its strongest way that holds.
    fn found(&self, hits: &[Hit], asked: &Hashes) -> Vec<Found> {
        let mut told = HashSet::new();
        let found = hits.iter().filter_map(|hit| {
            let (list, access) = self.lists.get(&hit.list)?;
            let entry = self.entries.get(&hit.entry).filter(|e| whole(hit.how, asked, e))?;
            if !told.insert(entry.id) {
                return None;
            }
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
        found.collect()
    }
}

/// Whether an exact hit is one by the whole digest: the index knows the first 16 bytes.
fn whole(how: How, asked: &Hashes, entry: &Entry) -> bool {
    let (a, b) = (&asked.digests, &entry.hashes.digests);
    match how {
        How::Sha256 => a.sha256 == b.sha256,
        How::Sha1 => a.sha1 == b.sha1,
        How::Md5 => a.md5 == b.md5,
        How::PhotoDna => asked.photodna == entry.hashes.photodna,
        How::Pdq | How::Frames => true,
    }
}

/// Every list, for the machinery, which judges by none.
async fn everywhere(tx: &Tx) -> Result<Vec<(List, Access)>> {
    let all = list::all(tx).await?;
    Ok(all.into_iter().map(|list| (list, Access::Reader { may_settle: false })).collect())
}

const fn stopped(list: &List) -> bool {
    list.suspended.is_some() || list.guarded.is_some()
}
