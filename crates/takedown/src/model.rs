//! A hold as a state machine, pure: where it is follows from its times and the moment asked about, and a step is allowed or
//! refused by that alone. Lapsing is not a step: it is what time does to a hold.
//!
//! ```text
//!            place                approve (what the lane asks for)
//!   (nothing) ───► Provisional ──────────────────────────────────► InForce
//!                   │  │  place, where the lane asks for nothing ────►│
//!      end early    │  │ deadline of the approval passes              │ end early
//!                   ▼  ▼                                              ▼
//!                Ended Lapsed                    end date passes ► Over / Ended
//! ```
//! `Ended`, `Lapsed` and `Over` are for good: no step leads out of them.

use agreements::{Approval, Lane};
use base::{ApprovalForm, CaseId, HoldId, ItemId, OrgId, ReportId, Time};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// A magistrate's approval as an officer recorded it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Approved {
    /// The magistrate's office.
    pub office: String,
    /// Its reference.
    pub reference: String,
    /// The officer who recorded it.
    pub by: String,
    /// When it was recorded.
    pub at: Time,
}

/// A police request to leave content up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// The case.
    pub case: CaseId,
    /// The report behind it.
    pub report: ReportId,
    /// The hotline that waits.
    pub hotline: OrgId,
    /// The LEA that asks.
    pub lea: OrgId,
    /// The item that stays up; `None`: everything disclosed of the case.
    pub item: Option<ItemId>,
    /// Why.
    pub reason: String,
    /// The officer who placed it.
    pub author: String,
    /// When.
    pub at: Time,
    /// Until when.
    pub until: Time,
    /// The latest end that the agreement allows.
    pub latest: Time,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// By when a magistrate's word is due; `None`: none is asked for.
    pub oral_due: Option<Time>,
    /// By when the paper is due; `None`: none is asked for.
    pub written_due: Option<Time>,
    /// The word.
    pub oral: Option<Approved>,
    /// The paper.
    pub written: Option<Approved>,
    /// When it was ended early.
    pub ended_at: Option<Time>,
    /// By whom.
    pub ended_by: Option<String>,
    /// Why.
    pub end_reason: Option<String>,
    /// Whether a live disclosure still carries it.
    pub live: bool,
}

/// Where a hold is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Content stays up; an approval is still due.
    Provisional,
    /// Content stays up; nothing is due.
    InForce,
    /// Ended early by police.
    Ended,
    /// An approval did not come in time, or nothing is disclosed any more.
    Lapsed,
    /// Its time is over.
    Over,
}

/// What an officer does with a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Records a magistrate's approval.
    Approve(ApprovalForm),
    /// Makes it longer.
    Extend(Time),
    /// Ends it early.
    End,
}

/// Why a step is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is over, ended or lapsed.
    NotInForce,
    /// The clause does not ask for this approval.
    NotAskedFor,
    /// It was recorded before.
    Twice,
    /// The new end is not later than the one it has.
    NotLonger,
    /// The new end is later than the agreement allows.
    TooLong,
}

impl Hold {
    /// Where it is at a time.
    pub fn state(&self, now: Time) -> State {
        let due = [(self.oral_due, &self.oral), (self.written_due, &self.written)];
        let missed = due.iter().filter_map(|(due, given)| due.filter(|_| given.is_none())).min();
        // What happened first counts: a hold that lapsed on Monday was not ended on Tuesday.
        let lapses = missed.filter(|at| *at < self.until && self.ended_at.is_none_or(|ended| *at <= ended));
        if lapses.is_some_and(|at| at <= now) {
            State::Lapsed
        } else if self.ended_at.is_some() {
            State::Ended
        } else if self.until <= now {
            State::Over
        } else if !self.live {
            State::Lapsed
        } else if missed.is_some() {
            State::Provisional
        } else {
            State::InForce
        }
    }

    /// Whether content stays up at a time because of it.
    pub fn holds(&self, now: Time) -> bool {
        matches!(self.state(now), State::Provisional | State::InForce)
    }

    /// The next approval that is due, and by when.
    pub fn due(&self) -> Option<(ApprovalForm, Time)> {
        let oral = self.oral_due.filter(|_| self.oral.is_none()).map(|at| (ApprovalForm::Oral, at));
        let written = self.written_due.filter(|_| self.written.is_none()).map(|at| (ApprovalForm::Written, at));
        oral.into_iter().chain(written).min_by_key(|(_, at)| *at)
    }
}

impl State {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::InForce => "in_force",
            Self::Ended => "ended",
            Self::Lapsed => "lapsed",
            Self::Over => "over",
        }
    }
}

/// Whether a step is allowed now.
pub fn allowed(hold: &Hold, step: Step, now: Time) -> Result<(), Refused> {
    if !hold.holds(now) {
        return Err(Refused::NotInForce);
    }
    match step {
        Step::End => Ok(()),
        Step::Extend(until) if until <= hold.until => Err(Refused::NotLonger),
        Step::Extend(until) if until > hold.latest => Err(Refused::TooLong),
        Step::Extend(_) => Ok(()),
        Step::Approve(form) => {
            let (due, given) = match form {
                ApprovalForm::Oral => (hold.oral_due, &hold.oral),
                ApprovalForm::Written => (hold.written_due, &hold.written),
            };
            match (due, given) {
                (None, _) => Err(Refused::NotAskedFor),
                (Some(_), Some(_)) => Err(Refused::Twice),
                (Some(_), None) => Ok(()),
            }
        }
    }
}

/// What the clauses behind a case allow a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The latest end, counted from when the first hold of the same thing was placed.
    pub latest: Time,
    /// By when a magistrate's word is due.
    pub oral_due: Option<Time>,
    /// By when the paper is due.
    pub written_due: Option<Time>,
}

/// What lanes allow a hold that is placed now: all of them have to allow one, the shortest counts, and so does every
/// approval that any of them asks for, at its earliest. `None` where one allows none, or there is none. `since`: when the
/// first hold of the same thing was placed, so that ending and placing anew gives no more days.
pub fn terms<'a>(lanes: impl Iterator<Item = &'a Lane>, since: Time, now: Time) -> Option<Terms> {
    let mut terms: Option<Terms> = None;
    for lane in lanes {
        if lane.hold_days == 0 {
            return None;
        }
        let latest = since.plus_seconds(i64::from(lane.hold_days) * DAY);
        let within = |hours: u32| Some(now.plus_seconds(i64::from(hours) * HOUR));
        let (oral_due, written_due) = match lane.approval {
            Approval::None => (None, None),
            Approval::Oral { deadline_hours } => (within(deadline_hours), None),
            Approval::Written { deadline_hours } => (None, within(deadline_hours)),
            Approval::OralThenWritten { deadline_hours, written_hours } => {
                (within(deadline_hours), within(written_hours))
            }
        };
        let lane = Terms { latest, oral_due, written_due };
        terms = Some(terms.map_or(lane, |known| Terms {
            latest: known.latest.min(lane.latest),
            oral_due: earlier(known.oral_due, lane.oral_due),
            written_due: earlier(known.written_due, lane.written_due),
        }));
    }
    terms.filter(|terms| terms.latest > now)
}

fn earlier(a: Option<Time>, b: Option<Time>) -> Option<Time> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
