//! Stopping: a suspension by either party or the secretariat, which only who suspended takes back, and the end before time.
//! What was disclosed is out of sight from the next question on: see the view `agreement_in_force`.

use super::{CHANGED, Treaty, one};
use crate::{Act, Error, Result, store};
use base::{AgreementId, Refusal, SuspensionId};
use storage::{Tx, jobs};

/// Longest reason, in characters.
const MOST_REASON: usize = 500;

/// Suspends an agreement. Police see nothing of it until everybody who suspended has resumed.
pub async fn suspend(tx: &Tx, id: AgreementId, reason: &str) -> Result<Act> {
    let treaty = own(tx, id).await?;
    let reason = base::one_line("reason", reason, MOST_REASON)?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let suspension = tx.id(SuspensionId::new)?;
    store::suspension_add(tx, suspension, id, (treaty.hotline, treaty.lea), person, &reason).await.map_err(
        |error| {
            if error.is_duplicate() {
                Error::from(Refusal::new(
                    "agreement",
                    "suspended-already",
                    "your organisation has suspended it already",
                ))
            } else {
                error.into()
            }
        },
    )?;
    jobs::enqueue(tx, CHANGED, id.0).await?;
    Ok(Act::Suspended(id, reason))
}

/// Takes back the own organisation's suspension.
pub async fn resume(tx: &Tx, id: AgreementId) -> Result<Act> {
    own(tx, id).await?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    if !store::suspension_end(tx, id, person).await? {
        let reason = "your organisation has not suspended it; only who suspended an agreement resumes it";
        return Err(Refusal::new("agreement", "not-suspended", reason).into());
    }
    jobs::enqueue(tx, CHANGED, id.0).await?;
    Ok(Act::Resumed(id))
}

/// Ends an agreement now, whatever its versions say. A new version can begin it anew.
pub async fn end(tx: &Tx, id: AgreementId, reason: &str) -> Result<Act> {
    own(tx, id).await?;
    let reason = base::one_line("reason", reason, MOST_REASON)?;
    if !store::agreement_end(tx, id, &reason).await? {
        return Err(Refusal::new("agreement", "not-in-force", "no version of it is in force or to come").into());
    }
    jobs::enqueue(tx, CHANGED, id.0).await?;
    Ok(Act::Ended(id, reason))
}

/// The newest version, when the actor is a party or the secretariat.
async fn own(tx: &Tx, id: AgreementId) -> Result<Treaty> {
    let newest = one(tx, id).await?.into_iter().next().ok_or(Error::NotFound)?;
    newest.signs_as(tx.actor().org, tx.actor().kind).ok_or(Error::NotFound)?;
    Ok(newest)
}
