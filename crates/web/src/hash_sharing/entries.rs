//! `GET v2/entries`: what changed between two times on any list that the caller reads, withdrawn entries as deletions.
//!
//! 1. A page goes on at a time (`start`, microseconds), never at a count: an entry that changes while a client pages leaves
//!    its place, and a count would pass over another one.
//! 2. Entries of one moment, which were written by one transaction, are never parted: a page is up to `size` entries, or
//!    all of one moment.
//! 3. A writer's moment is when it began; it may end after a client's `to`. So a range begins ten seconds before its `from`:
//!    whoever asks from its last `to` on is told some entries twice and misses none.

use super::{member::member, xml};
use crate::{App, Error, caller::MayReadLists, error::Result, names::Names};
use axum::{
    extract::{RawQuery, State},
    response::IntoResponse,
};
use base::{Refusal, Time};
use exchange::ncmec::{self, EntriesQuery, Page};
use hashlists::{Act, Content, Entry, List, Record, entry, list};

/// Entries on a page, at most.
const MOST: u64 = 1000;
/// Seconds for which a writer may hold its entries back.
const OVERLAP_SECONDS: i64 = 10;

/// Answers a page of a range.
pub async fn list(
    State(app): State<App>,
    MayReadLists(who): MayReadLists,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse> {
    let asked = EntriesQuery::parse(query.as_deref().unwrap_or_default())?;
    let tx = app.db.look(&who.actor).await?;
    let range = Range::of(&asked, tx.now())?;
    let (entries, next) = entry::between(&tx, range.from, range.to, range.size).await?;
    let (names, lists) = (Names::read(&tx).await?, list::list(&tx).await?);
    let of = |e: &Entry| lists.iter().find(|(l, _)| l.id == e.list).map(|(l, _)| record(e, l, &names));
    let records: Vec<Record> = entries.iter().filter_map(of).collect();
    tx.commit(&Act::EntriesReadSince(range.from, records.len())).await?;
    let next = next.map(|at| range.next(&asked, at));
    let (document, left_out) = ncmec::query_result(&Page { records: &records, next });
    if left_out > 0 {
        tracing::error!(left_out, "entries without a member or id were left out");
        return Err(Error::Refused(Refusal::new("entries", "internal", "some entries cannot be told in this form")));
    }
    Ok(xml(document))
}

/// What of a range is on a page.
struct Range {
    from: Time,
    to: Time,
    size: u64,
}

impl Range {
    fn of(asked: &EntriesQuery, now: Time) -> Result<Self, Refusal> {
        let size = asked.size.unwrap_or(MOST);
        if !(1..=MOST).contains(&size) {
            return Err(Refusal::new("size", "out-of-range", format!("`size` is 1 to {MOST}")));
        }
        let begin = asked.from.unwrap_or_default().plus_seconds(-OVERLAP_SECONDS);
        let start = match asked.start {
            // The first page by the protocol's own count.
            None | Some(0 | 1) => begin,
            Some(start) => {
                let refused = || Refusal::new("start", "out-of-range", "`start` is not one we gave");
                i64::try_from(start).map(Time::from_micros).map_err(|_| refused())?
            }
        };
        // `to` is a whole second, and all of it counts.
        let to = asked.to.map_or(now, |to| to.plus_seconds(1));
        Ok(Self { from: start.max(begin), to, size })
    }

    /// The next page's address.
    fn next(&self, asked: &EntriesQuery, at: Time) -> EntriesQuery {
        let number = |time: Time| u64::try_from(time.micros()).unwrap_or_default();
        let to = asked.to.unwrap_or(self.to);
        EntriesQuery {
            from: Some(asked.from.unwrap_or_default()),
            to: Some(to),
            start: Some(number(at)),
            size: Some(self.size),
            max: Some(number(self.to)),
        }
    }
}

/// An entry as the protocol tells it: by the publisher under our id. What came with it from elsewhere is not passed on, as
/// a reader of this form could not tell whose word it is.
fn record(entry: &Entry, list: &List, names: &Names) -> Record {
    let known = &entry.record;
    Record {
        digests: entry.hashes.digests,
        pdq: entry.hashes.pdq,
        // A reference is an address at another server, which this one does not have.
        opaque: known
            .opaque
            .iter()
            .filter(|o| matches!(o.content, Content::Bytes(_)) && o.name != "vpdq")
            .cloned()
            .collect(),
        media_type: known.media_type.clone(),
        category: known.category.clone(),
        member: Some(member(list.publisher, names.of(list.publisher))),
        id: Some(entry.id.to_string()),
        last_change: Some(entry.changed_at),
        tombstone: entry.withdrawn.is_some(),
        ..Record::default()
    }
}
