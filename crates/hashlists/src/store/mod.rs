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

use storage::sql::{one_more, places, scoped, word};

type Stored<T> = std::result::Result<T, storage::Error>;

/// `($1, $2), ($3, $4), …`: rows of a statement that adds many at once.
fn rows(count: usize, columns: usize) -> String {
    (0..count).map(|row| format!("({})", places(row * columns + 1, columns))).collect::<Vec<_>>().join(", ")
}

fn fixed<const N: usize>(bytes: Option<Vec<u8>>, place: &'static str) -> Stored<Option<[u8; N]>> {
    bytes.map(|b| b.try_into().map_err(|_| storage::Error::Stored(place))).transpose()
}
