//! This room's queries, by table. Every query that serves a person carries the actor's scope itself; PostgreSQL's
//! row-level security stands behind it as second barrier.

mod captures;
mod cases;
mod changes;
mod combinations;
mod contacts;
mod dialogue;
mod disclosures;
mod domains;
mod findings;
mod hunts;
mod inbox;
mod items;
mod listing;
pub mod live;
mod media;
mod onward;
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
pub use domains::*;
pub use findings::*;
pub use hunts::*;
pub use inbox::*;
pub use items::*;
pub use listing::*;
pub use media::*;
pub use onward::*;
pub use packages::*;
pub use ranks::*;
pub use reports::*;
pub use searches::*;
pub use settlements::*;
pub use team::*;
pub use traces::*;

use storage::sql::{one_more, places, scope, scoped, word};

type Stored<T> = std::result::Result<T, storage::Error>;

/// A stored word that may be missing.
fn word_opt<T: std::str::FromStr>(text: Option<String>, place: &'static str) -> Stored<Option<T>> {
    text.map(|t| word(&t, place)).transpose()
}
