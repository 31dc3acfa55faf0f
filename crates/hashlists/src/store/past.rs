//! Table `hash_past`: what entries were before a change.

use super::rows;
use crate::Result;
use base::{HashId, ImportId, OrgId};
use sea_orm::{FromQueryResult, Value};
use storage::{Tx, sql};
use uuid::Uuid;

/// What an entry was before a change: which entry, as JSON, and the import that had made it so.
pub struct Past {
    pub entry: HashId,
    pub was: String,
    pub was_import: Option<Uuid>,
}

/// Keeps what entries were before this change.
pub async fn past_add(
    tx: &Tx,
    (publisher, version, import): (OrgId, i64, Option<ImportId>),
    past: &[Past],
) -> Result<()> {
    if past.is_empty() {
        return Ok(());
    }
    let mut values: Vec<Value> = Vec::with_capacity(past.len() * 6);
    for one in past {
        values.extend::<[Value; 6]>([
            one.entry.0.into(),
            version.into(),
            publisher.0.into(),
            one.was.clone().into(),
            one.was_import.into(),
            import.map(|i| i.0).into(),
        ]);
    }
    let sql = format!(
        "INSERT INTO hash_past (entry_id, at_version, publisher_id, was, was_import, import_id) VALUES {}",
        rows(past.len(), 6)
    );
    sql::run(tx, &sql, values).await?;
    Ok(())
}

/// What an entry was before an import first changed it, and whose that was; `None`: the import added it.
pub async fn past_before(tx: &Tx, entry: HashId, import: ImportId) -> Result<Option<(String, Option<Uuid>)>> {
    #[derive(FromQueryResult)]
    struct Was {
        was: String,
        was_import: Option<Uuid>,
    }
    let sql = "SELECT was, was_import FROM hash_past WHERE entry_id = $1 AND import_id = $2
               AND (was_import IS NULL OR was_import <> $2) ORDER BY at_version LIMIT 1";
    let row: Option<Was> = sql::one(tx, sql, vec![entry.0.into(), import.0.into()]).await?;
    Ok(row.map(|r| (r.was, r.was_import)))
}
