//! What is listed is looked at again on a schedule: whether it is still there, by the room that fetches; whether agencies
//! confirm it again, by the time it has for that. What nobody confirmed again in time leaves the list by itself.

use super::{
    Act, Domains, Result,
    desk::{self, NOT_AGAIN},
    evidence::Exhibit,
    look::Listing,
    model::{self, Event, Side},
    store,
};
use base::{Actor, OrgId, PersonId, ProposalId};
use reports::{domains, intake::Reach};
use std::collections::BTreeSet;
use storage::{Db, Tx, jobs};
use uuid::Uuid;

/// Name of the queued step that looks at a listing when its time has come.
pub(super) const DUE: &str = "domain-due";
/// Seconds that fetches have before it is asked what they found.
const FETCHED: i64 = 86_400;
/// Most pages that are fetched again for one domain.
const MOST_PAGES: usize = 20;

base::words! {
    /// What looking again came to.
    Found, "found" {
        /// Something of it is still there.
        There = "there",
        /// Nothing of it is there any more.
        Gone = "gone",
        /// It cannot be said: nothing was fetched.
        Unknown = "unknown",
    }
}

impl Found {
    /// From what is known of each exhibit: there, gone, or nobody looked.
    fn of(each: &[Option<bool>]) -> Self {
        match each {
            all if all.contains(&Some(true)) => Self::There,
            all if !all.is_empty() && all.iter().all(|one| *one == Some(false)) => Self::Gone,
            _ => Self::Unknown,
        }
    }
}

/// Plans when a proposal is looked at next, if it is listed. For the machinery.
pub(super) async fn plan(tx: &Tx, with: &Domains, id: ProposalId) -> Result<()> {
    let Some(listing) = store::proposal_find(tx, id).await? else { return Ok(()) };
    let next = listing.due_at.map(|due| with.over(due)).into_iter().chain(listing.recheck_at).min();
    match next.filter(|_| listing.stage.is_listed()) {
        Some(next) => Ok(jobs::plan(tx, DUE, id.0, next).await?),
        None => Ok(jobs::unplan(tx, DUE, id.0).await?),
    }
}

/// The queued step that plans.
pub(super) async fn plan_step(db: &Db, with: &Domains, job: &jobs::Job, id: ProposalId) -> Result<()> {
    let tx = db.begin(&Actor::machine("domains")).await?;
    jobs::done(&tx, job).await?;
    plan(&tx, with, id).await?;
    Ok(tx.commit(&Act::Followed(id, "planned")).await?)
}

/// The queued step: does what the time has come for.
pub(super) async fn due(db: &Db, with: &Domains, reach: Reach, job: &jobs::Job, id: ProposalId) -> Result<()> {
    let tx = db.begin(&Actor::machine("domains")).await?;
    jobs::done(&tx, job).await?;
    let listing = store::proposal(&tx, id).await?;
    let act = if !listing.stage.is_listed() {
        Act::NotNeeded
    } else if listing.due_at.is_some_and(|due| with.over(due) <= tx.now()) {
        expire(&tx, with, id).await?
    } else if listing.recheck_at.is_some_and(|at| at <= tx.now()) {
        look_again(&tx, with, reach, &listing).await?
    } else {
        Act::NotNeeded
    };
    plan(&tx, with, id).await?;
    Ok(tx.commit(&act).await?)
}

/// The exchange itself, as the rules know it.
fn machine() -> model::Actor {
    let nil = Uuid::nil();
    model::Actor { person: PersonId(nil), org: OrgId(nil), side: Side::Machine, name: String::new() }
}

async fn expire(tx: &Tx, with: &Domains, id: ProposalId) -> Result<Act> {
    desk::apply(tx, with, id, &machine(), &Event::Expire(true)).await?;
    Ok(Act::Removed(id, NOT_AGAIN.into()))
}

/// Has its pages fetched, or a day later says what that came to.
async fn look_again(tx: &Tx, with: &Domains, reach: Reach, listing: &Listing) -> Result<Act> {
    let exhibits = store::exhibits_of(tx, listing.id, listing.version).await?;
    let asked = listing.rechecked_at.filter(|_| listing.found.is_none());
    let Some(asked) = asked else {
        let pages: BTreeSet<_> = exhibits.iter().map(|e| e.report).take(MOST_PAGES).collect();
        for report in pages {
            domains::look_again(tx, report, reach).await?;
        }
        store::proposal_rechecked(tx, listing.id, None, tx.now().plus_seconds(FETCHED)).await?;
        return Ok(Act::Followed(listing.id, "looking"));
    };
    let mut each = Vec::new();
    for Exhibit { item, report, .. } in &exhibits {
        each.push(domains::there_since(tx, *item, *report, asked).await?);
    }
    let found = Found::of(&each);
    store::proposal_rechecked(tx, listing.id, Some(found.word()), with.recheck(tx.now())).await?;
    Ok(Act::Followed(listing.id, found.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_clean_only_when_everything_was_looked_for_and_nothing_found() {
        assert_eq!(Found::of(&[]), Found::Unknown);
        assert_eq!(Found::of(&[Some(false), None]), Found::Unknown);
        assert_eq!(Found::of(&[Some(false), Some(false)]), Found::Gone);
        assert_eq!(Found::of(&[Some(false), Some(true), None]), Found::There);
    }
}
