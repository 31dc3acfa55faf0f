//! The memory of requests that carried an `Idempotency-Key`: the answer is kept in the transaction of the act, so a
//! repeated request gets the same answer and changes nothing (IETF draft-ietf-httpapi-idempotency-key-header).

use crate::{Db, Error, Result, Tx, sql};
use base::Actor;
use sea_orm::FromQueryResult;

/// How long an answer is remembered.
const KEPT_SECONDS: i64 = 24 * 3600;

/// A request that may be repeated: who, which key, and a digest of method, path and contents.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The caller's key, 1 to 255 characters.
    pub key: String,
    /// SHA-256 over method, path and body.
    pub digest: Vec<u8>,
}

/// A remembered answer.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Answer {
    digest: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// Body as sent.
    pub body: String,
}

/// The remembered answer to the same request of the same person. `KeyReused` when the contents differ.
pub async fn answered(db: &Db, actor: &Actor, seen: &Seen) -> Result<Option<Answer>> {
    let tx = db.look(actor).await?;
    let sql =
        "SELECT digest, status, body FROM request_seen WHERE org_id = $1 AND person_id = $2 AND key = $3 AND at > $4";
    let person = actor.person().map(|p| p.0).unwrap_or_default();
    let since = tx.now().plus_seconds(-KEPT_SECONDS).micros();
    let values = vec![actor.org.0.into(), person.into(), seen.key.clone().into(), since.into()];
    let answer: Option<Answer> = sql::one(&tx, sql, values).await?;
    tx.commit_upkeep().await?;
    match answer {
        Some(answer) if answer.digest != seen.digest => Err(Error::KeyReused),
        other => Ok(other),
    }
}

/// Remembers an answer in the transaction of its act. A key taken by a request that runs at the same time is `KeyReused`.
pub async fn remember(tx: &Tx, seen: &Seen, status: u16, body: &str) -> Result<()> {
    let person = tx.actor().person().map(|p| p.0).unwrap_or_default();
    let key = (tx.actor().org.0, person, seen.key.clone());
    let old = "DELETE FROM request_seen WHERE org_id = $1 AND person_id = $2 AND key = $3 AND at <= $4";
    let since = tx.now().plus_seconds(-KEPT_SECONDS).micros();
    sql::run(tx, old, vec![key.0.into(), key.1.into(), key.2.clone().into(), since.into()]).await?;
    let sql = "INSERT INTO request_seen (org_id, person_id, key, digest, status, body, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let values = vec![
        key.0.into(),
        key.1.into(),
        key.2.into(),
        seen.digest.clone().into(),
        i64::from(status).into(),
        body.into(),
        tx.now().micros().into(),
    ];
    if sql::run(tx, sql, values).await? == 1 { Ok(()) } else { Err(Error::KeyReused) }
}
