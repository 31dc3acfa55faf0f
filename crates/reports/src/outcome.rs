//! Stage 10: what the LEA did with a case, and its way back to the analyst. What is owed follows from time and clause.

use crate::{
    Act, Case, CaseOutcome, Error, NewsKind, Outcome, Result,
    entity::{news, outcome},
    flow::{self, Step},
    ground::{self, Ground},
    store,
};
use base::{Actor, CaseId, Missing, NewsId, OrgId, OutcomeId, OutcomeKind, Refusal, ReportId, Time};
use storage::{Db, Page, Tx, jobs, keyset};

/// Days after a disclosure on which an outcome is asked for, while none was given and one is owed.
pub const REMIND_AFTER_DAYS: [i64; 2] = [30, 90];
const DAY: i64 = 86_400;

/// What came of a case, as an officer says it.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// What.
    pub kind: OutcomeKind,
    /// For `insufficient`: what was missing.
    pub missing: &'a [Missing],
    /// In the officer's words; at most 4,000 characters.
    pub note: Option<&'a str>,
}

/// Records what came of a case of the actor's LEA. `insufficient` says what was missing, by word or in the note.
pub async fn record(tx: &Tx, id: CaseId, said: Said<'_>) -> Result<(OutcomeId, Act)> {
    let ground = ground::of(tx, id).await?;
    let note = base::text_opt("note", said.note, 4000)?;
    let missing = missing(&said, note.is_some())?;
    let report = store::report_of_case(tx, id).await?.ok_or(Error::NotFound)?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let outcome = tx.id(OutcomeId::new)?;
    let row = outcome::Model {
        id: outcome.0,
        case_id: id.0,
        report_id: report.id.0,
        reporter_id: report.reporter.0,
        lea_id: tx.actor().org.0,
        person_id: person.0,
        kind: said.kind.word().into(),
        note,
        at: tx.now().micros(),
        missing,
    };
    store::outcome_add(tx, row).await?;
    store::case_answered(tx, id, said.kind).await?;
    tell_hotlines(tx, &ground, report.reporter, said.kind).await?;
    flow::queue(tx, Step::Progress(report.id)).await?;
    Ok((outcome, Act::Answered(id, outcome)))
}

fn missing(said: &Said<'_>, noted: bool) -> Result<Option<String>> {
    if said.kind != OutcomeKind::Insufficient {
        if said.missing.is_empty() {
            return Ok(None);
        }
        let reason = "only an insufficient case says what was missing";
        return Err(Refusal::new("missing", "outcome-missing", reason).into());
    }
    if said.missing.is_empty() && !noted {
        let reason = "say what was missing: tick it, or write it into the note";
        return Err(Refusal::new("missing", "outcome-missing", reason).into());
    }
    let mut words: Vec<&str> = said.missing.iter().map(|m| m.word()).collect();
    words.sort_unstable();
    words.dedup();
    Ok(Some(words.join(",")).filter(|w| !w.is_empty()))
}

/// What hotlines are told at once: a victim was identified, or a law says otherwise. It is news, never a new judgement.
async fn tell_hotlines(tx: &Tx, ground: &Ground, reporter: OrgId, kind: OutcomeKind) -> Result<()> {
    let kind = match kind {
        OutcomeKind::VictimIdentified => NewsKind::VictimIdentified,
        OutcomeKind::NotIllegalHere => NewsKind::NotIllegalHere,
        OutcomeKind::Useful | OutcomeKind::Known | OutcomeKind::Arrest | OutcomeKind::Insufficient => return Ok(()),
    };
    let mut hotlines = vec![reporter, ground.hotline];
    hotlines.dedup();
    for org in hotlines {
        let row = news::Model {
            id: tx.id(NewsId::new)?.0,
            org_id: org.0,
            report_id: ground.report.0,
            kind: kind.word().into(),
            was: None,
            becomes: tx.actor().country.map(|c| c.to_string()),
            at: tx.now().micros(),
            seen_at: None,
        };
        store::news_add(tx, row).await?;
    }
    Ok(())
}

/// The outcomes of a report that the actor's hotline reported or owns an item of, newest first.
pub async fn of_report(tx: &Tx, id: ReportId) -> Result<Vec<Outcome>> {
    store::report_find(tx, id).await?.ok_or(Error::NotFound)?;
    store::outcomes_of_report(tx, id).await
}

/// Whether an outcome is owed for a case, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owed {
    /// None is owed, or it was given.
    Nothing,
    /// Owed, and not asked for yet. Due at this time.
    Later(Time),
    /// Asked for so many times. Due at this time.
    Asked(usize, Time),
}

/// What is owed for a case at a time: a pure function of its clause, its age and its outcome.
pub fn owed(case: &Case, now: Time) -> Owed {
    if case.outcome.is_some() || case.outcome_days <= 0 {
        return Owed::Nothing;
    }
    let due = case.created_at.plus_seconds(case.outcome_days.saturating_mul(DAY));
    let asked = REMIND_AFTER_DAYS.iter().filter(|days| case.created_at.plus_seconds(**days * DAY) <= now).count();
    if asked == 0 { Owed::Later(due) } else { Owed::Asked(asked, due) }
}

/// Cases of the actor's LEA whose outcome was asked for, longest owed first.
pub async fn due(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<Page<Case>> {
    let [first, _] = REMIND_AFTER_DAYS;
    let rows = store::cases_owing(tx, tx.now().plus_seconds(-first * DAY), after, limit).await?;
    Ok(keyset::page(rows, limit, |case| (case.created_at.micros(), case.id.0))?)
}

/// Notes which outcomes have become due, each once for each step. Nothing rests on it but that it is in the record: what
/// is shown follows from time.
pub async fn remind(db: &Db) -> Result<u64> {
    let tx = db.look(&Actor::machine("reminders")).await?;
    let mut unnoted = 0;
    for days in REMIND_AFTER_DAYS {
        unnoted += store::reminders_due(&tx, days, tx.now().plus_seconds(-days * DAY)).await?;
    }
    drop(tx);
    if unnoted == 0 {
        return Ok(0);
    }
    let tx = db.begin(&Actor::machine("reminders")).await?;
    let mut noted = 0;
    for days in REMIND_AFTER_DAYS {
        noted += store::reminders_add(&tx, days, tx.now().plus_seconds(-days * DAY)).await?;
    }
    tx.commit(&Act::Reminded(noted)).await?;
    Ok(noted)
}

/// What came of the reports that the actor's hotline took in, newest first. Whoever does not want to know gets nothing.
pub async fn feed(tx: &Tx, after: Option<(i64, uuid::Uuid)>, limit: u64) -> Result<(Page<CaseOutcome>, bool)> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    if store::feed_is_off(tx, person).await? {
        return Ok((Page { items: Vec::new(), next: None }, true));
    }
    let rows = store::outcomes_feed(tx, after, limit).await?;
    Ok((keyset::page(rows, limit, |o| (o.outcome.at.micros(), o.outcome.id.0))?, false))
}

/// Says whether the actor wants to be told what came of reports. A person's own choice; nobody else sees it.
pub async fn choose_feed(tx: &Tx, off: bool) -> Result<Act> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    store::feed_set(tx, person, off).await?;
    Ok(Act::FeedChosen(off))
}

/// The queued step after police did something: notes where the report is now.
pub(crate) async fn progress(db: &Db, job: &jobs::Job, id: ReportId) -> Result<()> {
    let tx = db.begin(&Actor::machine("progress")).await?;
    jobs::done(&tx, job).await?;
    flow::note_state(&tx, id).await?;
    tx.commit(&Act::Progressed(id)).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{Class, Width};

    fn case(outcome_days: i64, outcome: Option<OutcomeKind>) -> Case {
        Case {
            rank: 0,
            id: CaseId(uuid::Uuid::nil()),
            report: ReportId(uuid::Uuid::nil()),
            class: Class::Baseline,
            items: 1,
            why: String::new(),
            clause: "1".into(),
            agreement: String::new(),
            version: 1,
            width: Width::Item,
            source_url: None,
            hosting_country: None,
            created_at: Time::from_micros(0),
            opened_at: None,
            outcome,
            outcome_days,
        }
    }

    #[test]
    fn fa_4_what_is_owed_follows_from_time_alone() {
        let day = |n: i64| Time::from_micros(0).plus_seconds(n * DAY);
        let owes = case(60, None);
        assert_eq!(owed(&owes, day(29)), Owed::Later(day(60)));
        assert_eq!(owed(&owes, day(30)), Owed::Asked(1, day(60)));
        assert_eq!(owed(&owes, day(89)), Owed::Asked(1, day(60)));
        assert_eq!(owed(&owes, day(90)), Owed::Asked(2, day(60)));
        assert_eq!(owed(&case(60, Some(OutcomeKind::Useful)), day(400)), Owed::Nothing);
        assert_eq!(owed(&case(0, None), day(400)), Owed::Nothing, "the clause asks for none");
    }
}
