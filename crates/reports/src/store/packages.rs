//! Tables `package`, `package_item` and `package_key`. Whoever asked sees a package, nobody else at the LEA.

use super::{
    Stored,
    live::{at, live},
    one_more, scoped,
};
use crate::{
    Result,
    package::{Package, State},
};
use base::{BlobId, CaseId, ItemId, OrgId, PackageId, PersonId, Time, Width};
use sea_orm::FromQueryResult;
use storage::{Tx, evidence::Sealed, sql};
use uuid::Uuid;

pub async fn package_key_put(tx: &Tx, person: PersonId, recipient: &str) -> Result<()> {
    let sql = "INSERT INTO package_key (person_id, org_id, recipient, added_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (person_id) DO UPDATE SET recipient = $3, added_at = $4";
    let values = vec![person.0.into(), tx.actor().org.0.into(), recipient.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn package_key_remove(tx: &Tx, person: PersonId) -> Result<()> {
    sql::run(tx, "DELETE FROM package_key WHERE person_id = $1", vec![person.0.into()]).await?;
    Ok(())
}

pub async fn package_key_find(tx: &Tx, person: PersonId) -> Result<Option<(String, Time)>> {
    #[derive(FromQueryResult)]
    struct Key {
        recipient: String,
        added_at: i64,
    }
    let sql = "SELECT recipient, added_at FROM package_key WHERE person_id = $1";
    let row: Option<Key> = sql::one(tx, sql, vec![person.0.into()]).await?;
    Ok(row.map(|k| (k.recipient, Time::from_micros(k.added_at))))
}

pub async fn package_add(tx: &Tx, p: &Package) -> Result<()> {
    let sql = "INSERT INTO package (id, case_id, org_id, person_id, purpose, case_number, recipient, state, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        p.id.0.into(),
        p.case.0.into(),
        p.org.0.into(),
        p.person.0.into(),
        p.purpose.clone().into(),
        p.case_number.clone().into(),
        p.recipient.clone().into(),
        p.state.word().into(),
        p.created_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    org_id: Uuid,
    person_id: Uuid,
    purpose: String,
    case_number: String,
    recipient: String,
    state: String,
    problem: Option<String>,
    created_at: i64,
    ready_at: Option<i64>,
    until: Option<i64>,
    blob_id: Option<Uuid>,
    size: Option<i64>,
    sha256: Option<Vec<u8>>,
}

fn package_of(row: Row) -> Stored<Package> {
    Ok(Package {
        id: PackageId(row.id),
        case: CaseId(row.case_id),
        org: OrgId(row.org_id),
        person: PersonId(row.person_id),
        purpose: row.purpose,
        case_number: row.case_number,
        recipient: row.recipient,
        state: State::from_word(&row.state).ok_or(storage::Error::Stored("package.state"))?,
        problem: row.problem,
        created_at: Time::from_micros(row.created_at),
        ready_at: row.ready_at.map(Time::from_micros),
        until: row.until.map(Time::from_micros),
        blob: row.blob_id.map(BlobId),
        size: row.size,
        sha256: row.sha256,
    })
}

/// The actor's own; the exchange's machinery sees all.
const OWN: &str = "($1 = 1 OR (p.org_id = $2 AND p.person_id = $3))";

fn own(tx: &Tx, others: impl IntoIterator<Item = sea_orm::Value>) -> Vec<sea_orm::Value> {
    let person = tx.actor().person().map_or(Uuid::nil(), |p| p.0);
    scoped(tx, std::iter::once(person.into()).chain(others))
}

pub async fn package_find(tx: &Tx, id: PackageId) -> Result<Option<Package>> {
    let sql = format!("SELECT p.* FROM package p WHERE {OWN} AND p.id = $4");
    let row: Option<Row> = sql::one(tx, &sql, own(tx, [id.0.into()])).await?;
    Ok(row.map(package_of).transpose()?)
}

pub async fn packages_of_case(tx: &Tx, case: CaseId) -> Result<Vec<Package>> {
    let sql = format!("SELECT p.* FROM package p WHERE {OWN} AND p.case_id = $4 ORDER BY p.created_at DESC, p.id DESC");
    let rows: Vec<Row> = sql::all(tx, &sql, own(tx, [case.0.into()])).await?;
    Ok(rows.into_iter().map(package_of).collect::<Stored<_>>()?)
}

pub async fn packages_page(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Package>> {
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "SELECT p.* FROM package p WHERE {OWN} AND (p.created_at, p.id) < ($4, $5)
         ORDER BY p.created_at DESC, p.id DESC LIMIT $6"
    );
    let rows: Vec<Row> = sql::all(tx, &sql, own(tx, [at.into(), id.into(), one_more(limit)])).await?;
    Ok(rows.into_iter().map(package_of).collect::<Stored<_>>()?)
}

/// Notes what a package holds, anew.
pub async fn package_items_put(tx: &Tx, id: PackageId, items: &[(ItemId, Width, bool)]) -> Result<()> {
    sql::run(tx, "DELETE FROM package_item WHERE package_id = $1", vec![id.0.into()]).await?;
    let sql = "INSERT INTO package_item (package_id, item_id, org_id, width, media) VALUES ($1, $2, $3, $4, $5)";
    for (item, width, media) in items {
        let values = vec![id.0.into(), item.0.into(), tx.actor().org.0.into(), (*width as i64).into(), (*media).into()];
        sql::run(tx, sql, values).await?;
    }
    Ok(())
}

/// Whether everything in a package is still disclosed to its LEA, at least as wide as it was when the package was made.
pub async fn package_live(tx: &Tx, id: PackageId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Gone {
        #[expect(dead_code, reason = "the row's presence is the answer")]
        n: i64,
    }
    let [metadata, item, page] = [Width::Metadata, Width::Item, Width::Page].map(|w| (w.word(), w as i64));
    let series = Width::Series as i64;
    let sql = format!(
        "SELECT CAST(1 AS BIGINT) AS n FROM package_item p WHERE p.package_id = $1 AND NOT EXISTS (
            SELECT 1 FROM disclosure d WHERE d.item_id = p.item_id AND d.lea_id = p.org_id AND {}
                AND (d.media OR NOT p.media)
                AND CASE d.width WHEN '{}' THEN {} WHEN '{}' THEN {} WHEN '{}' THEN {} ELSE {series} END >= p.width)
         LIMIT 1",
        live("d", 2),
        metadata.0,
        metadata.1,
        item.0,
        item.1,
        page.0,
        page.1
    );
    Ok(sql::one::<Gone>(tx, &sql, vec![id.0.into(), at(tx)]).await?.is_none())
}

pub async fn package_ready(tx: &Tx, id: PackageId, sealed: &Sealed, until: Time) -> Result<()> {
    let sql = "UPDATE package SET state = 'ready', ready_at = $1, until = $2, blob_id = $3, size = $4, sha256 = $5
               WHERE id = $6 AND state = 'asked'";
    let values = vec![
        tx.now().micros().into(),
        until.micros().into(),
        sealed.id.0.into(),
        sealed.size.into(),
        sealed.digests.sha256.to_vec().into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn package_refused(tx: &Tx, id: PackageId, why: &str) -> Result<()> {
    let sql = "UPDATE package SET state = 'refused', problem = $1 WHERE id = $2 AND state = 'asked'";
    sql::run(tx, sql, vec![why.into(), id.0.into()]).await?;
    Ok(())
}

pub async fn package_erased(tx: &Tx, id: PackageId) -> Result<()> {
    sql::run(tx, "UPDATE package SET state = 'erased' WHERE id = $1", vec![id.0.into()]).await?;
    Ok(())
}

/// Kept packages whose time is over.
pub async fn packages_over(tx: &Tx) -> Result<Vec<Package>> {
    let sql = "SELECT p.* FROM package p WHERE p.state = 'ready' AND p.until <= $1 ORDER BY p.until LIMIT 1000";
    let rows: Vec<Row> = sql::all(tx, sql, vec![tx.now().micros().into()]).await?;
    Ok(rows.into_iter().map(package_of).collect::<Stored<_>>()?)
}

/// Kept packages of cases of the reports that these items are of: they may hold the file, or an archive with it.
pub async fn packages_with(tx: &Tx, items: &[ItemId]) -> Result<Vec<Package>> {
    let mut found: Vec<Package> = Vec::new();
    let sql =
        "SELECT p.* FROM package p JOIN police_case c ON c.id = p.case_id JOIN item i ON i.report_id = c.report_id
               WHERE i.id = $1 AND p.state = 'ready'";
    for item in items {
        let rows: Vec<Row> = sql::all(tx, sql, vec![item.0.into()]).await?;
        for package in rows.into_iter().map(package_of).collect::<Stored<Vec<_>>>()? {
            if found.iter().all(|f| f.id != package.id) {
                found.push(package);
            }
        }
    }
    Ok(found)
}
