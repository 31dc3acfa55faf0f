//! The queued step after an agreement changed, and at each time at which one of its versions begins or ends by itself:
//! what it concerns is decided anew. Nobody waits for it to lose sight: what does not bind any more is not shown from that
//! moment on, whatever the rows say (`store::live`). This step gives what binds now, and withdraws what is over.
//!
//! It concerns reports with something disclosed under the agreement and its hotline's reports that changed within
//! [`OPEN_DAYS`]: the same that are shown to who signs. A suspension withdraws nothing, so that resuming it brings
//! everything back at once; it only takes back what was offered to the police's hash lists.

use crate::{Act, Result, route, store};
use agreements::{decide::DefaultLane, treaty};
use base::{Actor, AgreementId, ReportId};
use hashlists::candidate;
use storage::{Db, Tx, jobs};

/// Days since their last change within which reports are looked at anew.
pub const OPEN_DAYS: i64 = 90;
/// Reports decided about in one transaction.
const CHUNK: usize = 20;
/// Seconds for which the step is kept, anew with each chunk.
const HOLD_SECONDS: i64 = 120;

/// Decides anew about everything that an agreement concerns, newest reports first.
pub(crate) async fn reroute(
    db: &Db,
    job: &jobs::Job,
    id: AgreementId,
    default_lane: Option<&DefaultLane>,
) -> Result<()> {
    let tx = db.look(&machine()).await?;
    let reports = concerned(&tx, id).await?;
    drop(tx);
    for chunk in reports.chunks(CHUNK) {
        jobs::hold(db, job, HOLD_SECONDS).await?;
        let tx = db.begin(&machine()).await?;
        let network = treaty::network(&tx, default_lane.cloned()).await?;
        for report in chunk {
            let act = route::report(&tx, *report, &network).await?;
            tx.note(&act).await?;
        }
        tx.commit(&Act::Rerouted(id, chunk.len())).await?;
    }
    finish(db, job, id).await
}

/// The reports to look at anew; none while the agreement is suspended.
async fn concerned(tx: &Tx, id: AgreementId) -> Result<Vec<ReportId>> {
    match treaty::one(tx, id).await?.first() {
        Some(newest) if newest.suspended.is_none() => {
            let since = tx.now().plus_seconds(-OPEN_DAYS * 86_400);
            store::reports_of_agreement(tx, id, newest.hotline, since).await
        }
        Some(_) | None => Ok(Vec::new()),
    }
}

/// Ends the step and plans the next for when a version begins or ends by itself.
async fn finish(db: &Db, job: &jobs::Job, id: AgreementId) -> Result<()> {
    let tx = db.begin(&machine()).await?;
    jobs::done(&tx, job).await?;
    if let Some(newest) = treaty::one(&tx, id).await?.first().filter(|t| t.suspended.is_some()) {
        candidate::retract_between(&tx, newest.hotline, newest.lea).await?;
    }
    match treaty::next_turn(&tx, id).await? {
        Some(due) => jobs::plan(&tx, treaty::TURNS, id.0, due).await?,
        None => jobs::unplan(&tx, treaty::TURNS, id.0).await?,
    }
    tx.commit(&Act::Rerouted(id, 0)).await?;
    Ok(())
}

fn machine() -> Actor {
    Actor::machine("routing")
}
