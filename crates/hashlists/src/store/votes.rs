//! Table `hash_vote`.

use super::{Stored, one_more, scoped, word};
use crate::{Result, Vote};
use base::{HashId, ListId, OrgId, Time, VoteId};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct VoteRow {
    id: Uuid,
    entry_id: Uuid,
    list_id: Uuid,
    org_id: Uuid,
    word: String,
    reason: Option<String>,
    at: i64,
    answer: Option<String>,
    answer_reason: Option<String>,
    answered_at: Option<i64>,
}

fn vote_of(row: VoteRow) -> Stored<Vote> {
    let answer = match (row.answer, row.answered_at) {
        (Some(answer), Some(at)) => {
            Some((word(&answer, "hash_vote.answer")?, row.answer_reason, Time::from_micros(at)))
        }
        _ => None,
    };
    Ok(Vote {
        id: VoteId(row.id),
        entry: HashId(row.entry_id),
        list: ListId(row.list_id),
        org: OrgId(row.org_id),
        word: word(&row.word, "hash_vote.word")?,
        reason: row.reason,
        at: Time::from_micros(row.at),
        answer,
    })
}

/// Says an organisation's word, or another one than before: then an earlier answer is void.
pub async fn vote_put(tx: &Tx, vote: &Vote, publisher: OrgId) -> Result<VoteId> {
    #[derive(FromQueryResult)]
    struct Id {
        id: Uuid,
    }
    let sql = "INSERT INTO hash_vote (id, entry_id, list_id, publisher_id, org_id, person_id, word, reason, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (entry_id, org_id) DO UPDATE SET
        person_id = excluded.person_id, word = excluded.word, reason = excluded.reason, at = excluded.at, answer = NULL,
        answer_reason = NULL, answered_by = NULL, answered_at = NULL RETURNING id";
    let values = vec![
        vote.id.0.into(),
        vote.entry.0.into(),
        vote.list.0.into(),
        publisher.0.into(),
        vote.org.0.into(),
        tx.actor().person().map(|p| p.0).into(),
        vote.word.word().into(),
        vote.reason.clone().into(),
        vote.at.micros().into(),
    ];
    let row: Option<Id> = sql::one(tx, sql, values).await?;
    Ok(VoteId(row.ok_or(storage::Error::Stored("hash_vote.id"))?.id))
}

/// Votes on a list's entries that the actor may see: the publisher all, a voter its own. `open`: disputes without answer.
pub async fn votes(tx: &Tx, list: ListId, open: bool, after: (i64, Uuid), limit: u64) -> Result<Vec<Vote>> {
    let sql = "SELECT * FROM hash_vote WHERE ($1 = 1 OR publisher_id = $2 OR org_id = $2) AND list_id = $3
        AND (at, id) > ($4, $5) AND ($6 = 0 OR (word = 'dispute' AND answered_at IS NULL)) ORDER BY at, id LIMIT $7";
    let values = [list.0.into(), after.0.into(), after.1.into(), i64::from(open).into(), one_more(limit)];
    let rows: Vec<VoteRow> = sql::all(tx, sql, scoped(tx, values)).await?;
    Ok(rows.into_iter().map(vote_of).collect::<Stored<_>>()?)
}

pub async fn vote_find(tx: &Tx, list: ListId, id: VoteId) -> Result<Option<Vote>> {
    let sql = "SELECT * FROM hash_vote WHERE ($1 = 1 OR publisher_id = $2 OR org_id = $2) AND list_id = $3 AND id = $4";
    let row: Option<VoteRow> = sql::one(tx, sql, scoped(tx, [list.0.into(), id.0.into()])).await?;
    Ok(row.map(vote_of).transpose()?)
}

pub async fn vote_answer(tx: &Tx, id: VoteId, answer: &str, reason: Option<&str>) -> Result<bool> {
    let sql = "UPDATE hash_vote SET answer = $3, answer_reason = $4, answered_by = $5, answered_at = $6
               WHERE ($1 = 1 OR publisher_id = $2) AND id = $7 AND answered_at IS NULL";
    let by = tx.actor().person().map(|p| p.0);
    let values = [answer.into(), reason.map(str::to_owned).into(), by.into(), tx.now().micros().into(), id.0.into()];
    Ok(sql::run(tx, sql, scoped(tx, values)).await? == 1)
}
