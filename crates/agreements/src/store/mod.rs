//! This room's queries.

mod treaties;

pub use treaties::*;

use crate::{
    Result,
    entity::{organisation, person},
};
use base::{OrgId, PersonId, Time, TokenId};
use sea_orm::{ConnectionTrait, FromQueryResult};
use storage::{Tx, sql};
use uuid::Uuid;

pub async fn organisation_add(tx: &Tx, row: organisation::Model) -> std::result::Result<(), storage::Error> {
    sql::add(tx, row).await
}

pub async fn organisation_find(tx: &Tx, id: OrgId) -> Result<Option<organisation::Model>> {
    Ok(sql::one(tx, "SELECT * FROM organisation WHERE id = $1", vec![id.0.into()]).await?)
}

pub async fn organisation_set_keeps_media(tx: &Tx, id: OrgId, keeps: bool) -> Result<()> {
    sql::run(tx, "UPDATE organisation SET keeps_media = $1 WHERE id = $2", vec![keeps.into(), id.0.into()]).await?;
    Ok(())
}

pub async fn organisations(tx: &Tx) -> Result<Vec<organisation::Model>> {
    Ok(sql::all(tx, "SELECT * FROM organisation ORDER BY kind, country, name", vec![]).await?)
}

pub async fn person_add(tx: &Tx, row: person::Model) -> std::result::Result<(), storage::Error> {
    sql::add(tx, row).await
}

/// People of the actor's own organisation; the exchange's machinery sees all.
pub async fn people(tx: &Tx) -> Result<Vec<person::Model>> {
    let all = i64::from(tx.actor().scope() == base::Scope::Exchange);
    let sql = "SELECT * FROM person WHERE ($1 = 1 OR org_id = $2) ORDER BY name";
    Ok(sql::all(tx, sql, vec![all.into(), tx.actor().org.0.into()]).await?)
}

pub async fn token_add(tx: &Tx, id: TokenId, digest: &[u8], person: PersonId, label: &str, until: Time) -> Result<()> {
    let sql = "INSERT INTO access_token (id, digest, person_id, label, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        id.0.into(),
        digest.to_vec().into(),
        person.0.into(),
        label.into(),
        tx.now().micros().into(),
        until.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn link_add(tx: &Tx, digest: &[u8], person: PersonId) -> Result<()> {
    let sql = "INSERT INTO sign_in_link (digest, person_id) VALUES ($1, $2)";
    sql::run(tx, sql, vec![digest.to_vec().into(), person.0.into()]).await?;
    Ok(())
}

/// Who a digest belongs to, with the organisation as it is now.
#[derive(Debug, FromQueryResult)]
pub struct Who {
    pub person: Uuid,
    pub name: String,
    pub role: String,
    pub org: Uuid,
    pub org_name: String,
    pub kind: String,
    pub country: Option<String>,
    pub token: Option<Uuid>,
    pub since: i64,
    pub seen_at: i64,
}

const WHO: &str = "p.id AS person, p.name, p.role, o.id AS org, o.name AS org_name, o.kind, o.country";
const ACTIVE: &str =
    "JOIN person p ON p.id = x.person_id AND p.active JOIN organisation o ON o.id = p.org_id AND o.active";

pub async fn who_by_token(door: &impl ConnectionTrait, digest: &[u8], now: Time) -> Result<Option<Who>> {
    let sql = format!(
        "SELECT {WHO}, x.id AS token, x.created_at AS since, x.created_at AS seen_at FROM access_token x {ACTIVE}
         WHERE x.digest = $1 AND x.revoked_at IS NULL AND x.expires_at > $2"
    );
    Ok(sql::one(door, &sql, vec![digest.to_vec().into(), now.micros().into()]).await?)
}

pub async fn who_by_session(door: &impl ConnectionTrait, digest: &[u8]) -> Result<Option<Who>> {
    let sql = format!(
        "SELECT {WHO}, NULL AS token, x.created_at AS since, x.seen_at FROM session x {ACTIVE}
         WHERE x.digest = $1 AND x.ended_at IS NULL"
    );
    Ok(sql::one(door, &sql, vec![digest.to_vec().into()]).await?)
}

pub async fn who_by_link(door: &impl ConnectionTrait, digest: &[u8]) -> Result<Option<Who>> {
    let sql = format!(
        "SELECT {WHO}, NULL AS token, o.created_at AS since, o.created_at AS seen_at FROM sign_in_link x {ACTIVE} WHERE x.digest = $1"
    );
    Ok(sql::one(door, &sql, vec![digest.to_vec().into()]).await?)
}

pub async fn who_by_person(door: &impl ConnectionTrait, person: PersonId) -> Result<Option<Who>> {
    let sql = format!(
        "SELECT {WHO}, NULL AS token, o.created_at AS since, o.created_at AS seen_at FROM person p
         JOIN organisation o ON o.id = p.org_id AND o.active WHERE p.id = $1 AND p.active"
    );
    Ok(sql::one(door, &sql, vec![person.0.into()]).await?)
}

/// When somebody last proved again who they are in this session.
pub async fn session_confirmed_at(door: &impl ConnectionTrait, digest: &[u8]) -> Result<Option<i64>> {
    #[derive(FromQueryResult)]
    struct Confirmed {
        confirmed_at: Option<i64>,
    }
    let sql = "SELECT confirmed_at FROM session WHERE digest = $1 AND ended_at IS NULL";
    let row: Option<Confirmed> = sql::one(door, sql, vec![digest.to_vec().into()]).await?;
    Ok(row.and_then(|r| r.confirmed_at))
}

pub async fn session_confirm(tx: &Tx, digest: &[u8]) -> Result<()> {
    let sql = "UPDATE session SET confirmed_at = $1 WHERE digest = $2 AND ended_at IS NULL";
    sql::run(tx, sql, vec![tx.now().micros().into(), digest.to_vec().into()]).await?;
    Ok(())
}

pub async fn session_add(tx: &Tx, digest: &[u8], person: PersonId) -> Result<()> {
    let sql = "INSERT INTO session (digest, person_id, created_at, seen_at) VALUES ($1, $2, $3, $3)";
    sql::run(tx, sql, vec![digest.to_vec().into(), person.0.into(), tx.now().micros().into()]).await?;
    Ok(())
}

pub async fn session_end(tx: &Tx, digest: &[u8]) -> Result<()> {
    let sql = "UPDATE session SET ended_at = $1 WHERE digest = $2 AND ended_at IS NULL";
    sql::run(tx, sql, vec![tx.now().micros().into(), digest.to_vec().into()]).await?;
    Ok(())
}

pub async fn session_seen(tx: &Tx, digest: &[u8]) -> Result<()> {
    let sql = "UPDATE session SET seen_at = $1 WHERE digest = $2";
    sql::run(tx, sql, vec![tx.now().micros().into(), digest.to_vec().into()]).await?;
    Ok(())
}
