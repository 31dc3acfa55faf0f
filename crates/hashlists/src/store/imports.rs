//! Tables `hash_import` and `hash_refusal`.

use super::{Stored, one_more, rows, scoped, word};
use crate::{Counts, Import, ImportState, Refused, Result};
use base::{ImportId, ListId, OrgId, PersonId, Time};
use sea_orm::{FromQueryResult, Value};
use storage::{Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct ImportRow {
    id: Uuid,
    list_id: Uuid,
    person_id: Option<Uuid>,
    form: String,
    name: String,
    fingerprint: String,
    state: String,
    started_at: i64,
    changed_at: i64,
    checkpoint: Option<String>,
    lines: i64,
    added: i64,
    changed: i64,
    same: i64,
    refused: i64,
    withdrawn: i64,
    trouble: Option<String>,
}

fn import_of(row: ImportRow) -> Stored<Import> {
    Ok(Import {
        id: ImportId(row.id),
        list: ListId(row.list_id),
        person: row.person_id.map(PersonId),
        form: row.form,
        name: row.name,
        fingerprint: row.fingerprint,
        state: word(&row.state, "hash_import.state")?,
        started_at: Time::from_micros(row.started_at),
        changed_at: Time::from_micros(row.changed_at),
        checkpoint: row.checkpoint,
        counts: Counts {
            lines: row.lines,
            added: row.added,
            changed: row.changed,
            same: row.same,
            refused: row.refused,
            withdrawn: row.withdrawn,
        },
        trouble: row.trouble,
    })
}

pub async fn import_add(tx: &Tx, import: &Import, publisher: OrgId) -> Result<()> {
    let sql =
        "INSERT INTO hash_import (id, list_id, publisher_id, person_id, form, name, fingerprint, state, started_at,
        changed_at, lines, added, changed, same, refused, withdrawn)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0, 0, 0, 0, 0, 0)";
    let values = vec![
        import.id.0.into(),
        import.list.0.into(),
        publisher.0.into(),
        import.person.map(|p| p.0).into(),
        import.form.clone().into(),
        import.name.clone().into(),
        import.fingerprint.clone().into(),
        import.state.word().into(),
        import.started_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn import_find(tx: &Tx, id: ImportId) -> Result<Option<Import>> {
    let sql = "SELECT * FROM hash_import WHERE ($1 = 1 OR publisher_id = $2) AND id = $3";
    let row: Option<ImportRow> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(import_of).transpose()?)
}

/// The import of the same input that was interrupted.
pub async fn import_running(tx: &Tx, list: ListId, fingerprint: &str) -> Result<Option<Import>> {
    let sql = "SELECT * FROM hash_import WHERE ($1 = 1 OR publisher_id = $2) AND list_id = $3 AND fingerprint = $4
               AND state = 'running' ORDER BY started_at DESC LIMIT 1";
    let row: Option<ImportRow> = sql::one(tx, sql, scoped(tx, [list.0.into(), fingerprint.into()])).await?;
    Ok(row.map(import_of).transpose()?)
}

/// Imports of a list, newest first.
pub async fn imports(tx: &Tx, list: ListId, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Import>> {
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = "SELECT * FROM hash_import WHERE ($1 = 1 OR publisher_id = $2) AND list_id = $3
               AND (started_at, id) < ($4, $5) ORDER BY started_at DESC, id DESC LIMIT $6";
    let rows: Vec<ImportRow> =
        sql::all(tx, sql, scoped(tx, [list.0.into(), at.into(), id.into(), one_more(limit)])).await?;
    Ok(rows.into_iter().map(import_of).collect::<Stored<_>>()?)
}

/// Adds to an import's counts and notes where to go on; only while it takes rows. Says whether it did.
pub async fn import_took(tx: &Tx, id: ImportId, counts: &Counts, checkpoint: &str) -> Result<bool> {
    let sql = "UPDATE hash_import SET lines = lines + $1, added = added + $2, changed = changed + $3, same = same + $4,
        refused = refused + $5, withdrawn = withdrawn + $6, checkpoint = $7, changed_at = $8
        WHERE id = $9 AND state = 'running'";
    let values = vec![
        counts.lines.into(),
        counts.added.into(),
        counts.changed.into(),
        counts.same.into(),
        counts.refused.into(),
        counts.withdrawn.into(),
        checkpoint.into(),
        tx.now().micros().into(),
        id.0.into(),
    ];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Moves an import from one state to another; says whether it was there.
pub async fn import_set_state(
    tx: &Tx,
    id: ImportId,
    from: &[ImportState],
    to: ImportState,
    trouble: Option<&str>,
) -> Result<bool> {
    let among = from.iter().map(|s| format!("'{}'", s.word())).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "UPDATE hash_import SET state = $1, trouble = COALESCE($2, trouble), changed_at = $3 WHERE id = $4 AND state IN ({among})"
    );
    let values = vec![to.word().into(), trouble.map(str::to_owned).into(), tx.now().micros().into(), id.0.into()];
    Ok(sql::run(tx, &sql, values).await? == 1)
}

pub async fn import_set_checkpoint(tx: &Tx, id: ImportId, checkpoint: Option<&str>) -> Result<()> {
    let sql = "UPDATE hash_import SET checkpoint = $1 WHERE id = $2";
    sql::run(tx, sql, vec![checkpoint.map(str::to_owned).into(), id.0.into()]).await?;
    Ok(())
}

/// Keeps refused rows. Two refusals of one line both stand.
pub async fn refusals_add(tx: &Tx, id: ImportId, publisher: OrgId, refused: &[Refused]) -> Result<()> {
    for part in refused.chunks(1000) {
        let mut values: Vec<Value> = Vec::with_capacity(part.len() * 7);
        for (place, one) in part.iter().enumerate() {
            values.extend::<[Value; 7]>([
                id.0.into(),
                publisher.0.into(),
                one.line.into(),
                i64::try_from(place).unwrap_or(0).into(),
                one.field.clone().into(),
                one.rule.clone().into(),
                one.reason.clone().into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO hash_refusal (import_id, publisher_id, line, place, field, rule, reason) VALUES {}
             ON CONFLICT DO NOTHING",
            rows(part.len(), 7)
        );
        sql::run(tx, &sql, values).await?;
    }
    Ok(())
}

/// Refused rows of an import, by line.
pub async fn refusals(tx: &Tx, id: ImportId, after: (i64, i64), limit: u64) -> Result<Vec<(Refused, i64)>> {
    #[derive(FromQueryResult)]
    struct Row {
        line: i64,
        place: i64,
        field: String,
        rule: String,
        reason: String,
    }
    let sql = "SELECT line, place, field, rule, reason FROM hash_refusal WHERE ($1 = 1 OR publisher_id = $2)
               AND import_id = $3 AND (line, place) > ($4, $5) ORDER BY line, place LIMIT $6";
    let rows: Vec<Row> =
        sql::all(tx, sql, scoped(tx, [id.0.into(), after.0.into(), after.1.into(), one_more(limit)])).await?;
    let read = |r: Row| (Refused { line: r.line, field: r.field, rule: r.rule, reason: r.reason }, r.place);
    Ok(rows.into_iter().map(read).collect())
}
