//! What lists know of some hashes, for whoever asks: by API, by command. Only lists that the actor may read answer, and
//! an entry that was withdrawn a moment ago answers no more: the index finds, the database decides.

use crate::{Act, Entry, Hashes, Hit, List, Lists, Result, entry, list, store};
use base::{HashId, ListId, Scope};
use std::collections::{BTreeSet, HashMap};
use storage::Tx;

/// Most files in one question.
pub const MOST_ASKED: usize = 1000;
/// Entries told of one file, strongest and nearest first.
pub const MOST_TOLD: usize = 50;
/// Entries read at once.
const AT_ONCE: usize = 500;

/// An entry that knows a file.
#[derive(Clone, Debug)]
pub struct Known {
    /// The list.
    pub list: List,
    /// The entry.
    pub entry: Entry,
    /// How it was found, and how near.
    pub hit: Hit,
}

/// What the actor's lists know of each of these, in their order.
pub async fn ask(tx: &Tx, lists: &Lists, asked: &[Hashes]) -> Result<(Vec<Vec<Known>>, Act)> {
    let share = lists.config.frame_share;
    let hits: Vec<Vec<Hit>> = asked.iter().map(|hashes| lists.index.look_up(hashes, share)).collect();
    let all = || hits.iter().flat_map(|h| h.iter());
    let readable = readable(tx, all().map(|h| h.list).collect()).await?;
    let wanted: BTreeSet<HashId> = all().filter(|h| readable.contains_key(&h.list)).map(|h| h.entry).collect();
    let entries = standing(tx, &wanted.into_iter().collect::<Vec<_>>()).await?;
    let known = |hit: Hit| {
        let (list, entry) = (readable.get(&hit.list)?, entries.get(&hit.entry)?);
        Some(Known { list: list.clone(), entry: entry.clone(), hit })
    };
    let told: Vec<Vec<Known>> =
        hits.into_iter().map(|hits| hits.into_iter().filter_map(known).take(MOST_TOLD).collect()).collect();
    let act = Act::Asked(asked.len(), told.iter().filter(|k| !k.is_empty()).count());
    Ok((told, act))
}

/// Lists among these whose entries the actor may read; the machinery reads all.
async fn readable(tx: &Tx, ids: BTreeSet<ListId>) -> Result<HashMap<ListId, List>> {
    let ids: Vec<ListId> = ids.into_iter().collect();
    let found: Vec<List> = match tx.actor().scope() {
        Scope::Exchange => store::lists(tx).await?.into_iter().map(|(list, _)| list).collect(),
        Scope::Organisation(org) => list::access(tx, org, &ids).await?.into_iter().map(|(list, _)| list).collect(),
    };
    Ok(found.into_iter().map(|list| (list.id, list)).collect())
}

/// Entries among these that are not withdrawn.
async fn standing(tx: &Tx, ids: &[HashId]) -> Result<HashMap<HashId, Entry>> {
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(AT_ONCE) {
        let read = entry::among(tx, some).await?;
        found.extend(read.into_iter().filter(|e| e.withdrawn.is_none()).map(|e| (e.id, e)));
    }
    Ok(found)
}
