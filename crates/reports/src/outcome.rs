//! Stage 10: what the LEA did with a case, and its way back to the analyst.

use crate::{
    Act, Error, Outcome, Result,
    entity::outcome,
    flow::{self, Step},
    store,
};
use base::{Actor, CaseId, OutcomeId, OutcomeKind, ReportId};
use storage::{Db, Tx, jobs};

/// Records what came of a case of the actor's LEA. `insufficient` says what was missing.
pub async fn record(tx: &Tx, id: CaseId, kind: OutcomeKind, note: Option<&str>) -> Result<(OutcomeId, Act)> {
    let note = base::text_opt("note", note, 4000)?;
    let case = store::case_find(tx, id).await?.filter(|c| c.items > 0).ok_or(Error::NotFound)?;
    let report = store::report_of_case(tx, id).await?.ok_or(Error::NotFound)?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let outcome = tx.id(OutcomeId::new)?;
    let row = outcome::Model {
        id: outcome.0,
        case_id: id.0,
        report_id: case.report.0,
        reporter_id: report.reporter.0,
        lea_id: tx.actor().org.0,
        person_id: person.0,
        kind: kind.word().into(),
        note,
        at: tx.now().micros(),
    };
    store::outcome_add(tx, row).await?;
    store::case_answered(tx, id, kind).await?;
    flow::queue(tx, Step::Progress(case.report)).await?;
    Ok((outcome, Act::Answered(id, outcome)))
}

/// The outcomes of a report that the actor's hotline reported or owns an item of, newest first.
pub async fn of_report(tx: &Tx, id: ReportId) -> Result<Vec<Outcome>> {
    store::report_find(tx, id).await?.ok_or(Error::NotFound)?;
    store::outcomes_of_report(tx, id).await
}

/// The queued step after police did something: notes where the report is now.
pub(crate) async fn progress(db: &Db, job: &jobs::Job, id: ReportId) -> Result<()> {
    let tx = db.begin(&Actor::machine("progress")).await?;
    jobs::done(&tx, job).await?;
    flow::note_state(&tx, id).await?;
    tx.commit(&Act::Progressed(id)).await?;
    Ok(())
}
