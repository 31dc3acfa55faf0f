//! Plain SQL where it reads better than builders: `$1` placeholders work on both databases.

use crate::{Error, Result, Tx};
use base::Scope;
use sea_orm::{ActiveModelTrait, ConnectionTrait, FromQueryResult, Insert, IntoActiveModel, Statement, Value};

/// Runs a statement and returns how many rows it touched.
pub async fn run(on: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(on.execute_raw(statement).await?.rows_affected())
}

/// Adds a row.
pub async fn add<A>(on: &impl ConnectionTrait, row: impl IntoActiveModel<A>) -> Result<()>
where
    A: ActiveModelTrait,
{
    Insert::one(row.into_active_model()).exec_without_returning(on).await?;
    Ok(())
}

/// All rows of a query, in a typed shape.
pub async fn all<R: FromQueryResult>(on: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<R>> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(R::find_by_statement(statement).all(on).await?)
}

/// The row of a query, when there is one.
pub async fn one<R: FromQueryResult>(on: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Option<R>> {
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    Ok(R::find_by_statement(statement).one(on).await?)
}

/// The first two values of a scoped query: 1 when the exchange's own machinery asks, and the actor's organisation.
pub fn scope(tx: &Tx) -> Vec<Value> {
    let all = tx.actor().scope() == Scope::Exchange;
    vec![i64::from(all).into(), tx.actor().org.0.into()]
}

/// A scoped query's values: the scope, then the others.
pub fn scoped(tx: &Tx, others: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut values = scope(tx);
    values.extend(others);
    values
}

/// `$n, $n+1, …` for so many values, from a place on.
pub fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// How many rows to fetch to know whether there are more than wanted, see [`keyset::page`].
pub fn one_more(limit: u64) -> Value {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX).into()
}

/// A stored word that must be one of a vocabulary; `place` names the column to whoever has to mend it.
pub fn word<T: std::str::FromStr>(text: &str, place: &'static str) -> Result<T> {
    text.parse().map_err(|_| Error::Stored(place))
}

/// One page of a list and where the next begins.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Opaque; hand it back to get what follows. `None` at the end.
    pub next: Option<String>,
}

/// A keyset cursor over `(time or rank, id)`: where a page ended. Written as `number.uuid`.
pub mod keyset {
    use super::{Error, Result};
    use uuid::Uuid;

    /// Rows on a page when the caller does not say.
    pub const USUAL: u64 = 50;
    /// Most rows on a page.
    pub const MOST: u64 = 200;

    /// Writes a cursor.
    pub fn write(rank: i64, id: Uuid) -> String {
        format!("{rank}.{}", id.simple())
    }

    /// Reads a cursor; `None` for anything that was not written here.
    pub fn read(cursor: &str) -> Option<(i64, Uuid)> {
        let (rank, id) = cursor.split_once('.')?;
        Some((rank.parse().ok()?, Uuid::parse_str(id).ok()?))
    }

    /// A page from rows that were fetched with one more than wanted.
    pub fn page<T>(mut rows: Vec<T>, limit: u64, place: impl Fn(&T) -> (i64, Uuid)) -> Result<super::Page<T>> {
        let limit = usize::try_from(limit).map_err(|_| Error::Stored("limit"))?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| {
            let (rank, id) = place(row);
            write(rank, id)
        });
        Ok(super::Page { items: rows, next })
    }
}

#[cfg(test)]
mod tests {
    use super::keyset;
    use uuid::Uuid;

    #[test]
    fn a_cursor_reads_back_and_garbage_does_not() {
        let id = Uuid::from_u128(77);
        assert_eq!(keyset::read(&keyset::write(-5, id)), Some((-5, id)));
        for bad in ["", ".", "1.", "x.y", "1.2.3"] {
            assert_eq!(keyset::read(bad), None, "{bad:?}");
        }
    }
}
