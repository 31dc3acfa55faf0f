//! Tables `saved_search`, `search_hit`, `mail_address` and `mail_due`. A person's searches are the person's: every query
//! says whose.

use super::Stored;
use crate::{Result, alert::Due, search::Search};
use base::{CaseId, MailId, OrgId, PersonId, SearchId, Time};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use storage::{Tx, sql};
use uuid::Uuid;

const SEARCH: &str = "SELECT id, person_id, name, shared, alert, filter, created_at FROM saved_search";

#[derive(FromQueryResult)]
struct SearchRow {
    id: Uuid,
    person_id: Uuid,
    name: Option<String>,
    shared: bool,
    alert: bool,
    filter: String,
    created_at: i64,
}

fn search_of(row: SearchRow) -> Stored<Search> {
    Ok(Search {
        id: SearchId(row.id),
        person: PersonId(row.person_id),
        name: row.name,
        shared: row.shared,
        alert: row.alert,
        filter: serde_json::from_str(&row.filter).map_err(|_| storage::Error::Stored("saved_search.filter"))?,
        at: Time::from_micros(row.created_at),
    })
}

pub async fn search_add(
    tx: &Tx,
    id: SearchId,
    me: PersonId,
    (name, shared, alert): (Option<&str>, bool, bool),
    filter: &str,
) -> Result<()> {
    let sql = "INSERT INTO saved_search (id, lea_id, person_id, name, shared, alert, filter, used_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let values = vec![
        id.0.into(),
        tx.actor().org.0.into(),
        me.0.into(),
        name.map(str::to_owned).into(),
        shared.into(),
        alert.into(),
        filter.into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// The actor's unnamed search with this very filter.
pub async fn search_unnamed(tx: &Tx, me: PersonId, filter: &str) -> Result<Option<SearchId>> {
    let sql = "SELECT id FROM saved_search WHERE person_id = $1 AND name IS NULL AND filter = $2";
    let row: Option<Id> = sql::one(tx, sql, vec![me.0.into(), filter.into()]).await?;
    Ok(row.map(|r| SearchId(r.id)))
}

pub async fn search_used(tx: &Tx, id: SearchId) -> Result<()> {
    let sql = "UPDATE saved_search SET used_at = $1 WHERE id = $2";
    sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into()]).await?;
    Ok(())
}

/// Forgets the actor's unnamed searches but the last so many.
pub async fn searches_forget(tx: &Tx, me: PersonId, keep: i64) -> Result<()> {
    let sql = "DELETE FROM saved_search WHERE person_id = $1 AND name IS NULL AND id NOT IN (
               SELECT id FROM saved_search WHERE person_id = $1 AND name IS NULL ORDER BY used_at DESC, id DESC LIMIT $2)";
    sql::run(tx, sql, vec![me.0.into(), keep.into()]).await?;
    Ok(())
}

pub async fn searches_named(tx: &Tx, me: PersonId) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM saved_search WHERE person_id = $1 AND name IS NOT NULL";
    Ok(sql::one::<Count>(tx, sql, vec![me.0.into()]).await?.map_or(0, |c| c.n))
}

/// The own ones and those that colleagues share.
const USABLE: &str = "lea_id = $1 AND (person_id = $2 OR (shared AND name IS NOT NULL))";

pub async fn search_find(tx: &Tx, me: PersonId, id: SearchId) -> Result<Option<Search>> {
    let sql = format!("{SEARCH} WHERE {USABLE} AND id = $3");
    let row: Option<SearchRow> = sql::one(tx, &sql, vec![tx.actor().org.0.into(), me.0.into(), id.0.into()]).await?;
    Ok(row.map(search_of).transpose()?)
}

pub async fn searches(tx: &Tx, me: PersonId) -> Result<Vec<Search>> {
    let sql = format!("{SEARCH} WHERE {USABLE} AND name IS NOT NULL ORDER BY name, id LIMIT 500");
    let rows: Vec<SearchRow> = sql::all(tx, &sql, vec![tx.actor().org.0.into(), me.0.into()]).await?;
    Ok(rows.into_iter().map(search_of).collect::<Stored<_>>()?)
}

pub async fn search_keep(tx: &Tx, id: SearchId, name: Option<&str>, shared: bool, alert: bool) -> Result<()> {
    let sql = "UPDATE saved_search SET name = $1, shared = $2, alert = $3 WHERE id = $4";
    sql::run(tx, sql, vec![name.map(str::to_owned).into(), shared.into(), alert.into(), id.0.into()]).await?;
    Ok(())
}

/// Removes a search with what was noted for it. Mails are the machinery's; one that is due finds its search gone.
pub async fn search_remove(tx: &Tx, id: SearchId) -> Result<()> {
    sql::run(tx, "DELETE FROM search_hit WHERE search_id = $1", vec![id.0.into()]).await?;
    mail_call_off(tx, id).await?;
    sql::run(tx, "DELETE FROM mail_due WHERE search_id = $1", vec![id.0.into()]).await?;
    sql::run(tx, "DELETE FROM saved_search WHERE id = $1", vec![id.0.into()]).await?;
    Ok(())
}

/// Searches of an LEA whose owners want mail and still work there. For the exchange's own machinery.
pub async fn searches_to_alert(tx: &Tx, lea: OrgId) -> Result<Vec<Search>> {
    let sql = "SELECT s.id, s.person_id, s.name, s.shared, s.alert, s.filter, s.created_at FROM saved_search s
               JOIN person p ON p.id = s.person_id WHERE s.lea_id = $1 AND s.alert AND p.active";
    let rows: Vec<SearchRow> = sql::all(tx, sql, vec![lea.0.into()]).await?;
    Ok(rows.into_iter().map(search_of).collect::<Stored<_>>()?)
}

/// Notes that a search found a case. False when it had before.
pub async fn search_hit(tx: &Tx, search: SearchId, lea: OrgId, case: CaseId) -> Result<bool> {
    let sql = "INSERT INTO search_hit (search_id, case_id, lea_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = vec![search.0.into(), case.0.into(), lea.0.into(), tx.now().micros().into()];
    Ok(sql::run(tx, sql, values).await? == 1)
}

#[derive(FromQueryResult)]
struct AddressRow {
    address: String,
}

pub async fn mail_address(tx: &Tx, person: PersonId) -> Result<Option<String>> {
    let sql = "SELECT address FROM mail_address WHERE person_id = $1";
    Ok(sql::one::<AddressRow>(tx, sql, vec![person.0.into()]).await?.map(|r| r.address))
}

pub async fn mail_address_set(tx: &Tx, person: PersonId, address: &str) -> Result<()> {
    let sql = "INSERT INTO mail_address (person_id, org_id, address, changed_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (person_id) DO UPDATE SET address = excluded.address, changed_at = excluded.changed_at";
    let values = vec![person.0.into(), tx.actor().org.0.into(), address.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Makes a mail due, unless one is for this search.
pub async fn mail_add(tx: &Tx, id: MailId, search: SearchId, person: PersonId, lea: OrgId) -> Result<()> {
    let sql = "INSERT INTO mail_due (id, search_id, person_id, org_id, due, fence, tries, state)
               VALUES ($1, $2, $3, $4, $5, 0, 0, 'due') ON CONFLICT DO NOTHING";
    let values = vec![id.0.into(), search.0.into(), person.0.into(), lea.0.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Calls off what is due for a search.
pub async fn mail_call_off(tx: &Tx, search: SearchId) -> Result<()> {
    let sql = "DELETE FROM mail_due WHERE search_id = $1 AND state = 'due'";
    sql::run(tx, sql, vec![search.0.into()]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct DueRow {
    id: Uuid,
    search_id: Uuid,
    person_id: Uuid,
    org_id: Uuid,
    fence: i64,
    tries: i64,
}

/// Leases a mail that is due, of a search that has sent none for so many seconds. What has nobody to go to any more is
/// removed on the way.
pub async fn mail_take(tx: &Tx, lease_seconds: i64, apart_seconds: i64) -> Result<Option<Due>> {
    let gone = "DELETE FROM mail_due WHERE state = 'due' AND NOT EXISTS (SELECT 1 FROM saved_search s
        JOIN person p ON p.id = s.person_id JOIN mail_address m ON m.person_id = s.person_id
        WHERE s.id = mail_due.search_id AND s.alert AND p.active)";
    sql::run(tx, gone, vec![]).await?;
    let skip = if tx.get_database_backend() == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE mail_due SET lease_until = $1, fence = fence + 1, tries = tries + 1 WHERE id = (
         SELECT d.id FROM mail_due d WHERE d.state = 'due' AND d.due <= $2 AND (d.lease_until IS NULL OR d.lease_until < $2)
         AND NOT EXISTS (SELECT 1 FROM mail_due e WHERE e.search_id = d.search_id AND e.sent_at > $3)
         ORDER BY d.due, d.id LIMIT 1 {skip})
         RETURNING id, search_id, person_id, org_id, fence, tries"
    );
    let now = tx.now();
    let values = vec![
        now.plus_seconds(lease_seconds).micros().into(),
        now.micros().into(),
        now.plus_seconds(-apart_seconds).micros().into(),
    ];
    let Some(row) = sql::one::<DueRow>(tx, &sql, values).await? else { return Ok(None) };
    let Some(address) = mail_address(tx, PersonId(row.person_id)).await? else { return Ok(None) };
    let (id, search, org) = (MailId(row.id), SearchId(row.search_id), OrgId(row.org_id));
    Ok(Some(Due { id, search, org, address, fence: row.fence, tries: row.tries }))
}

pub async fn mail_sent(tx: &Tx, due: &Due) -> Result<()> {
    let sql = "UPDATE mail_due SET state = 'sent', sent_at = $1, lease_until = NULL WHERE id = $2 AND fence = $3";
    moved(sql::run(tx, sql, vec![tx.now().micros().into(), due.id.0.into(), due.fence.into()]).await?)
}

pub async fn mail_failed(tx: &Tx, due: &Due, wait_seconds: i64, dead: bool, reason: &str) -> Result<()> {
    let sql =
        "UPDATE mail_due SET state = $1, due = $2, lease_until = NULL, last_error = $3 WHERE id = $4 AND fence = $5";
    let values = vec![
        if dead { "dead" } else { "due" }.into(),
        tx.now().plus_seconds(wait_seconds).micros().into(),
        reason.into(),
        due.id.0.into(),
        due.fence.into(),
    ];
    moved(sql::run(tx, sql, values).await?)
}

fn moved(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(storage::Error::Moved.into()) }
}
