//! Queries of the block list on its way out: its changes are only read here; what providers have is this part's own.

use super::{
    model::{End, Fetch, FetchKey, Secondary, Settings},
    published::Change,
    stop::Stop,
};
use crate::{Error, Result};
use base::{BlobId, FetchId, FetchKeyId, OrgId, SecondaryId, Time};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, Page, keyset, one_more, scoped, word},
};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct ChangeRow {
    serial: i64,
    domain: String,
    kind: String,
}

/// The next changes of the list after a serial, as many as asked for.
pub async fn changes_since(tx: &Tx, serial: i64, limit: u64) -> Result<Vec<Change>> {
    let sql = "SELECT serial, domain, kind FROM domain_change WHERE serial > $1 ORDER BY serial LIMIT $2";
    let values = vec![serial.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let rows: Vec<ChangeRow> = sql::all(tx, sql, values).await?;
    let change =
        |row: ChangeRow| Change { serial: row.serial, listed: row.kind == "listed", domain: row.domain.into() };
    Ok(rows.into_iter().map(change).collect())
}

#[derive(FromQueryResult)]
struct Serial {
    serial: i64,
}

/// How far the list is.
pub async fn list_serial(tx: &Tx) -> Result<i64> {
    let row: Option<Serial> = sql::one(tx, "SELECT serial FROM domain_serial WHERE one = 1", vec![]).await?;
    Ok(row.map_or(0, |row| row.serial))
}

#[derive(FromQueryResult)]
struct SettingsRow {
    org_id: Uuid,
    a: Option<String>,
    aaaa: Option<String>,
    name: Option<String>,
    changes: i64,
    since_serial: i64,
    changed_at: i64,
}

impl SettingsRow {
    fn settings(self) -> Result<Settings> {
        let stored = || storage::Error::Stored("provider");
        let stop = match (self.a, self.aaaa, self.name) {
            (None, None, Some(name)) => Stop::Name(name),
            (a, aaaa, _) => Stop::Addresses {
                a: a.map(|a| a.parse()).transpose().map_err(|_| stored())?,
                aaaa: aaaa.map(|a| a.parse()).transpose().map_err(|_| stored())?,
            },
        };
        Ok(Settings {
            org: OrgId(self.org_id),
            stop,
            changes: self.changes,
            since: self.since_serial,
            changed_at: Time::from_micros(self.changed_at),
        })
    }
}

/// Settings of the actor's own organisation; the exchange's machinery reads every one.
pub async fn settings(tx: &Tx) -> Result<Vec<Settings>> {
    let sql =
        "SELECT org_id, a, aaaa, name, changes, since_serial, changed_at FROM provider WHERE ($1 = 1 OR org_id = $2)";
    let rows: Vec<SettingsRow> = sql::all(tx, sql, sql::scope(tx)).await?;
    rows.into_iter().map(SettingsRow::settings).collect()
}

/// Says where the actor's listed names lead from now on.
pub async fn settings_put(tx: &Tx, stop: &Stop, since: i64) -> Result<()> {
    let [a, aaaa, name] = stop.texts().map(|text| Some(text).filter(|text| !text.is_empty()));
    let sql = "INSERT INTO provider (org_id, a, aaaa, name, changes, since_serial, changed_at, changed_by)
               VALUES ($1, $2, $3, $4, 1, $5, $6, $7)
               ON CONFLICT (org_id) DO UPDATE SET a = excluded.a, aaaa = excluded.aaaa, name = excluded.name,
                   changes = provider.changes + 1, since_serial = excluded.since_serial, changed_at = excluded.changed_at,
                   changed_by = excluded.changed_by";
    let values = vec![
        tx.actor().org.0.into(),
        a.into(),
        aaaa.into(),
        name.into(),
        since.into(),
        tx.now().micros().into(),
        tx.actor().person().map(|p| p.0).into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: Uuid,
    org_id: Uuid,
    name: String,
    algorithm: String,
    secret_id: Uuid,
    made_at: i64,
    ends_at: i64,
    revoked_at: Option<i64>,
}

impl KeyRow {
    fn key(self) -> Result<FetchKey> {
        Ok(FetchKey {
            id: FetchKeyId(self.id),
            org: OrgId(self.org_id),
            name: self.name,
            algorithm: word(&self.algorithm, "fetch_key.algorithm")?,
            secret: BlobId(self.secret_id),
            made_at: Time::from_micros(self.made_at),
            ends_at: Time::from_micros(self.ends_at),
            revoked_at: self.revoked_at.map(Time::from_micros),
        })
    }
}

const KEY: &str = "id, org_id, name, algorithm, secret_id, made_at, ends_at, revoked_at";

/// Keys of the actor's own organisation, newest first; the exchange's machinery reads every one that is not taken back.
pub async fn keys(tx: &Tx) -> Result<Vec<FetchKey>> {
    let sql = format!(
        "SELECT {KEY} FROM fetch_key WHERE (($1 = 1 AND revoked_at IS NULL) OR org_id = $2) ORDER BY made_at DESC, id DESC"
    );
    let rows: Vec<KeyRow> = sql::all(tx, &sql, sql::scope(tx)).await?;
    rows.into_iter().map(KeyRow::key).collect()
}

/// A key of the actor's own.
pub async fn key(tx: &Tx, id: FetchKeyId) -> Result<FetchKey> {
    let sql = format!("SELECT {KEY} FROM fetch_key WHERE ($1 = 1 OR org_id = $2) AND id = $3");
    let row: Option<KeyRow> = sql::one(tx, &sql, scoped(tx, [id.0.into()])).await?;
    row.ok_or(Error::NotFound)?.key()
}

/// Adds a key.
pub async fn key_add(tx: &Tx, key: &FetchKey) -> Result<()> {
    let sql = "INSERT INTO fetch_key (id, org_id, name, algorithm, secret_id, made_by, made_at, ends_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        key.id.0.into(),
        key.org.0.into(),
        key.name.as_str().into(),
        key.algorithm.word().into(),
        key.secret.0.into(),
        tx.actor().person().map(|p| p.0).into(),
        key.made_at.micros().into(),
        key.ends_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Takes a key of the actor's back, and with it secondaries that are told by it; whether it was still there.
pub async fn key_revoke(tx: &Tx, id: FetchKeyId) -> Result<bool> {
    let sql =
        "UPDATE fetch_key SET revoked_at = $1, revoked_by = $2 WHERE id = $3 AND org_id = $4 AND revoked_at IS NULL";
    let (by, org) = (tx.actor().person().map(|p| p.0), tx.actor().org.0);
    let values = vec![tx.now().micros().into(), by.into(), id.0.into(), org.into()];
    if sql::run(tx, sql, values).await? != 1 {
        return Ok(false);
    }
    let sql = "DELETE FROM secondary WHERE key_id = $1 AND org_id = $2";
    sql::run(tx, sql, vec![id.0.into(), org.into()]).await?;
    Ok(true)
}

#[derive(FromQueryResult)]
struct SecondaryRow {
    id: Uuid,
    org_id: Uuid,
    address: String,
    key_id: Uuid,
    made_at: i64,
}

/// Secondaries of the actor's own organisation; the exchange's machinery reads every one.
pub async fn secondaries(tx: &Tx) -> Result<Vec<Secondary>> {
    let sql =
        "SELECT id, org_id, address, key_id, made_at FROM secondary WHERE ($1 = 1 OR org_id = $2) ORDER BY made_at, id";
    let rows: Vec<SecondaryRow> = sql::all(tx, sql, sql::scope(tx)).await?;
    let secondary = |row: SecondaryRow| {
        Ok(Secondary {
            id: SecondaryId(row.id),
            org: OrgId(row.org_id),
            address: row.address.parse().map_err(|_| storage::Error::Stored("secondary.address"))?,
            key: FetchKeyId(row.key_id),
            made_at: Time::from_micros(row.made_at),
        })
    };
    rows.into_iter().map(secondary).collect()
}

/// Adds a secondary.
pub async fn secondary_add(tx: &Tx, secondary: &Secondary) -> Result<(), storage::Error> {
    let sql = "INSERT INTO secondary (id, org_id, address, key_id, made_at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        secondary.id.0.into(),
        secondary.org.0.into(),
        secondary.address.to_string().into(),
        secondary.key.0.into(),
        secondary.made_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Takes a secondary of the actor's away; whether it was there.
pub async fn secondary_end(tx: &Tx, id: SecondaryId) -> Result<bool> {
    let sql = "DELETE FROM secondary WHERE id = $1 AND org_id = $2";
    Ok(sql::run(tx, sql, vec![id.0.into(), tx.actor().org.0.into()]).await? == 1)
}

/// Notes that a fetch began.
pub async fn fetch_add(tx: &Tx, fetch: &Fetch) -> Result<()> {
    let sql = "INSERT INTO list_fetch (id, org_id, key_id, way, from_serial, to_serial, at, bytes, result)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        fetch.id.0.into(),
        fetch.org.0.into(),
        fetch.key.map(|k| k.0).into(),
        fetch.way.word().into(),
        fetch.from.into(),
        fetch.to.into(),
        fetch.at.micros().into(),
        fetch.bytes.into(),
        fetch.end.map(End::word).into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Notes how a fetch ended.
pub async fn fetch_end(tx: &Tx, id: FetchId, bytes: u64, end: End) -> Result<()> {
    let sql = "UPDATE list_fetch SET ended_at = $1, bytes = $2, result = $3 WHERE id = $4";
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    sql::run(tx, sql, vec![tx.now().micros().into(), bytes.into(), end.word().into(), id.0.into()]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct FetchRow {
    id: Uuid,
    org_id: Uuid,
    key_id: Option<Uuid>,
    way: String,
    from_serial: Option<i64>,
    to_serial: i64,
    at: i64,
    ended_at: Option<i64>,
    bytes: i64,
    result: Option<String>,
}

/// Fetches of the actor's own organisation, newest first.
pub async fn fetches(tx: &Tx, before: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Fetch>> {
    let (at, id) = before.unwrap_or((i64::MAX, Uuid::max()));
    let sql = "SELECT id, org_id, key_id, way, from_serial, to_serial, at, ended_at, bytes, result FROM list_fetch
               WHERE ($1 = 1 OR org_id = $2) AND (at < $3 OR (at = $3 AND id < $4)) ORDER BY at DESC, id DESC LIMIT $5";
    let values = scoped(tx, [at.into(), id.into(), one_more(limit)]);
    let rows: Vec<FetchRow> = sql::all(tx, sql, values).await?;
    let fetch = |row: FetchRow| {
        Ok(Fetch {
            id: FetchId(row.id),
            org: OrgId(row.org_id),
            key: row.key_id.map(FetchKeyId),
            way: word(&row.way, "list_fetch.way")?,
            from: row.from_serial,
            to: row.to_serial,
            at: Time::from_micros(row.at),
            ended_at: row.ended_at.map(Time::from_micros),
            bytes: row.bytes,
            end: row.result.map(|end| word(&end, "list_fetch.result")).transpose()?,
        })
    };
    let rows = rows.into_iter().map(fetch).collect::<Result<Vec<_>>>()?;
    Ok(keyset::page(rows, limit, |fetch: &Fetch| (fetch.at.micros(), fetch.id.0))?)
}
