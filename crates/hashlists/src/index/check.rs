//! Whether the index holds what the rows say, entry by entry and hash by hash. Entries that change while this runs are left
//! out of what is compared; the feed brings them.

use super::{Index, Many, feeds::Followed, machine, parts::matchable};
use crate::{Result, entry::Place, store};
use base::HashId;
use std::collections::{HashMap, HashSet};
use storage::Db;

/// What a comparison found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Checked {
    /// Lists compared.
    pub lists: usize,
    /// Rows compared.
    pub rows: usize,
    /// Entries in force that the index does not find by each of their hashes.
    pub missing: usize,
    /// Entries that the index finds and no row has in force.
    pub extra: usize,
}

impl Checked {
    /// Whether the index holds what the rows say.
    pub const fn is_right(&self) -> bool {
        self.missing == 0 && self.extra == 0
    }
}

/// Rows compared at once.
const PAGE: usize = 1000;

impl Index {
    /// Compares every list, as far as it was followed, with its rows.
    pub async fn check(&self, db: &Db) -> Result<Checked> {
        let mut checked = Checked::default();
        let feeds = self.read().feeds.all().to_vec();
        for followed in feeds {
            checked.lists += 1;
            self.check_list(db, followed, &mut checked).await?;
        }
        Ok(checked)
    }

    async fn check_list(&self, db: &Db, followed: Followed, checked: &mut Checked) -> Result<()> {
        let before: HashMap<HashId, i64> = self.versions_of(&followed);
        let mut seen: HashSet<HashId> = HashSet::with_capacity(before.len());
        let mut place = Place::start();
        loop {
            let tx = db.look(&machine()).await?;
            let to = followed.place.version;
            let page = store::indexed_since(&tx, followed.list, (place.version, place.entry), to, PAGE as u64).await?;
            drop(tx);
            checked.rows += page.len();
            let live: Vec<&store::Indexed> = page.iter().filter(|e| !e.withdrawn).collect();
            seen.extend(live.iter().map(|e| e.id));
            checked.missing += still(db, self.not_found(&live, &followed)).await?;
            match page.last() {
                Some(last) if page.len() == PAGE => place = Place { version: last.changed, entry: last.id.0 },
                _ => break,
            }
        }
        let unseen: Vec<(HashId, i64)> = before.into_iter().filter(|(id, _)| !seen.contains(id)).collect();
        checked.extra += still(db, unseen).await?;
        Ok(())
    }

    fn versions_of(&self, followed: &Followed) -> HashMap<HashId, i64> {
        let inner = self.read();
        let of_list = |list: u32| inner.feeds.get(list).is_some_and(|f| f.list == followed.list);
        inner.slots.each().filter(|(_, s)| of_list(s.list)).map(|(_, s)| (s.entry, s.version)).collect()
    }

    /// Which of these entries are not found, each by all of its hashes, as the rows have them.
    fn not_found(&self, rows: &[&store::Indexed], followed: &Followed) -> Vec<(HashId, i64)> {
        let mut missing: HashSet<HashId> = HashSet::new();
        self.by_kind(rows, followed, |e| e.hashes.digests.md5, |all| Many::Md5(all), &mut missing);
        self.by_kind(rows, followed, |e| e.hashes.digests.sha1, |all| Many::Sha1(all), &mut missing);
        self.by_kind(rows, followed, |e| e.hashes.digests.sha256, |all| Many::Sha256(all), &mut missing);
        let pdq = |e: &store::Indexed| e.hashes.pdq.filter(matchable).map(|p| p.bits);
        self.by_kind(rows, followed, pdq, |all| Many::Pdq(all), &mut missing);
        // Of entries with nothing but frames or an opaque value, and of all others too: it is in force at this version.
        missing.extend(rows.iter().filter(|e| self.stands_at(e) != Some(e.changed)).map(|e| e.id));
        rows.iter().filter(|e| missing.contains(&e.id)).map(|e| (e.id, e.changed)).collect()
    }

    fn by_kind<const N: usize>(
        &self,
        rows: &[&store::Indexed],
        followed: &Followed,
        hash: impl Fn(&store::Indexed) -> Option<[u8; N]>,
        many: impl Fn(&[[u8; N]]) -> Many<'_>,
        missing: &mut HashSet<HashId>,
    ) {
        let (of, hashes): (Vec<&store::Indexed>, Vec<[u8; N]>) =
            rows.iter().filter_map(|e| Some((*e, hash(e)?))).unzip();
        let mut found = vec![false; of.len()];
        self.look_up_many(&many(&hashes), &[followed.list], |place, hit| {
            let wanted = of.get(place).is_some_and(|e| e.id == hit.entry && e.changed == hit.version);
            if let Some(found) = found.get_mut(place).filter(|_| wanted) {
                *found = true;
            }
        });
        missing.extend(of.iter().zip(found).filter(|(_, found)| !found).map(|(e, _)| e.id));
    }

    /// At which change the index has an entry, if it has it.
    fn stands_at(&self, entry: &store::Indexed) -> Option<i64> {
        let inner = self.read();
        let key = super::key_of(entry.id)?;
        let mut version = None;
        inner.parts.entries.find_each(&[key], |_, number| {
            version = inner.slots.get(number).map(|slot| slot.version).or(version);
        });
        version
    }
}

/// How many of these have not changed since; those that have come by the feed.
async fn still(db: &Db, entries: Vec<(HashId, i64)>) -> Result<usize> {
    let mut count = 0;
    for part in entries.chunks(500) {
        let ids: Vec<HashId> = part.iter().map(|(id, _)| *id).collect();
        let tx = db.look(&machine()).await?;
        let standing = store::indexed_standing(&tx, &ids).await?;
        let moved = |(id, version): &&(HashId, i64)| standing.get(id).is_some_and(|(_, now, _)| now > version);
        count += part.iter().filter(|one| !moved(one)).count();
    }
    Ok(count)
}
