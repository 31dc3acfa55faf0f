//! What has to be done after a change of a list, handed over as a queued step in the same transaction.

use crate::Result;
use base::{ImportId, ListId, TermsId};
use storage::{Tx, jobs};

/// Kind of the queued step that compares everything stored with what changed. `reports` does it.
pub const HUNT: &str = "hunt";
/// Kind of the queued step that compares what one organisation has stored with a list it may read now.
pub const HUNT_FOR: &str = "hunt_for";
/// Kind of the queued step that takes back what an import changed.
pub const TAKE_BACK: &str = "take_back";

/// Kind of the queued step that asks whether a list hits nearly everything that comes in. `reports` does it.
pub const WEIGH: &str = "weigh";

/// Somebody has to ask whether a list hits nearly everything that comes in.
pub async fn weigh(tx: &Tx, list: ListId) -> Result<()> {
    Ok(jobs::enqueue(tx, WEIGH, list.0).await?)
}

/// Everything stored has to be compared with what changed in lists. Steps that wait are one step.
pub(crate) async fn hunt(tx: &Tx) -> Result<()> {
    Ok(jobs::enqueue(tx, HUNT, uuid::Uuid::nil()).await?)
}

/// Everything that a new reader has stored has to be compared with the list it may read now.
pub(crate) async fn hunt_for(tx: &Tx, terms: TermsId) -> Result<()> {
    Ok(jobs::enqueue(tx, HUNT_FOR, terms.0).await?)
}

/// What an import changed has to be taken back.
pub(crate) async fn take_back(tx: &Tx, import: ImportId) -> Result<()> {
    Ok(jobs::enqueue(tx, TAKE_BACK, import.0).await?)
}
