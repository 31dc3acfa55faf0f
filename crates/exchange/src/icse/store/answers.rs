//! Tables `partner_answer` and `partner_place`.

use base::{DispatchId, Time};
use sea_orm::FromQueryResult;
use storage::{Result, Tx, sql};

/// Notes an answer as it came; `false` when it was there already.
pub async fn answer_add(tx: &Tx, id: &str, dispatch: Option<DispatchId>, at: Time, raw: &str) -> Result<bool> {
    let sql = "INSERT INTO partner_answer (id, dispatch_id, at, received_at, raw) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO NOTHING";
    let values =
        vec![id.into(), dispatch.map(|d| d.0).into(), at.micros().into(), tx.now().micros().into(), raw.into()];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// An answer fits nothing that was sent; why.
pub async fn answer_stray(tx: &Tx, id: &str, why: &str) -> Result<()> {
    sql::run(tx, "UPDATE partner_answer SET stray = $1 WHERE id = $2", vec![why.into(), id.into()]).await?;
    Ok(())
}

/// How far the answers were read.
pub async fn place_find(tx: &Tx) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        place: String,
    }
    let row: Option<Row> = sql::one(tx, "SELECT place FROM partner_place WHERE name = 'answers'", vec![]).await?;
    Ok(row.map(|r| r.place).filter(|p| !p.is_empty()))
}

/// Notes how far, and what was wrong with the last try to read.
pub async fn place_put(tx: &Tx, place: Option<&str>, trouble: Option<&str>) -> Result<()> {
    let sql = "INSERT INTO partner_place (name, place, at, trouble) VALUES ('answers', $1, $2, $3)
               ON CONFLICT (name) DO UPDATE SET place = CASE WHEN $4 = 1 THEN excluded.place ELSE partner_place.place END,
                   at = excluded.at, trouble = excluded.trouble";
    let values = vec![
        place.unwrap_or_default().into(),
        tx.now().micros().into(),
        trouble.into(),
        i64::from(place.is_some()).into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Whether that is to be noted: it is another trouble than before, or the last note is older than so many seconds.
pub async fn place_stale(tx: &Tx, trouble: Option<&str>, seconds: i64) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Row {
        at: i64,
        trouble: Option<String>,
    }
    let row: Option<Row> = sql::one(tx, "SELECT at, trouble FROM partner_place WHERE name = 'answers'", vec![]).await?;
    let before = tx.now().plus_seconds(-seconds).micros();
    Ok(row.is_none_or(|row| row.trouble.as_deref() != trouble || row.at < before))
}
