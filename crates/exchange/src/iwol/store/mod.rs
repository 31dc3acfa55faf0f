//! This room's queries, by what they are about. INTERPOL sees every row; an LEA sees what it wrote, what was addressed to it
//! and evidence that was disclosed to it. PostgreSQL's row-level security stands behind it as second barrier.

mod complaints;
mod evidence;
mod list;
mod proposals;
mod words;

pub use complaints::*;
pub use evidence::*;
pub use list::*;
pub use proposals::*;
pub use words::*;

use base::{OrgKind, Scope};
use sea_orm::Value;
use storage::Tx;

/// The first two values of a scoped query: 1 for INTERPOL and the exchange's own machinery, and the actor's organisation.
fn scoped(tx: &Tx, others: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let actor = tx.actor();
    let all = actor.scope() == Scope::Exchange || actor.kind == OrgKind::Interpol;
    [i64::from(all).into(), actor.org.0.into()].into_iter().chain(others).collect()
}
