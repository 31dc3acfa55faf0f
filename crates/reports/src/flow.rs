//! A report's way, from a hotline's intake to what police made of it. Read this first.
//!
//! A stage takes a report in one state and leaves it in the next. It works in one transaction, commits with one act, and
//! queues the next step by a row in that transaction; running it twice changes nothing. Steps that a person takes are
//! called by `web`; the others are taken from the queue by [`work`]. The state of a report is never set by hand: it
//! follows from its rows, by [`State::of`].

use crate::{Result, compare, outcome, route, store};
use agreements::decide::DefaultLane;
use base::{ItemId, ReportId};
use serde::{Deserialize, Serialize};
use storage::{Db, jobs};

/// Where a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Taken in; no files yet.
    Received,
    /// Files described, hashed, sealed and compared with what is known; some wait for an analyst.
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
pub const STAGES: [Stage; 7] = [
    Stage { name: "intake", file: "intake.rs", takes: "-", leaves: State::Received, person: "analyst" },
    Stage { name: "facts", file: "facts.rs", takes: "any", leaves: State::Compared, person: "-" },
    Stage { name: "known?", file: "compare.rs", takes: "any", leaves: State::Compared, person: "-" },
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
    /// Decide who is told about a report.
    Route(ReportId),
    /// Note where a report is, after police did something that they may not write themselves.
    Progress(ReportId),
}

impl State {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Compared => "compared",
            Self::Assessed => "assessed",
            Self::Routed => "routed",
            Self::Disclosed => "disclosed",
            Self::Opened => "opened",
            Self::Answered => "answered",
        }
    }

    /// Every state, in order.
    pub const ALL: [Self; 7] =
        [Self::Received, Self::Compared, Self::Assessed, Self::Routed, Self::Disclosed, Self::Opened, Self::Answered];

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Where a report is, by its rows.
    pub fn of(rows: &Rows) -> Self {
        match rows {
            Rows { items: 0, .. } => Self::Received,
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
            Self::Route(report) => ("route", report.0),
            Self::Progress(report) => ("progress", report.0),
        }
    }

    fn of(job: &jobs::Job) -> Option<Self> {
        match job.kind.as_str() {
            "inherit" => Some(Self::Inherit(ItemId(job.subject))),
            "route" => Some(Self::Route(ReportId(job.subject))),
            "progress" => Some(Self::Progress(ReportId(job.subject))),
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

/// Takes one queued step, if there is one. A step that fails goes back and is tried again, later each time.
pub async fn work(db: &Db, default_lane: Option<&DefaultLane>) -> Result<bool> {
    let Some(job) = jobs::take(db).await? else {
        return Ok(false);
    };
    let done = match Step::of(&job) {
        Some(Step::Inherit(item)) => compare::inherit(db, &job, item).await,
        Some(Step::Route(report)) => route::route(db, &job, report, default_lane).await,
        Some(Step::Progress(report)) => outcome::progress(db, &job, report).await,
        None => Err(crate::Error::NotFound),
    };
    if let Err(error) = done {
        tracing::warn!(job = %job.id, kind = job.kind, %error, "a step failed and goes back to the queue");
        jobs::failed(db, &job, &error.to_string()).await?;
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
            State::of(&Rows { items, unassessed, unrouted, disclosed, opened, answered })
        };
        assert_eq!(rows(0, 0, 0, 0, 0, 0), State::Received);
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
