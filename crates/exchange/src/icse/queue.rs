//! From a report to the queue: takes the steps that routing leaves whenever something of an item may go on to identification,
//! and queues what is to be told.

use super::{
    act::Act,
    plan::{self, Plan, Stands, State, Telling},
    store::{self, Row},
};
use crate::Result;
use agreements::directory;
use base::{Actor, Class, Country, DispatchId, ItemId};
use reports::{
    finding,
    onward::{self, Facts, Onward, Way},
};
use storage::{Db, Tx, jobs};

/// Takes the next step, if there is one. `national`: countries whose law lets what is illegal there alone go on.
///
/// # Errors
/// The queue cannot be read or written.
pub async fn next(db: &Db, national: &[Country]) -> Result<bool> {
    let Some(job) = jobs::take(db, &[Way::Identification.step()]).await? else { return Ok(false) };
    let item = ItemId(job.subject);
    if let Err(error) = done(db, &job, item, national).await {
        tracing::warn!(job = %job.id, %error, "what goes on of an item could not be queued and is tried again");
        jobs::failed(db, &job, &error.to_string()).await?;
    }
    Ok(true)
}

async fn done(db: &Db, job: &jobs::Job, item: ItemId, national: &[Country]) -> Result<()> {
    let tx = db.begin(&Actor::machine("identification")).await?;
    jobs::done(&tx, job).await?;
    let act = plan(&tx, item, national).await?;
    Ok(tx.commit(&act).await?)
}

/// Queues what is to be told next of an item.
async fn plan(tx: &Tx, item: ItemId, national: &[Country]) -> Result<Act> {
    let Some(onward) = onward::find(tx, item, Way::Identification).await? else {
        return Ok(Act::Planned(item, "nothing"));
    };
    let facts = onward::facts(tx, item, Way::Identification).await?.map(|(_, facts)| facts);
    let allowed = facts.as_ref().is_some_and(|facts| lawful(facts, national));
    let stands = Stands { revision: onward.revision, live: onward.live && allowed };
    let last = store::dispatch_last(tx, item).await?;
    let what = match plan::next(stands, last.as_ref().map(Row::last)) {
        Plan::Nothing => "nothing",
        Plan::Queue { version, tells } => {
            let known = tells == Telling::New && identified(tx, facts.as_ref()).await?;
            let row = queued(tx, &onward, version, tells, known).await?;
            store::dispatch_add(tx, &row).await?;
            if known { "known" } else { row.tells.word() }
        }
        Plan::Rewrite(tells) => {
            if let Some(row) = last {
                store::dispatch_rewrite(tx, &Row { tells, revision: onward.revision, ..row }).await?;
            }
            tells.word()
        }
        Plan::Drop => {
            if let Some(row) = last {
                let reason = Some("nothing lets it go on any more, and nothing of it was sent".into());
                let row = Row { state: State::Dropped, revision: onward.revision, reason, ..row };
                store::dispatch_rewrite(tx, &row).await?;
            }
            "dropped"
        }
    };
    Ok(Act::Planned(item, what))
}

/// Whether the law of the country lets it go on: baseline is illegal everywhere; what only one country forbids goes on where
/// that country is known to allow it. Unknown means no.
fn lawful(facts: &Facts, national: &[Country]) -> bool {
    match facts.judged.class {
        Class::Baseline => true,
        Class::National => facts.judged.country.is_some_and(|c| national.contains(&c)),
        // Context goes with its series.
        Class::NotIllegal => facts.context,
    }
}

/// Whether the content is known to show an identified victim: then nothing new is told, and nobody works on it again.
async fn identified(tx: &Tx, facts: Option<&Facts>) -> Result<bool> {
    let Some(file) = facts.and_then(|f| f.file.as_ref()) else { return Ok(false) };
    let Some(sha256) = base::unhex(&file.sha256) else { return Ok(false) };
    Ok(finding::identified(tx, &sha256).await?)
}

async fn queued(tx: &Tx, onward: &Onward, version: i64, tells: Telling, known: bool) -> Result<Row> {
    let reason = known.then(|| "the victim is identified already: nothing of the same file is sent again".into());
    Ok(Row {
        id: tx.id(DispatchId::new)?,
        item: onward.item,
        report: onward.report,
        hotline: onward.ground.hotline,
        country: directory::country(tx, onward.ground.hotline).await?,
        version,
        tells,
        revision: onward.revision,
        state: if known { State::Dropped } else { State::Queued },
        reason,
        tries: 0,
        alone: false,
        attempted: false,
        parcel: None,
    })
}
