//! What the desk reads: how much waits, how old the oldest is, what flows from which country, what failed.

use crate::icse::{
    desk::{Flow, Link, Shown, Stray},
    plan::State,
};
use base::{DispatchId, ItemId, OrgId, Time};
use sea_orm::FromQueryResult;
use storage::{
    Result, Tx,
    sql::{self, one_more, word},
};
use uuid::Uuid;

/// How many dispatches are in each state, by the country of the hotline.
pub async fn flows(tx: &Tx) -> Result<Vec<Flow>> {
    #[derive(FromQueryResult)]
    struct Row {
        country: Option<String>,
        waiting: i64,
        sent: i64,
        taken: i64,
        answered: i64,
        failed: i64,
        oldest: Option<i64>,
        newest: Option<i64>,
    }
    let sql = "SELECT country, COUNT(CASE WHEN state IN ('queued', 'packed') THEN 1 END) AS waiting,
            COUNT(CASE WHEN state = 'sent' THEN 1 END) AS sent, COUNT(CASE WHEN state = 'taken' THEN 1 END) AS taken,
            COUNT(CASE WHEN state = 'answered' THEN 1 END) AS answered,
            COUNT(CASE WHEN state IN ('parked', 'rejected') THEN 1 END) AS failed,
            MIN(CASE WHEN state IN ('queued', 'packed', 'sent') THEN created_at END) AS oldest,
            MAX(taken_at) AS newest
        FROM dispatch WHERE state <> 'dropped' GROUP BY country ORDER BY country";
    let rows: Vec<Row> = sql::all(tx, sql, vec![]).await?;
    let read = rows.into_iter().map(|row| {
        Ok(Flow {
            country: row.country.map(|c| word(&c, "dispatch.country")).transpose()?,
            waiting: row.waiting,
            sent: row.sent,
            taken: row.taken,
            answered: row.answered,
            failed: row.failed,
            oldest_unsent: row.oldest.map(Time::from_micros),
            last_taken: row.newest.map(Time::from_micros),
        })
    });
    read.collect()
}

/// When answers were last read, and what was wrong; what the last try of the parcel that waits longest said.
pub async fn link(tx: &Tx) -> Result<Link> {
    #[derive(FromQueryResult)]
    struct Polled {
        at: i64,
        trouble: Option<String>,
    }
    #[derive(FromQueryResult)]
    struct Trouble {
        last_error: Option<String>,
        due: i64,
    }
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let polled: Option<Polled> =
        sql::one(tx, "SELECT at, trouble FROM partner_place WHERE name = 'answers'", vec![]).await?;
    let sql = "SELECT last_error, due FROM parcel WHERE state = 'ready' AND last_error IS NOT NULL ORDER BY created_at LIMIT 1";
    let trouble: Option<Trouble> = sql::one(tx, sql, vec![]).await?;
    let strays: Option<Count> =
        sql::one(tx, "SELECT COUNT(*) AS n FROM partner_answer WHERE stray IS NOT NULL", vec![]).await?;
    let next_try = trouble.as_ref().map(|t| Time::from_micros(t.due));
    Ok(Link {
        polled_at: polled.as_ref().map(|p| Time::from_micros(p.at)),
        poll_trouble: polled.and_then(|p| p.trouble),
        delivery_trouble: trouble.and_then(|t| t.last_error),
        next_try,
        strays: strays.map_or(0, |c| c.n),
    })
}

/// Dispatches in some states, last changed first.
pub async fn dispatches_shown(tx: &Tx, states: &[State], after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Shown>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        item_id: Uuid,
        hotline_id: Uuid,
        country: Option<String>,
        version: i64,
        tells: String,
        state: String,
        reason: Option<String>,
        tries: i64,
        created_at: i64,
        changed_at: i64,
        sent_at: Option<i64>,
        taken_at: Option<i64>,
        answered_at: Option<i64>,
    }
    let among: Vec<String> = states.iter().map(|s| format!("'{}'", s.word())).collect();
    let sql = format!(
        "SELECT id, item_id, hotline_id, country, version, tells, state, reason, tries, created_at, changed_at, sent_at,
         taken_at, answered_at FROM dispatch WHERE state IN ({}) AND (changed_at, id) < ($1, $2)
         ORDER BY changed_at DESC, id DESC LIMIT $3",
        among.join(", ")
    );
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let rows: Vec<Row> = sql::all(tx, &sql, vec![at.into(), id.into(), one_more(limit)]).await?;
    let read = rows.into_iter().map(|row| {
        Ok(Shown {
            id: DispatchId(row.id),
            item: ItemId(row.item_id),
            hotline: OrgId(row.hotline_id),
            country: row.country.map(|c| word(&c, "dispatch.country")).transpose()?,
            version: row.version,
            tells: word(&row.tells, "dispatch.tells")?,
            state: word(&row.state, "dispatch.state")?,
            reason: row.reason,
            tries: row.tries,
            created_at: Time::from_micros(row.created_at),
            changed_at: Time::from_micros(row.changed_at),
            sent_at: row.sent_at.map(Time::from_micros),
            taken_at: row.taken_at.map(Time::from_micros),
            answered_at: row.answered_at.map(Time::from_micros),
        })
    });
    read.collect()
}

/// Answers that fit nothing, newest first.
pub async fn strays(tx: &Tx) -> Result<Vec<Stray>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        received_at: i64,
        stray: String,
    }
    let sql = "SELECT id, received_at, stray FROM partner_answer WHERE stray IS NOT NULL
               ORDER BY received_at DESC, id DESC LIMIT 100";
    let rows: Vec<Row> = sql::all(tx, sql, vec![]).await?;
    let read = |row: Row| Stray { id: row.id, at: Time::from_micros(row.received_at), why: row.stray };
    Ok(rows.into_iter().map(read).collect())
}
