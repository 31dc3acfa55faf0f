//! The retro-hunt: after lists changed, everything stored is compared with what is new, and what was settled by entries
//! that changed or went is looked at again. A queued step; several changes that wait are one hunt.
//!
//! A file that comes in while a hunt runs is compared with an index that may be some moments old, and its row may be
//! committed after the hunt passed. So each hunt has a late part: two minutes later, what was compared around its time is
//! compared again.
//!
//! A hunt of millions of files takes minutes and may be killed in any of them. It keeps where it stands in its row, page by
//! page, and what it found and has not visited yet in `hunt_hit`; whoever takes its queued step over goes on from there.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
struct Range {
    list: ListId,
    from: i64,
    to: i64,
}

/// What one hunt is about, and where it stands.
struct Hunt {
    id: HuntId,
    /// Only this organisation's files.
    org: Option<OrgId>,
    at: Standing,
}

/// Where a hunt stands, as its row keeps it.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Standing {
    ranges: Vec<Range>,
    stage: Stage,
    tally: Tally,
    /// Files that each list hits anew.
    by_list: BTreeMap<ListId, i64>,
}

/// What a hunt does in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Stage {
    /// Looks again at what entries of a range had done, beyond a change and entry.
    Again(usize, i64, Uuid),
    /// Goes through everything stored, beyond a file.
    Scan(Uuid),
    /// Visits what it hit.
    Visit,
}

impl Standing {
    fn new(ranges: Vec<Range>, stage: Stage) -> Self {
        Self { ranges, stage, tally: Tally::default(), by_list: BTreeMap::new() }
    }

    fn write(&self) -> Result<String> {
        Ok(serde_json::to_string(self).map_err(|_| storage::Error::Stored("hunt.place"))?)
    }
}

/// The queued step: compares everything stored with what changed in all lists since the last hunt.
pub(crate) async fn hunt(db: &Db, lists: &Lists, job: &jobs::Job) -> Result<()> {
    lists.index.follow(db).await?;
    let hunt = match resumed(db, job).await? {
        Some(hunt) => hunt,
        None => {
            let tx = db.begin(&machine()).await?;
            let versions = list::versions(&tx).await?;
            let new = versions.into_iter().map(|(list, to, from)| Range { list, from, to });
            let ranges = new.filter(|r| r.to > r.from).collect();
            begin(tx, job, None, Standing::new(ranges, Stage::Again(0, 0, Uuid::nil()))).await?
        }
    };
    run(db, lists, job, hunt).await
}

/// The queued step after an organisation accepted terms: compares what it has stored with the whole list.
pub(crate) async fn hunt_for(db: &Db, lists: &Lists, job: &jobs::Job, terms: TermsId) -> Result<()> {
    lists.index.follow(db).await?;
    let hunt = match resumed(db, job).await? {
        Some(hunt) => hunt,
        None => {
            let tx = db.begin(&machine()).await?;
            let terms = terms::find(&tx, terms).await?;
            let ranges = vec![Range { list: terms.list, from: 0, to: lists.index.version(terms.list) }];
            begin(tx, job, Some(terms.org), Standing::new(ranges, Stage::Scan(Uuid::nil()))).await?
        }
    };
    run(db, lists, job, hunt).await
}

const fn machine() -> Actor {
    Actor::machine("hunt")
}

/// The hunt that this step began before it was cut off.
async fn resumed(db: &Db, job: &jobs::Job) -> Result<Option<Hunt>> {
    let tx = db.look(&machine()).await?;
    let Some(row) = store::hunt_of_job(&tx, job.id).await? else { return Ok(None) };
    let at = serde_json::from_str(&row.place).map_err(|_| storage::Error::Stored("hunt.place"))?;
    Ok(Some(Hunt { id: HuntId(row.id), org: row.org_id.map(OrgId), at }))
}

async fn begin(tx: Tx, job: &jobs::Job, org: Option<OrgId>, at: Standing) -> Result<Hunt> {
    let hunt = Hunt { id: tx.id(HuntId::new)?, org, at };
    let ranges = serde_json::to_string(&hunt.at.ranges).map_err(|_| storage::Error::Stored("hunt.ranges"))?;
    store::hunt_begin(&tx, hunt.id, job.id, org, &ranges, &hunt.at.write()?).await?;
    tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.at.tally }).await?;
    Ok(hunt)
}

async fn run(db: &Db, lists: &Lists, job: &jobs::Job, mut hunt: Hunt) -> Result<()> {
    while let Stage::Again(range, version, entry) = hunt.at.stage {
        jobs::hold(db, job, LATE_SECONDS).await?;
        look_again(db, lists, job, &mut hunt, range, Place { version, entry }).await?;
    }
    while let Stage::Scan(after) = hunt.at.stage {
        jobs::hold(db, job, LATE_SECONDS).await?;
        scan(db, lists, &mut hunt, after).await?;
    }
    stop_lists_that_hit_everything(db, lists, &hunt).await?;
    loop {
        jobs::hold(db, job, LATE_SECONDS).await?;
        let tx = db.begin(&machine()).await?;
        let chunk = store::hunt_hits(&tx, hunt.id, CHUNK as i64).await?;
        if chunk.is_empty() {
            break;
        }
        let items = store::items_of_files(&tx, &chunk, hunt.id.0).await?;
        visit(&tx, lists, &mut hunt, items, "a hash list changed").await?;
        store::hunt_hits_done(&tx, hunt.id, &chunk).await?;
        store::hunt_place(&tx, hunt.id, &hunt.at.write()?).await?;
        tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.at.tally }).await?;
    }
    end(db, job, &hunt).await
}

/// Looks again at what entries in the ranges had settled, suggested or put in doubt, one page of them: some of them changed
/// or went.
async fn look_again(
    db: &Db,
    lists: &Lists,
    job: &jobs::Job,
    hunt: &mut Hunt,
    number: usize,
    place: Place,
) -> Result<()> {
    let Some(range) = hunt.at.ranges.get(number).copied() else {
        hunt.at.stage = Stage::Scan(Uuid::nil());
        return stand(db, hunt).await;
    };
    let tx = db.look(&machine()).await?;
    let place = place.max(Place::after(range.from));
    let page = hashlists::entry::changed(&tx, range.list, place, PAGE.cast_unsigned()).await?;
    let old: Vec<_> = page.iter().filter(|e| e.added < e.changed).map(|e| e.id).collect();
    let items = store::items_by_entries(&tx, &old, hunt.id.0).await?;
    drop(tx);
    for chunk in items.chunks(CHUNK) {
        jobs::hold(db, job, LATE_SECONDS).await?;
        let tx = db.begin(&machine()).await?;
        for of in chunk {
            settle::forget(&tx, of.item).await?;
        }
        visit(&tx, lists, hunt, chunk.to_vec(), "the entry was changed or withdrawn").await?;
        tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.at.tally }).await?;
    }
    hunt.at.stage = match page.last() {
        Some(last) => Stage::Again(number, last.changed, last.id.0),
        None => Stage::Again(number + 1, 0, Uuid::nil()),
    };
    stand(db, hunt).await
}

/// Keeps where a hunt stands.
async fn stand(db: &Db, hunt: &Hunt) -> Result<()> {
    let tx = db.begin(&machine()).await?;
    store::hunt_place(&tx, hunt.id, &hunt.at.write()?).await?;
    Ok(tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.at.tally }).await?)
}

/// Goes through one page of everything stored: which files something new hits, and how many each list.
async fn scan(db: &Db, lists: &Lists, hunt: &mut Hunt, after: Uuid) -> Result<()> {
    let page = if hunt.at.ranges.is_empty() {
        Vec::new()
    } else {
        let tx = db.look(&machine()).await?;
        store::media_page(&tx, after, hunt.org, PAGE).await?
    };
    let mut hit = Vec::new();
    for media in &page {
        let frames = match media.duration_ms {
            Some(_) => store::frames_of_media(&db.look(&machine()).await?, media.id).await?,
            None => Vec::new(),
        };
        let hits = lists.index.look_up(&media.hashes(frames), lists.config.frame_share);
        let new: BTreeSet<ListId> = hits.iter().filter(|h| is_new(&hunt.at.ranges, h)).map(|h| h.list).collect();
        if !new.is_empty() {
            hit.push(media.id);
        }
        new.into_iter().for_each(|list| *hunt.at.by_list.entry(list).or_insert(0) += 1);
        hunt.at.tally.scanned += 1;
    }
    hunt.at.tally.hits += hit.len().cast_signed() as i64;
    hunt.at.stage = page.last().map_or(Stage::Visit, |last| Stage::Scan(last.id));
    let tx = db.begin(&machine()).await?;
    store::hunt_hits_add(&tx, hunt.id, &hit).await?;
    store::hunt_place(&tx, hunt.id, &hunt.at.write()?).await?;
    Ok(tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.at.tally }).await?)
}

fn is_new(ranges: &[Range], hit: &hashlists::Hit) -> bool {
    ranges.iter().any(|r| r.list == hit.list && hit.version > r.from)
}

/// Before anything is settled: a list that hits nearly everything stored says nothing about anything.
async fn stop_lists_that_hit_everything(db: &Db, lists: &Lists, hunt: &Hunt) -> Result<()> {
    if hunt.org.is_some() {
        return Ok(());
    }
    let (share, least, stored) = (lists.config.guard_share, lists.config.guard_least, hunt.at.tally.scanned);
    for (id, new) in &hunt.at.by_list {
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
        let tally = &mut hunt.at.tally;
        tally.reopened += i64::from(done.reopened);
        match done.did {
            Some(Did::Settled) => tally.settled += 1,
            Some(Did::Suggested) => tally.suggested += 1,
            Some(Did::Doubted) => tally.doubts += 1,
            Some(Did::Nothing) | None => {}
        }
    }
    Ok(())
}

async fn end(db: &Db, job: &jobs::Job, hunt: &Hunt) -> Result<()> {
    let tx = db.begin(&machine()).await?;
    jobs::done(&tx, job).await?;
    if hunt.org.is_none() {
        for range in &hunt.at.ranges {
            list::hunted(&tx, range.list, range.to, hunt.at.by_list.get(&range.list).copied().unwrap_or(0)).await?;
        }
    }
    store::hunt_end(&tx, hunt.id, &hunt.at.tally, tx.now().plus_seconds(LATE_SECONDS)).await?;
    Ok(tx.commit(&Act::Hunted { hunt: hunt.id, did: hunt.at.tally }).await?)
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
    let mut hunt = Hunt { id, org: None, at: Standing::new(Vec::new(), Stage::Visit) };
    let mut after = Uuid::nil();
    loop {
        let tx = db.begin(&machine()).await?;
        let items = store::items_compared_between(&tx, from, to, after, id.0).await?;
        let Some(last) = items.last() else { break };
        after = last.item.0;
        visit(&tx, lists, &mut hunt, items, "a hash list changed").await?;
        tx.commit(&Act::Hunted { hunt: id, did: hunt.at.tally }).await?;
    }
    let tx = db.begin(&machine()).await?;
    if store::hunt_late_done(&tx, id).await? {
        tx.commit(&Act::Hunted { hunt: id, did: hunt.at.tally }).await?;
    }
    Ok(true)
}
