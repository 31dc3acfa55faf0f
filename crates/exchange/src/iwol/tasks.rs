//! What waits for a person of INTERPOL, in the order in which it is done: a missing second name comes before everything.

use super::{
    Act, Domain, Result,
    complaint::State,
    look::Listing,
    model::At,
    store::{self, Which},
};
use base::{ComplaintId, ProposalId, Time};
use storage::Tx;

/// Most of each kind that are told at once.
const FEW: u64 = 50;
/// Seconds before a re-review is due from which on it is told: 14 days.
const AHEAD: i64 = 14 * 86_400;

base::words! {
    /// What is to be done.
    Kind, "task" {
        /// Another person stands by a withdrawal.
        SecondName = "second_name",
        /// A removal is agreed to or not.
        Removal = "removal",
        /// A complaint is decided.
        Complaint = "complaint",
        /// A listing is confirmed again.
        Review = "review",
        /// A guarded domain is confirmed to be meant.
        Extra = "extra",
        /// A proposal that came back is edited or closed.
        Returned = "returned",
        /// A proposal gets reviewers.
        Assign = "assign",
        /// Nothing is there any more: its removal is asked for, or not.
        Clean = "clean",
    }
}

/// What it is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A proposal.
    Proposal(ProposalId),
    /// A complaint.
    Complaint(ComplaintId),
}

/// Something that waits.
#[derive(Clone, Debug)]
pub struct Task {
    /// What.
    pub kind: Kind,
    /// To what.
    pub about: About,
    /// The domain.
    pub domain: Domain,
    /// By when, where there is a time.
    pub due: Option<Time>,
    /// Whether it comes before others.
    pub urgent: bool,
}

/// What waits. For INTERPOL.
pub async fn all(tx: &Tx) -> Result<(Vec<Task>, Act)> {
    let now = tx.now();
    let mut tasks = at(tx, At::Withdrawn, Kind::SecondName, true).await?;
    tasks.extend(at(tx, At::Leaving, Kind::Removal, true).await?);
    let complaints = store::complaints(tx, State::Open, None, FEW).await?;
    tasks.extend(complaints.into_iter().map(|c| Task {
        kind: Kind::Complaint,
        about: About::Complaint(c.id),
        domain: c.domain,
        urgent: c.due_at <= now,
        due: Some(c.due_at),
    }));
    for p in store::proposals(tx, Which::DueBy(now.plus_seconds(AHEAD)), None, FEW).await? {
        tasks.push(Task { due: p.due_at, ..task(&p, Kind::Review, p.due_at.is_some_and(|due| due <= now)) });
    }
    for p in
        store::proposals(tx, Which::At(At::Review.word()), None, FEW).await?.iter().filter(|p| !p.guards.is_empty())
    {
        let state = store::state_of(tx, p.id).await?;
        tasks.extend(state.filter(|(s, _)| s.waits_for_extra()).map(|_| task(p, Kind::Extra, false)));
    }
    tasks.extend(at(tx, At::Returned, Kind::Returned, false).await?);
    tasks.extend(at(tx, At::Desk, Kind::Assign, false).await?);
    let listed = store::proposals(tx, Which::Gone, None, FEW).await?;
    tasks.extend(listed.iter().map(|p| task(p, Kind::Clean, false)));
    Ok((tasks, Act::TasksRead))
}

async fn at(tx: &Tx, stage: At, kind: Kind, urgent: bool) -> Result<Vec<Task>> {
    let found = store::proposals(tx, Which::At(stage.word()), None, FEW).await?;
    Ok(found.iter().map(|p| task(p, kind, urgent)).collect())
}

fn task(p: &Listing, kind: Kind, urgent: bool) -> Task {
    Task { kind, about: About::Proposal(p.id), domain: p.domain.clone(), due: None, urgent }
}
