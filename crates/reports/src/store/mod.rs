//! This room's queries, by table. Every query that serves a person carries the actor's scope itself; PostgreSQL's
//! row-level security stands behind it as second barrier.

mod captures;
mod cases;
mod changes;
mod combinations;
mod contacts;
mod dialogue;
mod disclosures;
mod hunts;
mod inbox;
mod items;
mod listing;
pub mod live;
mod media;
mod packages;
mod ranks;
mod reports;
mod searches;
mod settlements;
mod team;
mod traces;

pub use captures::*;
pub use cases::*;
pub use changes::*;
pub use combinations::*;
pub use contacts::*;
pub use dialogue::*;
pub use disclosures::*;
pub use hunts::*;
pub use inbox::*;
pub use items::*;
pub use listing::*;
pub use media::*;
pub use packages::*;
pub use ranks::*;
pub use reports::*;
pub use searches::*;
pub use settlements::*;
pub use team::*;
pub use traces::*;

use base::Scope;
use storage::Tx;

type Stored<T> = std::result::Result<T, storage::Error>;

/// The first two values of a scoped query: 1 when the exchange's own machinery asks, and the actor's organisation.
fn scope(tx: &Tx) -> Vec<sea_orm::Value> {
    let all = tx.actor().scope() == Scope::Exchange;
    vec![i64::from(all).into(), tx.actor().org.0.into()]
}

/// A scoped query's values: the scope, then the others.
fn scoped(tx: &Tx, others: impl IntoIterator<Item = sea_orm::Value>) -> Vec<sea_orm::Value> {
    let mut values = scope(tx);
    values.extend(others);
    values
}

/// A stored word that must be one of a vocabulary.
fn word<T: std::str::FromStr>(text: &str, place: &'static str) -> Stored<T> {
    text.parse().map_err(|_| storage::Error::Stored(place))
}

/// A stored word that may be missing.
fn word_opt<T: std::str::FromStr>(text: Option<String>, place: &'static str) -> Stored<Option<T>> {
    text.map(|t| word(&t, place)).transpose()
}

/// How many rows to fetch to know whether there are more than wanted.
fn one_more(limit: u64) -> sea_orm::Value {
    i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX).into()
}
