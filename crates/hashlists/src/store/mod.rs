//! This room's queries, by table. Every query that serves a person carries the actor's scope itself (`$1`: 1 for the
//! exchange's own machinery, `$2`: the actor's organisation); row-level security stands behind it as second barrier.

mod candidates;
mod entries;
mod imports;
mod indexed;
mod lists;
mod past;
mod subscriptions;
mod votes;

pub use candidates::*;
pub use entries::*;
pub use imports::*;
pub use indexed::*;
pub use lists::*;
pub use past::*;
pub use subscriptions::*;
pub use votes::*;

use base::Scope;
use sea_orm::Value;
use storage::Tx;

type Stored<T> = std::result::Result<T, storage::Error>;

fn scoped(tx: &Tx, others: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let all = tx.actor().scope() == Scope::Exchange;
    let mut values = vec![i64::from(all).into(), tx.actor().org.0.into()];
    values.extend(others);
    values
}

/// A stored word that must be one of a vocabulary.
fn word<T: std::str::FromStr>(text: &str, place: &'static str) -> Stored<T> {
    text.parse().map_err(|_| storage::Error::Stored(place))
}

/// How many rows to fetch to know whether there are more than wanted.
fn one_more(limit: u64) -> Value {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX).into()
}

/// `$n, $n+1, …` for so many values, from a place on.
fn places(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// `($1, $2), ($3, $4), …`: rows of a statement that adds many at once.
fn rows(count: usize, columns: usize) -> String {
    (0..count).map(|row| format!("({})", places(row * columns + 1, columns))).collect::<Vec<_>>().join(", ")
}

fn fixed<const N: usize>(bytes: Option<Vec<u8>>, place: &'static str) -> Stored<Option<[u8; N]>> {
    bytes.map(|b| b.try_into().map_err(|_| storage::Error::Stored(place))).transpose()
}
