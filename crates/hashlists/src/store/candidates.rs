//! Table `hash_candidate`.

use super::{Stored, fixed, one_more, places, scoped, word};
use crate::{Candidate, CandidateState, Digests, Hashes, Pdq, Result, Says};
use base::{CandidateId, HashId, ItemId, ListId, OrgId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct CandidateRow {
    id: Uuid,
    list_id: Uuid,
    org_id: Uuid,
    class: String,
    age_group: String,
    gender: String,
    md5: Vec<u8>,
    sha1: Vec<u8>,
    sha256: Vec<u8>,
    pdq: Option<Vec<u8>>,
    quality: Option<i64>,
    state: String,
    at: i64,
    answered_at: Option<i64>,
    entry_id: Option<Uuid>,
}

fn candidate_of(row: CandidateRow) -> Stored<Candidate> {
    let bits: Option<[u8; 32]> = fixed(row.pdq, "hash_candidate.pdq")?;
    let quality = row.quality.and_then(|q| u8::try_from(q).ok());
    Ok(Candidate {
        id: CandidateId(row.id),
        list: ListId(row.list_id),
        org: OrgId(row.org_id),
        says: Says {
            class: word(&row.class, "hash_candidate.class")?,
            age_group: word(&row.age_group, "hash_candidate.age_group")?,
            gender: word(&row.gender, "hash_candidate.gender")?,
        },
        hashes: Hashes {
            digests: Digests {
                md5: fixed(Some(row.md5), "hash_candidate.md5")?,
                sha1: fixed(Some(row.sha1), "hash_candidate.sha1")?,
                sha256: fixed(Some(row.sha256), "hash_candidate.sha256")?,
            },
            photodna: None,
            pdq: bits.map(|bits| Pdq { bits, quality }),
            frames: Vec::new(),
        },
        state: word(&row.state, "hash_candidate.state")?,
        at: Time::from_micros(row.at),
        answered_at: row.answered_at.map(Time::from_micros),
        entry: row.entry_id.map(HashId),
    })
}

/// Offers content to a list, once; says whether it is new there.
pub async fn candidate_add(tx: &Tx, c: &Candidate, publisher: OrgId, item: ItemId) -> Result<bool> {
    let sql =
        "INSERT INTO hash_candidate (id, list_id, publisher_id, org_id, item_id, class, age_group, gender, md5, sha1,
        sha256, pdq, quality, state, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        ON CONFLICT DO NOTHING";
    let digest = |bytes: Option<Vec<u8>>| bytes.unwrap_or_default();
    let values = vec![
        c.id.0.into(),
        c.list.0.into(),
        publisher.0.into(),
        c.org.0.into(),
        item.0.into(),
        c.says.class.word().into(),
        c.says.age_group.word().into(),
        c.says.gender.word().into(),
        digest(c.hashes.digests.md5.map(Vec::from)).into(),
        digest(c.hashes.digests.sha1.map(Vec::from)).into(),
        digest(c.hashes.digests.sha256.map(Vec::from)).into(),
        c.hashes.pdq.map(|p| Vec::from(p.bits)).into(),
        c.hashes.pdq.and_then(|p| p.quality).map(i64::from).into(),
        CandidateState::Waiting.word().into(),
        c.at.micros().into(),
    ];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Candidates of a list in a state that the actor may see: the publisher all, a hotline its own.
pub async fn candidates(
    tx: &Tx,
    list: ListId,
    state: CandidateState,
    after: (i64, Uuid),
    limit: u64,
) -> Result<Vec<Candidate>> {
    let sql = "SELECT * FROM hash_candidate WHERE ($1 = 1 OR publisher_id = $2 OR org_id = $2) AND list_id = $3
        AND state = $4 AND (at, id) > ($5, $6) ORDER BY at, id LIMIT $7";
    let values = [list.0.into(), state.word().into(), after.0.into(), after.1.into(), one_more(limit)];
    let rows: Vec<CandidateRow> = sql::all(tx, sql, scoped(tx, values)).await?;
    Ok(rows.into_iter().map(candidate_of).collect::<Stored<_>>()?)
}

/// Candidates that the actor's organisation offered, whatever became of them.
pub async fn candidates_offered(tx: &Tx, after: (i64, Uuid), limit: u64) -> Result<Vec<Candidate>> {
    let sql =
        "SELECT * FROM hash_candidate WHERE ($1 = 1 OR org_id = $2) AND (at, id) > ($3, $4) ORDER BY at, id LIMIT $5";
    let rows: Vec<CandidateRow> =
        sql::all(tx, sql, scoped(tx, [after.0.into(), after.1.into(), one_more(limit)])).await?;
    Ok(rows.into_iter().map(candidate_of).collect::<Stored<_>>()?)
}

/// Waiting candidates of the actor's list among these.
pub async fn candidates_waiting(tx: &Tx, list: ListId, ids: &[CandidateId]) -> Result<Vec<Candidate>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT * FROM hash_candidate WHERE ($1 = 1 OR publisher_id = $2) AND list_id = $3 AND state = 'waiting'
         AND id IN ({}) ORDER BY at, id",
        places(4, ids.len())
    );
    let values = std::iter::once(list.0.into()).chain(ids.iter().map(|id| id.0.into()));
    let rows: Vec<CandidateRow> = sql::all(tx, &sql, scoped(tx, values)).await?;
    Ok(rows.into_iter().map(candidate_of).collect::<Stored<_>>()?)
}

/// Takes a candidate back that nobody has answered: its judgement or its permission is gone.
pub async fn candidates_retract(tx: &Tx, item: ItemId, but: &[ListId]) -> Result<()> {
    let keep = if but.is_empty() { String::new() } else { format!("AND list_id NOT IN ({})", places(2, but.len())) };
    let sql = format!("DELETE FROM hash_candidate WHERE item_id = $1 AND state = 'waiting' {keep}");
    let values = std::iter::once(item.0.into()).chain(but.iter().map(|l| l.0.into())).collect();
    sql::run(tx, &sql, values).await?;
    Ok(())
}

pub async fn candidates_retract_between(tx: &Tx, hotline: OrgId, publisher: OrgId) -> Result<()> {
    let sql = "DELETE FROM hash_candidate WHERE org_id = $1 AND publisher_id = $2 AND state = 'waiting'";
    sql::run(tx, sql, vec![hotline.0.into(), publisher.0.into()]).await?;
    Ok(())
}

pub async fn candidate_answer(
    tx: &Tx,
    id: CandidateId,
    state: CandidateState,
    reason: Option<&str>,
    entry: Option<HashId>,
) -> Result<()> {
    let sql = "UPDATE hash_candidate SET state = $1, answered_by = $2, answered_at = $3, reason = $4, entry_id = $5
               WHERE id = $6 AND state = 'waiting'";
    let values = vec![
        state.word().into(),
        tx.actor().person().map(|p| p.0).into(),
        tx.now().micros().into(),
        reason.map(str::to_owned).into(),
        entry.map(|e| e.0).into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}
