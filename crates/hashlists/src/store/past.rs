//! Table `hash_past`: what entries were before a change.

use super::rows;
use crate::Result;
use base::{HashId, ImportId, OrgId};
use sea_orm::{FromQueryResult, Value};
use storage::{Tx, sql};
use uuid::Uuid;

/// Keeps what entries were before this change.
pub async fn past_add(
    tx: &Tx,
    (publisher, version, import): (OrgId, i64, Option<ImportId>),
    was: &[(HashId, String)],
) -> Result<()> {
    if was.is_empty() {
        return Ok(());
    }
    let mut values: Vec<Value> = Vec::with_capacity(was.len() * 5);
    for (entry, was) in was {
        values.extend::<[Value; 5]>([
            entry.0.into(),
            version.into(),
            publisher.0.into(),
            was.clone().into(),
            import.map(|i| i.0).into(),
        ]);
    }
    let sql =
        format!("INSERT INTO hash_past (entry_id, at_version, publisher_id, was, import_id) VALUES {}", rows(was.len(), 5));
    sql::run(tx, &sql, values).await?;
    Ok(())
}

/// What an entry was before an import first changed it; `None`: the import added it.
pub async fn past_before(tx: &Tx, entry: HashId, import: ImportId) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Was {
        was: String,
    }
    let sql = "SELECT was FROM hash_past WHERE entry_id = $1 AND import_id = $2 ORDER BY at_version LIMIT 1";
    let row: Option<Was> = sql::one(tx, sql, vec![entry.0.into(), import.0.into()]).await?;
    Ok(row.map(|r| r.was))
}

/// How often an entry was changed.
pub async fn past_count(tx: &Tx, entry: Uuid) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Count {
        n: i64,
    }
    let sql = "SELECT COUNT(*) AS n FROM hash_past WHERE entry_id = $1";
    let row: Option<Count> = sql::one(tx, sql, vec![entry.into()]).await?;
    Ok(row.map_or(0, |r| r.n))
}
