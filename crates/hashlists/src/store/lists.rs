//! Tables `hash_list` and `hash_terms`.

use super::{Stored, places, scoped, word};
use crate::{Access, List, ListClass, Result, Terms};
use base::{Country, ListId, OrgId, PersonId, TermsId, Time};
use sea_orm::FromQueryResult;
use storage::{Backend, Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct ListRow {
    id: Uuid,
    publisher_id: Uuid,
    name: String,
    class: String,
    country: Option<String>,
    rule_text: String,
    age_below: Option<i64>,
    max_distance: i64,
    version: i64,
    hunted: i64,
    suspended_at: Option<i64>,
    guarded: Option<String>,
    created_at: i64,
    accepted: Option<i64>,
    may_settle: Option<bool>,
}

/// A list with the terms of an organisation that are not ended.
const LIST: &str = "SELECT l.*, CASE WHEN t.id IS NULL THEN NULL WHEN t.accepted_at IS NULL THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END AS accepted, t.may_settle
    FROM hash_list l LEFT JOIN hash_terms t ON t.list_id = l.id AND t.ended_at IS NULL AND t.org_id";
/// Who may know that there is such a list.
const VISIBLE: &str = "($1 = 1 OR l.publisher_id = $2 OR t.id IS NOT NULL)";

impl ListRow {
    fn read(self, me: OrgId) -> Stored<(List, Option<Access>)> {
        let standing = match (self.publisher_id == me.0, self.accepted, self.may_settle) {
            (true, ..) => Some(Access::Publisher),
            (false, Some(0), _) => Some(Access::Offered),
            (false, Some(_), may_settle) => Some(Access::Reader { may_settle: may_settle == Some(true) }),
            (false, None, _) => None,
        };
        let country: Option<Country> = self.country.map(|c| word(&c, "hash_list.country")).transpose()?;
        let list = List {
            id: ListId(self.id),
            publisher: OrgId(self.publisher_id),
            name: self.name,
            class: word(&self.class, "hash_list.class")?,
            country,
            rule: self.rule_text,
            age_below: self.age_below,
            max_distance: self.max_distance,
            version: self.version,
            hunted: self.hunted,
            suspended: self.suspended_at.map(Time::from_micros),
            guarded: self.guarded,
            created_at: Time::from_micros(self.created_at),
        };
        Ok((list, standing))
    }
}

pub async fn list_add(tx: &Tx, list: &List) -> Stored<()> {
    let sql =
        "INSERT INTO hash_list (id, publisher_id, name, class, country, rule_text, age_below, max_distance, version,
        hunted, hits, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9)";
    let values = vec![
        list.id.0.into(),
        list.publisher.0.into(),
        list.name.clone().into(),
        list.class.word().into(),
        list.country.map(|c| c.to_string()).into(),
        list.rule.clone().into(),
        list.age_below.into(),
        list.max_distance.into(),
        list.created_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Lists that the actor may know of, by name, with what it may do with each; the machinery sees all.
pub async fn lists(tx: &Tx) -> Result<Vec<(List, Option<Access>)>> {
    let sql = format!("{LIST} = $2 WHERE {VISIBLE} ORDER BY l.name, l.id");
    let rows: Vec<ListRow> = sql::all(tx, &sql, scoped(tx, [])).await?;
    Ok(rows.into_iter().map(|r| r.read(tx.actor().org)).collect::<Stored<_>>()?)
}

/// One list, when the actor may know of it.
pub async fn list_find(tx: &Tx, id: ListId) -> Result<Option<(List, Option<Access>)>> {
    let sql = format!("{LIST} = $2 WHERE {VISIBLE} AND l.id = $3");
    let row: Option<ListRow> = sql::one(tx, &sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(|r| r.read(tx.actor().org)).transpose()?)
}

/// What an organisation may do with some lists, for the actor of that organisation or the machinery.
pub async fn lists_for(tx: &Tx, org: OrgId, ids: &[ListId]) -> Result<Vec<(List, Access)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "{LIST} = $1 WHERE (l.publisher_id = $1 OR t.accepted_at IS NOT NULL) AND l.id IN ({}) ORDER BY l.name, l.id",
        places(2, ids.len())
    );
    let values = std::iter::once(org.0.into()).chain(ids.iter().map(|id| id.0.into())).collect();
    let rows: Vec<ListRow> = sql::all(tx, &sql, values).await?;
    let read = rows.into_iter().map(|r| r.read(org)).collect::<Stored<Vec<_>>>()?;
    Ok(read.into_iter().filter_map(|(list, standing)| Some((list, standing?))).collect())
}

/// Changes what a publisher may change.
pub async fn list_set(tx: &Tx, list: &List) -> Result<()> {
    let sql = "UPDATE hash_list SET rule_text = $1, age_below = $2, max_distance = $3, suspended_at = $4, guarded = $5
               WHERE id = $6";
    let values = vec![
        list.rule.clone().into(),
        list.age_below.into(),
        list.max_distance.into(),
        list.suspended.map(Time::micros).into(),
        list.guarded.clone().into(),
        list.id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Version {
    version: i64,
}

/// Takes the list's row, so that changes are numbered in the order they commit; returns its version.
pub async fn list_lock(tx: &Tx, id: ListId) -> Result<i64> {
    let lock = if tx_backend(tx) == Backend::Postgres { "FOR UPDATE" } else { "" };
    let sql = format!("SELECT version FROM hash_list WHERE id = $1 {lock}");
    let row: Option<Version> = sql::one(tx, &sql, vec![id.0.into()]).await?;
    Ok(row.ok_or(crate::Error::NotFound)?.version)
}

fn tx_backend(tx: &Tx) -> Backend {
    use sea_orm::ConnectionTrait;
    match tx.get_database_backend() {
        sea_orm::DbBackend::Postgres => Backend::Postgres,
        _ => Backend::Sqlite,
    }
}

pub async fn list_set_version(tx: &Tx, id: ListId, version: i64) -> Result<()> {
    sql::run(tx, "UPDATE hash_list SET version = $1 WHERE id = $2", vec![version.into(), id.0.into()]).await?;
    Ok(())
}

/// Notes up to which change everything stored was compared, and how many files were hit.
pub async fn list_hunted(tx: &Tx, id: ListId, version: i64, hits: i64) -> Result<()> {
    let sql =
        "UPDATE hash_list SET hunted = CASE WHEN hunted > $1 THEN hunted ELSE $1 END, hits = hits + $2 WHERE id = $3";
    sql::run(tx, sql, vec![version.into(), hits.into(), id.0.into()]).await?;
    Ok(())
}

/// Lets everything stored be compared with the whole list again.
pub async fn list_hunt_again(tx: &Tx, id: ListId) -> Result<()> {
    sql::run(tx, "UPDATE hash_list SET hunted = 0, hits = 0 WHERE id = $1", vec![id.0.into()]).await?;
    Ok(())
}

/// How many stored files a list's entries hit, as hunts counted them.
pub async fn list_hits(tx: &Tx, id: ListId) -> Result<i64> {
    let row: Option<Version> =
        sql::one(tx, "SELECT hits AS version FROM hash_list WHERE id = $1", vec![id.0.into()]).await?;
    Ok(row.map_or(0, |r| r.version))
}

/// Where each list stands: id, version, up to where hunted, distance.
pub async fn list_versions(tx: &Tx) -> Result<Vec<(ListId, i64, i64, u32)>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        version: i64,
        hunted: i64,
        max_distance: i64,
    }
    let sql = "SELECT id, version, hunted, max_distance FROM hash_list ORDER BY id";
    let rows: Vec<Row> = sql::all(tx, sql, vec![]).await?;
    let distance = |d: i64| u32::try_from(d).unwrap_or(0);
    Ok(rows.into_iter().map(|r| (ListId(r.id), r.version, r.hunted, distance(r.max_distance))).collect())
}

/// Lists of a class that take candidates: baseline lists, and national ones of a country.
pub async fn lists_of_class(tx: &Tx, class: ListClass, country: Option<Country>) -> Result<Vec<(ListId, OrgId)>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        publisher_id: Uuid,
    }
    let sql = "SELECT id, publisher_id FROM hash_list WHERE class = $1 AND COALESCE(country, '') = $2 ORDER BY id";
    let values = vec![class.word().into(), country.map(|c| c.to_string()).unwrap_or_default().into()];
    let rows: Vec<Row> = sql::all(tx, sql, values).await?;
    Ok(rows.into_iter().map(|r| (ListId(r.id), OrgId(r.publisher_id))).collect())
}

#[derive(FromQueryResult)]
struct TermsRow {
    id: Uuid,
    list_id: Uuid,
    publisher_id: Uuid,
    org_id: Uuid,
    may_settle: bool,
    offered_at: i64,
    accepted_at: Option<i64>,
    ended_at: Option<i64>,
}

fn terms_of(row: TermsRow) -> Terms {
    Terms {
        id: TermsId(row.id),
        list: ListId(row.list_id),
        publisher: OrgId(row.publisher_id),
        org: OrgId(row.org_id),
        may_settle: row.may_settle,
        offered_at: Time::from_micros(row.offered_at),
        accepted_at: row.accepted_at.map(Time::from_micros),
        ended_at: row.ended_at.map(Time::from_micros),
    }
}

pub async fn terms_add(tx: &Tx, terms: &Terms, by: PersonId) -> Stored<()> {
    let sql = "INSERT INTO hash_terms (id, list_id, publisher_id, org_id, may_settle, offered_by, offered_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        terms.id.0.into(),
        terms.list.0.into(),
        terms.publisher.0.into(),
        terms.org.0.into(),
        terms.may_settle.into(),
        by.0.into(),
        terms.offered_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Terms of a list that concern the actor: all of them for the publisher, its own for a reader. Ended ones too.
pub async fn terms_of_list(tx: &Tx, list: ListId) -> Result<Vec<Terms>> {
    let sql = "SELECT * FROM hash_terms WHERE ($1 = 1 OR publisher_id = $2 OR org_id = $2) AND list_id = $3
               ORDER BY offered_at DESC, id DESC";
    let rows: Vec<TermsRow> = sql::all(tx, sql, scoped(tx, [list.0.into()])).await?;
    Ok(rows.into_iter().map(terms_of).collect())
}

pub async fn terms_find(tx: &Tx, id: TermsId) -> Result<Option<Terms>> {
    let sql = "SELECT * FROM hash_terms WHERE ($1 = 1 OR publisher_id = $2 OR org_id = $2) AND id = $3";
    let row: Option<TermsRow> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(terms_of))
}

/// Signs as the reader. Says whether there was an offer to sign.
pub async fn terms_accept(tx: &Tx, id: TermsId, by: PersonId) -> Result<bool> {
    let sql = "UPDATE hash_terms SET accepted_by = $3, accepted_at = $4
               WHERE ($1 = 1 OR org_id = $2) AND id = $5 AND accepted_at IS NULL AND ended_at IS NULL";
    let values = scoped(tx, [by.0.into(), tx.now().micros().into(), id.0.into()]);
    Ok(sql::run(tx, sql, values).await? == 1)
}

pub async fn terms_end(tx: &Tx, id: TermsId, by: Option<PersonId>) -> Result<bool> {
    let sql = "UPDATE hash_terms SET ended_by = $3, ended_at = $4
               WHERE ($1 = 1 OR org_id = $2 OR publisher_id = $2) AND id = $5 AND ended_at IS NULL";
    let values = scoped(tx, [by.map(|p| p.0).into(), tx.now().micros().into(), id.0.into()]);
    Ok(sql::run(tx, sql, values).await? == 1)
}
