//! Queued steps of the block list.

use super::{Domains, Result, desk, due, evidence, review};
use base::{ItemId, ProposalId, ReviewId};
use reports::{intake::Reach, onward::Way};
use storage::{Db, jobs};

/// Takes the next step, if there is one. One that fails goes back and is tried again, later each time.
pub async fn work(db: &Db, with: &Domains, reach: Reach) -> Result<bool> {
    let Some(job) = jobs::take(db, &[Way::Domains.step(), review::WORD, desk::PLAN, due::DUE]).await? else {
        return Ok(false);
    };
    let done = match job.kind.as_str() {
        step if step == Way::Domains.step() => evidence::note(db, with, &job, ItemId(job.subject)).await,
        review::WORD => review::count(db, with, &job, ReviewId(job.subject)).await,
        desk::PLAN => due::plan_step(db, with, &job, ProposalId(job.subject)).await,
        _ => due::due(db, with, reach, &job, ProposalId(job.subject)).await,
    };
    if let Err(error) = done {
        tracing::warn!(job = %job.id, kind = job.kind, %error, "a step failed and goes back to the queue");
        jobs::failed(db, &job, &error.to_string()).await?;
    }
    Ok(true)
}
