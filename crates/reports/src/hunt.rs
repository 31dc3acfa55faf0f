//! The retro-hunt: after lists changed, everything stored is compared with what is new, and what was settled by entries
//! that changed or went is looked at again. A queued step; several changes that wait are one hunt.
//!
//! A file that comes in while a hunt runs is compared with an index that may be some moments old, and its row may be
//! committed after the hunt passed. So each hunt has a late part: two minutes later, what was compared around its time is
//! compared again.

use crate::{
    Act, Result,
    settle::{self, Did, Of},
    store,
};
use base::{Actor, HuntId, ListId, OrgId, TermsId, Time};
use hashlists::{Lists, entry::Place, guard, list, terms};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Db, Tx, jobs};
use uuid::Uuid;

/// Files read at once.
const PAGE: i64 = 1000;
/// Files or entries handled in one transaction.
const CHUNK: usize = 100;
/// Items that came in last, by which a list is weighed.
const RECENT: i64 = 1000;
/// Seconds before and after a hunt within which what was compared is compared again, and after which that is done.
const LATE_SECONDS: i64 = 120;

/// What a hunt did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Files compared.
    pub scanned: i64,
    /// Files that something new hits.
    pub hits: i64,
    /// Items settled.
    pub settled: i64,
    /// Suggestions made.
    pub suggested: i64,
    /// Items opened again.
    pub reopened: i64,
    /// Doubts raised.
    pub doubts: i64,
}

/// Which changes of a list are new: those after `from`, up to `to`.
#[derive(Clone, Copy, Debug, serde::Serialize)]
struct Range {
    list: ListId,
    from: i64,
    to: i64,
}

/// What one hunt is about.
struct Hunt {
    id: HuntId,
    ranges: Vec<Range>,
    /// Only this organisation's files.
    org: Option<OrgId>,
    started: Time,
    tally: Tally,
}

/// The queued step: compares everything stored with what changed in all lists since the last hunt.
pub(crate) async fn hunt(db: &Db, lists: &Lists, job: &jobs::Job) -> Result<()> {
    lists.index.follow(db).await?;
    let tx = db.look(&machine()).await?;
    let versions = list::versions(&tx).await?;
    let id = tx.id(HuntId::new)?;
    drop(tx);
    let new = versions.into_iter().map(|(list, to, from)| Range { list, from, to }).filter(|r| r.to > r.from);
    let hunt = Hunt { id, ranges: new.collect(), org: None, started: db.now(), tally: Tally::default() };
    run(db, lists, job, hunt).await
}

/// The queued step after an organisation accepted terms: compares what it has stored with the whole list.
pub(crate) async fn hunt_for(db: &Db, lists: &Lists, job: &jobs::Job, terms: TermsId) -> Result<()> {
    lists.index.follow(db).await?;
    let tx = db.look(&machine()).await?;
    let terms = terms::find(&tx, terms).await?;
    let to = lists.index.version(terms.list);
    let id = tx.id(HuntId::new)?;
    drop(tx);
    let ranges = vec![Range { list: terms.list, from: 0, to }];
    let hunt = Hunt { id, ranges, org: Some(terms.org), started: db.now(), tally: Tally::default() };
    run(db, lists, job, hunt).await
}

const fn machine() -> Actor {
    Actor::machine("hunt")
}

async fn run(db: &Db, lists: &Lists, job: &jobs::Job, mut hunt: Hunt) -> Result<()> {
    if hunt.org.is_none() {
        look_again(db, lists, job, &mut hunt).await?;
    }
    let (hit, by_list) = scan(db, lists, job, &mut hunt).await?;
    stop_lists_that_hit_everything(db, lists, &hunt, &by_list).await?;
    for chunk in hit.chunks(CHUNK) {
        jobs::hold(db, job, LATE_SECONDS).await?;
        let tx = db.begin(&machine()).await?;
        let items = store::items_of_files(&tx, chunk, hunt.id.0).await?;
        visit(&tx, lists, &mut hunt, items, "a hash list changed").await?;
        tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.tally }).await?;
    }
    end(db, job, &hunt, &by_list).await
}

/// Looks again at what entries in the ranges had settled, suggested or put in doubt: some of them changed or went.
async fn look_again(db: &Db, lists: &Lists, job: &jobs::Job, hunt: &mut Hunt) -> Result<()> {
    for range in hunt.ranges.clone() {
        let mut place = Place::after(range.from);
        loop {
            jobs::hold(db, job, LATE_SECONDS).await?;
            let tx = db.look(&machine()).await?;
            let page = hashlists::entry::changed(&tx, range.list, place, PAGE.cast_unsigned()).await?;
            let old: Vec<_> = page.iter().filter(|e| e.added < e.changed).map(|e| e.id).collect();
            let items = store::items_by_entries(&tx, &old, hunt.id.0).await?;
            drop(tx);
            let Some(last) = page.last() else { break };
            place = Place { version: last.changed, entry: last.id.0 };
            for chunk in items.chunks(CHUNK) {
                jobs::hold(db, job, LATE_SECONDS).await?;
                let tx = db.begin(&machine()).await?;
                for of in chunk {
                    settle::forget(&tx, of.item).await?;
                }
                visit(&tx, lists, hunt, chunk.to_vec(), "the entry was changed or withdrawn").await?;
                tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.tally }).await?;
            }
        }
    }
    Ok(())
}

/// Goes through everything stored; which files something new hits, and how many each list.
async fn scan(db: &Db, lists: &Lists, job: &jobs::Job, hunt: &mut Hunt) -> Result<(Vec<Uuid>, BTreeMap<ListId, i64>)> {
    let (mut hit, mut by_list) = (Vec::new(), BTreeMap::new());
    let mut after = Uuid::nil();
    while !hunt.ranges.is_empty() {
        jobs::hold(db, job, LATE_SECONDS).await?;
        let tx = db.look(&machine()).await?;
        let page = store::media_page(&tx, after, hunt.org, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for media in &page {
            let frames =
                if media.duration_ms.is_some() { store::frames_of_media(&tx, media.id).await? } else { vec![] };
            let hits = lists.index.look_up(&media.hashes(frames), lists.config.frame_share);
            let new: BTreeSet<ListId> = hits.iter().filter(|h| is_new(&hunt.ranges, h)).map(|h| h.list).collect();
            if !new.is_empty() {
                hit.push(media.id);
            }
            new.into_iter().for_each(|list| *by_list.entry(list).or_insert(0) += 1);
            hunt.tally.scanned += 1;
        }
    }
    hunt.tally.hits = hit.len().cast_signed() as i64;
    Ok((hit, by_list))
}

fn is_new(ranges: &[Range], hit: &hashlists::Hit) -> bool {
    ranges.iter().any(|r| r.list == hit.list && hit.version > r.from)
}

/// Before anything is settled: a list that hits nearly everything stored says nothing about anything.
async fn stop_lists_that_hit_everything(
    db: &Db,
    lists: &Lists,
    hunt: &Hunt,
    by_list: &BTreeMap<ListId, i64>,
) -> Result<()> {
    if hunt.org.is_some() {
        return Ok(());
    }
    let (share, least, stored) = (lists.config.guard_share, lists.config.guard_least, hunt.tally.scanned);
    for (id, new) in by_list {
        let tx = db.begin(&machine()).await?;
        let found = list::own(&tx, *id).await?;
        let hits = list::hunted(&tx, *id, found.hunted, 0).await? + new;
        if found.guarded.is_none() && guard::hits_everything(hits, stored, share, least) {
            let why = guard::too_much(&found, hits, stored);
            let act = list::guard(&tx, &found, why).await?;
            tx.commit(&act).await?;
        }
    }
    Ok(())
}

/// The queued step that asks whether a list settles nearly everything that came in lately; then it stops, and says so.
pub(crate) async fn weigh(db: &Db, lists: &Lists, job: &jobs::Job, id: ListId) -> Result<()> {
    let tx = db.begin(&machine()).await?;
    jobs::done(&tx, job).await?;
    let found = list::own(&tx, id).await?;
    let (recent, by_it) = store::recently_settled(&tx, id, RECENT).await?;
    let (share, least) = (lists.config.guard_share, lists.config.guard_least);
    if found.guarded.is_none() && guard::hits_everything(by_it, recent, share, least) {
        let act = list::guard(&tx, &found, guard::too_much(&found, by_it, recent)).await?;
        return Ok(tx.commit(&act).await?);
    }
    Ok(tx.commit(&hashlists::Act::Weighed(id)).await?)
}

/// Lets lists say what they know now of some items.
async fn visit(tx: &Tx, lists: &Lists, hunt: &mut Hunt, items: Vec<Of>, why: &str) -> Result<()> {
    for of in items.into_iter().filter(|of| hunt.org.is_none_or(|org| org == of.org)) {
        let done = settle::again(tx, lists, of, why).await?;
        hunt.tally.reopened += i64::from(done.reopened);
        match done.did {
            Some(Did::Settled) => hunt.tally.settled += 1,
            Some(Did::Suggested) => hunt.tally.suggested += 1,
            Some(Did::Doubted) => hunt.tally.doubts += 1,
            Some(Did::Nothing) | None => {}
        }
    }
    Ok(())
}

async fn end(db: &Db, job: &jobs::Job, hunt: &Hunt, by_list: &BTreeMap<ListId, i64>) -> Result<()> {
    let tx = db.begin(&machine()).await?;
    jobs::done(&tx, job).await?;
    if hunt.org.is_none() {
        for range in &hunt.ranges {
            list::hunted(&tx, range.list, range.to, by_list.get(&range.list).copied().unwrap_or(0)).await?;
        }
    }
    let ranges = serde_json::to_string(&hunt.ranges).map_err(|_| storage::Error::Stored("hunt.ranges"))?;
    let late = tx.now().plus_seconds(LATE_SECONDS);
    store::hunt_add(&tx, hunt.id, &ranges, hunt.org, hunt.started, &hunt.tally, late).await?;
    Ok(tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.tally }).await?)
}

/// The late part of one hunt, when one is due: what was compared around its time is compared again. Returns whether one was.
pub async fn late(db: &Db, lists: &Lists) -> Result<bool> {
    let tx = db.look(&machine()).await?;
    let due = store::hunt_late(&tx).await?;
    drop(tx);
    let Some(due) = due else { return Ok(false) };
    lists.index.follow(db).await?;
    let (id, from) = (HuntId(due.id), Time::from_micros(due.started_at).plus_seconds(-LATE_SECONDS));
    let to = Time::from_micros(due.ended_at).plus_seconds(LATE_SECONDS);
    let mut hunt = Hunt { id, ranges: Vec::new(), org: None, started: from, tally: Tally::default() };
    let mut after = Uuid::nil();
    loop {
        let tx = db.begin(&machine()).await?;
        let items = store::items_compared_between(&tx, from, to, after, id.0).await?;
        let Some(last) = items.last() else { break };
        after = last.item.0;
        visit(&tx, lists, &mut hunt, items, "a hash list changed").await?;
        tx.commit(&Act::Hunted { hunt: id, did: hunt.tally }).await?;
    }
    let tx = db.begin(&machine()).await?;
    if store::hunt_late_done(&tx, id).await? {
        tx.commit(&Act::Hunted { hunt: id, did: hunt.tally }).await?;
    }
    Ok(true)
}
