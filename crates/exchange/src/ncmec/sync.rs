//! Follows a server of this protocol: a range of time after the other, each drained before its end becomes the next one's
//! beginning.

use super::{
    EntriesQuery,
    client::{self, Fetched},
};
use crate::{
    peer::{Peer, Trouble},
    pull::Intake,
};
use base::{Refusal, Time};
use hashlists::Record;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Seconds at the end of a range that are left for the next one: what is being written there now may come later.
const SETTLING: i64 = 10;
/// Seconds by which a server may tell an entry again that an earlier range had.
const OVERLAP: i64 = 300;
/// Seconds for which a link into the middle of a range is used.
const LINK: i64 = 6 * 3600;

/// Where to go on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Place {
    /// Everything before was read, in seconds since 1970.
    from: i64,
    /// The range that is being read.
    range: Option<Range>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Range {
    /// Its end, in seconds since 1970.
    to: i64,
    /// The page to read next.
    next: String,
    /// When its first page was read, in seconds since 1970.
    begun: i64,
}

impl Place {
    fn read(text: Option<&str>, now: i64) -> Self {
        let mut place: Self = text.and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
        place.range = place.range.filter(|r| now - r.begun < LINK);
        place
    }

    fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn seconds(time: Time) -> i64 {
    time.micros().div_euclid(1_000_000)
}

fn time(seconds: i64) -> Time {
    Time::from_micros(seconds.saturating_mul(1_000_000))
}

/// Reads everything up to now.
pub async fn pull(peer: &Peer, intake: &mut Intake<'_>) -> Result<(), Trouble> {
    let now = seconds(intake.now());
    let mut place = Place::read(intake.due.checkpoint.as_deref(), now);
    let (to, begun) = place.range.as_ref().map_or((now - SETTLING, now), |r| (r.to, r.begun));
    if to <= place.from {
        return Ok(());
    }
    let mut query = match &place.range {
        Some(range) => EntriesQuery::parse_next(&range.next)?,
        None => EntriesQuery { from: Some(time(place.from)), to: Some(time(to)), ..EntriesQuery::default() },
    };
    let (mut pages, mut newest) = (HashSet::from([query.to_string()]), Newest::default());
    loop {
        let fetched = client::entries(peer, &query).await.and_then(|page| leads_on(page, &query, &mut pages));
        let Fetched { rows, next } = match fetched {
            // A link that is not taken any more is given up: the range begins again the next time.
            Err(trouble @ (Trouble::Status(400..500) | Trouble::Garbage(_))) if place.range.is_some() => {
                intake.keep(&Place { from: place.from, range: None }.write()).await?;
                return Err(trouble);
            }
            other => other?,
        };
        let rows = newest.of(rows, place.from, to);
        let Some(next) = next else {
            return intake.take(rows, &Place { from: to, range: None }.write()).await;
        };
        place.range = Some(Range { to, next: next.to_string(), begun });
        intake.take(rows, &place.write()).await?;
        if intake.is_over() {
            return Ok(());
        }
        query = next;
    }
}

/// A page whose next one is of the same range and was not read before.
fn leads_on(page: Fetched, query: &EntriesQuery, pages: &mut HashSet<String>) -> Result<Fetched, Trouble> {
    let Some(next) = &page.next else { return Ok(page) };
    let same = |theirs: Option<Time>, ours: Option<Time>| theirs.is_none() || theirs.map(seconds) == ours.map(seconds);
    if !same(next.from, query.from) || !same(next.to, query.to) {
        return Err(Trouble::Garbage("the server sends us to a page of another range".into()));
    }
    if !pages.insert(next.to_string()) {
        return Err(Trouble::Garbage("the server sends us to a page that was read before".into()));
    }
    Ok(page)
}

/// The latest state of each entry that this fetch saw: a server may repeat pages, and an older state must not undo a newer.
#[derive(Default)]
struct Newest(HashMap<Key, Time>);

/// Member and entry.
type Key = (String, String);

impl Newest {
    /// The rows of a page that say something newer than what was seen, each entry once.
    fn of(&mut self, rows: Vec<Result<Record, Refusal>>, from: i64, to: i64) -> Vec<Result<Record, Refusal>> {
        let mut kept: Vec<Result<Record, Refusal>> = Vec::with_capacity(rows.len());
        let mut places: HashMap<Key, usize> = HashMap::new();
        for row in rows {
            let record = match row.and_then(|r| in_range(r, from, to)) {
                Ok(record) => record,
                Err(refusal) => {
                    kept.push(Err(refusal));
                    continue;
                }
            };
            let member = record.member.as_ref().map(|m| m.id.clone()).unwrap_or_default();
            let key = (member, record.id.clone().unwrap_or_default());
            let changed = record.last_change.unwrap_or_default();
            if self.0.get(&key).is_some_and(|seen| *seen >= changed) {
                continue;
            }
            self.0.insert(key.clone(), changed);
            match places.get(&key).and_then(|at| kept.get_mut(*at)) {
                Some(older) => *older = Ok(record),
                None => {
                    places.insert(key, kept.len());
                    kept.push(Ok(record));
                }
            }
        }
        kept
    }
}

/// An entry that was not asked for is refused: an old state that is sent again must not undo what came since.
fn in_range(record: Record, from: i64, to: i64) -> Result<Record, Refusal> {
    let refused = |reason| Err(Refusal::new("timestamp", "not-asked-for", reason));
    match record.last_change.map(seconds) {
        None => refused("the entry does not say when it changed"),
        Some(changed) if changed < from - OVERLAP || changed > to + OVERLAP => {
            refused("the entry changed at another time than was asked for")
        }
        Some(_) => Ok(record),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hashlists::Member;

    fn row(id: &str, at: i64, md5: u8) -> Result<Record, Refusal> {
        let mut record = Record { id: Some(id.into()), last_change: Some(time(at)), ..Record::default() };
        record.member = Some(Member { id: "1".into(), name: "n".into() });
        record.digests.md5 = Some([md5; 16]);
        Ok(record)
    }

    #[test]
    fn fa_3_repeated_and_reordered_states_end_as_the_newest() {
        let mut newest = Newest::default();
        let first = newest.of(vec![row("a", 1000, 1), row("b", 1001, 1), row("a", 1002, 2)], 1000, 2000);
        assert_eq!(first, [row("a", 1002, 2), row("b", 1001, 1)]);
        assert_eq!(newest.of(vec![row("a", 1000, 1), row("b", 1001, 1)], 1000, 2000), [], "a page again");
        assert_eq!(newest.of(vec![row("b", 1003, 3)], 1000, 2000), [row("b", 1003, 3)]);
    }

    #[test]
    fn fa_3_what_was_not_asked_for_is_refused() {
        let rules = |rows: Vec<Result<Record, Refusal>>| -> Vec<bool> {
            Newest::default().of(rows, 1000, 2000).iter().map(Result::is_ok).collect()
        };
        assert_eq!(
            rules(vec![row("a", 600, 1), row("b", 800, 1), row("c", 2200, 1), row("d", 2400, 1)]),
            [false, true, true, false]
        );
    }

    #[test]
    fn an_old_link_is_given_up_and_a_damaged_place_begins_again() {
        let range = Some(Range { to: 9, next: "/v2/entries?start=1&size=1&max=1".into(), begun: 100 });
        let text = Place { from: 5, range }.write();
        assert!(Place::read(Some(&text), 200).range.is_some());
        let late = Place::read(Some(&text), 100 + LINK);
        assert_eq!((late.from, late.range.is_none()), (5, true));
        assert_eq!(Place::read(Some("?"), 0).from, 0);
    }
}
