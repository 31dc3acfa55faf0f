//! A report's way, from a hotline's intake to what police made of it. Read this first.
//!
//! A stage takes a report in one state and leaves it in the next. It works in one transaction, commits with one act, and
//! queues the next step by a row in that transaction; running it twice changes nothing. Steps that a person takes are
//! called by `web`; the others are taken from the queue: quick ones by [`work`], those that fetch or decode by
//! [`fetch`], so that a slow site keeps nobody waiting. The state of a report is never set by hand: it follows from its
//! rows, by [`State::of`].

use crate::{Hands, Result, capture, compare, deconflict, facts, hunt, outcome, rank, reroute, route, store, trace};
use agreements::{decide::DefaultLane, treaty};
use base::{AgreementId, ApproachId, ContactId, ImportId, ItemId, ListId, OrgId, ReportId, TermsId};
use hashlists::Lists;
use serde::{Deserialize, Serialize};
use storage::{Db, jobs};

/// Where a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Taken in; no files yet.
    Received,
    /// The page was fetched; its files are sealed and wait to be looked into, or there were none.
    Captured,
    /// Every file was looked into: type, hashes, preview.
    Described,
    /// Compared with what is known; some files wait for an analyst.
    Compared,
    /// Every item has a judgement; routing has not run yet.
    Assessed,
    /// Routing has decided, and no LEA was told.
    Routed,
    /// At least one LEA was told.
    Disclosed,
    /// An officer has opened it.
    Opened,
    /// An officer has said what came of it.
    Answered,
}

/// One stage, as printed into `docs/FLOW.md`.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// What happens.
    pub name: &'static str,
    /// In which file.
    pub file: &'static str,
    /// States it takes a report from.
    pub takes: &'static str,
    /// State it leaves it in.
    pub leaves: State,
    /// Who does it; `-` when nobody has to.
    pub person: &'static str,
}

/// The way, in order.
pub const STAGES: [Stage; 9] = [
    Stage { name: "intake", file: "intake.rs", takes: "-", leaves: State::Received, person: "analyst" },
    Stage { name: "capture", file: "capture.rs", takes: "received", leaves: State::Captured, person: "-" },
    Stage { name: "trace", file: "trace.rs", takes: "any", leaves: State::Received, person: "-" },
    Stage { name: "facts", file: "facts.rs", takes: "captured", leaves: State::Described, person: "-" },
    Stage { name: "known?", file: "compare.rs", takes: "described", leaves: State::Compared, person: "-" },
    Stage { name: "assessment", file: "assess.rs", takes: "compared", leaves: State::Assessed, person: "analyst" },
    Stage { name: "routing", file: "route.rs", takes: "assessed", leaves: State::Disclosed, person: "-" },
    Stage { name: "the LEA's case", file: "case.rs", takes: "disclosed", leaves: State::Opened, person: "officer" },
    Stage {
        name: "outcome",
        file: "outcome.rs",
        takes: "disclosed, opened",
        leaves: State::Answered,
        person: "officer",
    },
];

/// A queued step that nobody has to take by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Give the judgement of an item to every other item with the same content.
    Inherit(ItemId),
    /// Fetch a report's page.
    Capture(ReportId),
    /// Find out where a report's host is.
    Trace(ReportId),
    /// Look into the files of a report that are sealed and not described.
    Describe(ReportId),
    /// Compare the files of a report with what is known.
    Compare(ReportId),
    /// Compare everything stored with what changed in hash lists.
    Hunt,
    /// Compare what one organisation has stored with a list that it may read now.
    HuntFor(TermsId),
    /// Ask whether a list hits nearly everything that comes in.
    Weigh(ListId),
    /// Take back what an import into a hash list changed.
    TakeBack(ImportId),
    /// Decide who is told about a report.
    Route(ReportId),
    /// Decide anew about everything that an agreement concerns, because it changed.
    Reroute(AgreementId),
    /// The same, because one of its versions begins or ends by itself.
    Turn(AgreementId),
    /// Note where a report is, after police did something that they may not write themselves.
    Progress(ReportId),
    /// Rank an LEA's cases by the weights that its unit has now.
    Rank(OrgId),
    /// Fetch a report's page again, because police asked whether it is still there.
    Recheck(ReportId),
    /// Ask other interested units whether they want to be put in touch.
    Approach(ContactId),
    /// Tell two units that both consented whom to write to.
    Introduce(ApproachId),
}

impl State {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Captured => "captured",
            Self::Described => "described",
            Self::Compared => "compared",
            Self::Assessed => "assessed",
            Self::Routed => "routed",
            Self::Disclosed => "disclosed",
            Self::Opened => "opened",
            Self::Answered => "answered",
        }
    }

    /// Every state, in order.
    pub const ALL: [Self; 9] = [
        Self::Received,
        Self::Captured,
        Self::Described,
        Self::Compared,
        Self::Assessed,
        Self::Routed,
        Self::Disclosed,
        Self::Opened,
        Self::Answered,
    ];

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Where a report is, by its rows.
    pub fn of(rows: &Rows) -> Self {
        match rows {
            Rows { items: 0, captured: 0, .. } => Self::Received,
            Rows { items: 0, .. } | Rows { undescribed: 1.., .. } => Self::Captured,
            Rows { uncompared: 1.., .. } => Self::Described,
            Rows { unassessed: 1.., .. } => Self::Compared,
            Rows { unrouted: 1.., .. } => Self::Assessed,
            Rows { answered: 1.., .. } => Self::Answered,
            Rows { opened: 1.., .. } => Self::Opened,
            Rows { disclosed: 1.., .. } => Self::Disclosed,
            Rows { .. } => Self::Routed,
        }
    }
}

/// How many rows of each kind a report has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sea_orm::FromQueryResult)]
pub struct Rows {
    /// Its items.
    pub items: i64,
    /// Captures that fetched its page.
    pub captured: i64,
    /// Items whose file was not looked into.
    pub undescribed: i64,
    /// Items that were not compared with what is known.
    pub uncompared: i64,
    /// Items without a judgement.
    pub unassessed: i64,
    /// Items that routing has not seen since their last change.
    pub unrouted: i64,
    /// Disclosures in force.
    pub disclosed: i64,
    /// Cases that an officer has opened.
    pub opened: i64,
    /// Cases with an outcome.
    pub answered: i64,
}

impl Step {
    const fn row(self) -> (&'static str, uuid::Uuid) {
        match self {
            Self::Inherit(item) => ("inherit", item.0),
            Self::Capture(report) => ("capture", report.0),
            Self::Trace(report) => ("trace", report.0),
            Self::Describe(report) => ("describe", report.0),
            Self::Compare(report) => ("compare", report.0),
            Self::Hunt => (hashlists::HUNT, uuid::Uuid::nil()),
            Self::HuntFor(terms) => (hashlists::HUNT_FOR, terms.0),
            Self::Weigh(list) => (hashlists::WEIGH, list.0),
            Self::TakeBack(import) => (hashlists::TAKE_BACK, import.0),
            Self::Route(report) => ("route", report.0),
            Self::Reroute(agreement) => (treaty::CHANGED, agreement.0),
            Self::Turn(agreement) => (treaty::TURNS, agreement.0),
            Self::Progress(report) => ("progress", report.0),
            Self::Rank(lea) => ("rank", lea.0),
            Self::Recheck(report) => ("recheck", report.0),
            Self::Approach(contact) => ("approach", contact.0),
            Self::Introduce(approach) => ("introduce", approach.0),
        }
    }

    fn of(job: &jobs::Job) -> Option<Self> {
        match job.kind.as_str() {
            "inherit" => Some(Self::Inherit(ItemId(job.subject))),
            "capture" => Some(Self::Capture(ReportId(job.subject))),
            "trace" => Some(Self::Trace(ReportId(job.subject))),
            "describe" => Some(Self::Describe(ReportId(job.subject))),
            "compare" => Some(Self::Compare(ReportId(job.subject))),
            hashlists::HUNT => Some(Self::Hunt),
            hashlists::HUNT_FOR => Some(Self::HuntFor(TermsId(job.subject))),
            hashlists::WEIGH => Some(Self::Weigh(ListId(job.subject))),
            hashlists::TAKE_BACK => Some(Self::TakeBack(ImportId(job.subject))),
            "route" => Some(Self::Route(ReportId(job.subject))),
            treaty::CHANGED => Some(Self::Reroute(AgreementId(job.subject))),
            treaty::TURNS => Some(Self::Turn(AgreementId(job.subject))),
            "progress" => Some(Self::Progress(ReportId(job.subject))),
            "rank" => Some(Self::Rank(OrgId(job.subject))),
            "recheck" => Some(Self::Recheck(ReportId(job.subject))),
            "approach" => Some(Self::Approach(ContactId(job.subject))),
            "introduce" => Some(Self::Introduce(ApproachId(job.subject))),
            _ => None,
        }
    }
}

/// Queues a step in the transaction of what makes it due.
pub(crate) async fn queue(tx: &storage::Tx, step: Step) -> Result<()> {
    let (kind, subject) = step.row();
    Ok(jobs::enqueue(tx, kind, subject).await?)
}

/// Notes where a report is, by its rows.
pub(crate) async fn note_state(tx: &storage::Tx, report: ReportId) -> Result<State> {
    let state = State::of(&store::report_rows(tx, report).await?);
    store::report_set_state(tx, report, state).await?;
    Ok(state)
}

/// Steps that [`work`] takes.
const QUICK: &[&str] = &["inherit", "compare", "route", "progress", "rank", "recheck", "approach", "introduce"];
/// Steps that [`catch_up`] takes: each may go through everything stored, so they keep nobody else waiting.
const LONG: &[&str] =
    &[hashlists::HUNT, hashlists::HUNT_FOR, hashlists::WEIGH, hashlists::TAKE_BACK, treaty::CHANGED, treaty::TURNS];
/// Steps that [`fetch`] takes.
const SLOW: &[&str] = &["capture", "trace", "describe"];

/// Takes one quick step from the queue, if there is one. A step that fails goes back and is tried again, later each time.
pub async fn work(db: &Db, lists: &Lists, default_lane: Option<&DefaultLane>) -> Result<bool> {
    let Some(job) = jobs::take(db, QUICK).await? else {
        return Ok(false);
    };
    let done = match Step::of(&job) {
        Some(Step::Inherit(item)) => compare::inherit(db, &job, item).await,
        Some(Step::Compare(report)) => compare::compare(db, lists, &job, report).await,
        Some(Step::Route(report)) => route::route(db, &job, report, default_lane).await,
        Some(Step::Progress(report)) => outcome::progress(db, &job, report).await,
        Some(Step::Rank(lea)) => rank::rank_all(db, &job, lea).await,
        Some(Step::Recheck(report)) => capture::recheck(db, &job, report).await,
        Some(Step::Approach(contact)) => deconflict::approach(db, &job, contact).await,
        Some(Step::Introduce(approach)) => deconflict::introduce(db, &job, approach).await,
        Some(
            Step::Capture(_)
            | Step::Trace(_)
            | Step::Describe(_)
            | Step::Hunt
            | Step::HuntFor(_)
            | Step::Weigh(_)
            | Step::TakeBack(_)
            | Step::Reroute(_)
            | Step::Turn(_),
        )
        | None => Err(crate::Error::NotFound),
    };
    back_when_failed(db, &job, done).await
}

/// Takes one step that changes what hash lists settled or what agreements give from the queue, if there is one.
pub async fn catch_up(db: &Db, lists: &Lists, default_lane: Option<&DefaultLane>) -> Result<bool> {
    let Some(job) = jobs::take(db, LONG).await? else {
        return Ok(false);
    };
    let done = match Step::of(&job) {
        Some(Step::Hunt) => hunt::hunt(db, lists, &job).await,
        Some(Step::HuntFor(terms)) => hunt::hunt_for(db, lists, &job, terms).await,
        Some(Step::Weigh(list)) => hunt::weigh(db, lists, &job, list).await,
        Some(Step::TakeBack(import)) => Ok(hashlists::import::take_back(db, &job, import).await?),
        Some(Step::Reroute(agreement) | Step::Turn(agreement)) => {
            reroute::reroute(db, &job, agreement, default_lane).await
        }
        _ => Err(crate::Error::NotFound),
    };
    back_when_failed(db, &job, done).await
}

/// Takes one step that fetches or decodes from the queue, if there is one.
pub async fn fetch(hands: &Hands) -> Result<bool> {
    let Some(job) = jobs::take(&hands.db, SLOW).await? else {
        return Ok(false);
    };
    let done = match Step::of(&job) {
        Some(Step::Capture(report)) => capture::capture(hands, &job, report).await,
        Some(Step::Trace(report)) => trace::trace(hands, &job, report).await,
        Some(Step::Describe(report)) => facts::describe(hands, &job, report).await,
        Some(
            Step::Inherit(_)
            | Step::Compare(_)
            | Step::Route(_)
            | Step::Progress(_)
            | Step::Rank(_)
            | Step::Recheck(_)
            | Step::Approach(_)
            | Step::Introduce(_)
            | Step::Hunt
            | Step::HuntFor(_)
            | Step::Weigh(_)
            | Step::TakeBack(_)
            | Step::Reroute(_)
            | Step::Turn(_),
        )
        | None => Err(crate::Error::NotFound),
    };
    back_when_failed(&hands.db, &job, done).await
}

async fn back_when_failed(db: &Db, job: &jobs::Job, done: Result<()>) -> Result<bool> {
    if let Err(error) = done {
        tracing::warn!(job = %job.id, kind = job.kind, %error, "a step failed and goes back to the queue");
        jobs::failed(db, job, &error.to_string()).await?;
    }
    Ok(true)
}

/// The way as a Markdown table, for `docs/FLOW.md`.
pub fn markdown() -> String {
    let head = "# How a report flows\n\nPrinted by `cport flow` from `crates/reports/src/flow.rs`; do not edit.\n\n\
                | # | stage | file | takes | leaves | a person? |\n|---|---|---|---|---|---|\n";
    STAGES.iter().enumerate().fold(head.to_owned(), |text, (n, s)| {
        let leaves = s.leaves.word();
        text + &format!(
            "| {} | {} | `reports/src/{}` | {} | {leaves} | {} |\n",
            n + 1,
            s.name,
            s.file,
            s.takes,
            s.person
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_where_its_rows_say() {
        let rows = |items, unassessed, unrouted, disclosed, opened, answered| {
            State::of(&Rows { items, unassessed, unrouted, disclosed, opened, answered, ..Rows::default() })
        };
        let new = |items, captured, undescribed, uncompared| {
            State::of(&Rows { items, captured, undescribed, uncompared, unassessed: items, ..Rows::default() })
        };
        assert_eq!(rows(0, 0, 0, 0, 0, 0), State::Received);
        assert_eq!(new(0, 1, 0, 0), State::Captured, "a page without files");
        assert_eq!(new(3, 1, 1, 3), State::Captured);
        assert_eq!(new(3, 1, 0, 1), State::Described);
        assert_eq!(new(3, 1, 0, 0), State::Compared);
        assert_eq!(rows(2, 1, 2, 0, 0, 0), State::Compared);
        assert_eq!(rows(2, 0, 1, 0, 0, 0), State::Assessed);
        assert_eq!(rows(2, 0, 0, 0, 0, 0), State::Routed);
        assert_eq!(rows(2, 0, 0, 1, 0, 0), State::Disclosed);
        assert_eq!(rows(2, 0, 0, 1, 1, 0), State::Opened);
        assert_eq!(rows(2, 0, 0, 1, 1, 1), State::Answered);
        assert_eq!(rows(3, 1, 1, 1, 1, 1), State::Compared, "a new file asks for an analyst again");
    }

    #[test]
    fn every_state_reads_back() {
        assert!(State::ALL.iter().all(|s| State::from_word(s.word()) == Some(*s)));
    }
}
