//! What INTERPOL does with a proposal, and the one place where what the rules of [`model`] decide becomes rows: the state, the
//! history, and where the list changes, the change with its serial, reason and names, all in one transaction.

use super::{
    Act, Domains, Error, Result, criteria, evidence, guard,
    look::Listing,
    me,
    model::{self, Change, Event, Proposal, Stage},
    propose,
    store::{self, NewChange},
};
use agreements::directory;
use base::{OrgId, OrgKind, ProposalId, Refusal};
use storage::{Tx, jobs};

/// Name of the queued step that plans when a listing is looked at again.
pub(super) const PLAN: &str = "domain-plan";
/// Most characters of a reason.
const MOST_REASON: usize = 1000;
/// Most agencies that review one proposal.
const MOST_REVIEWERS: usize = 20;

/// What came of an event.
pub(super) struct Applied {
    /// Where the proposal is now.
    pub after: Proposal,
    /// What became of the list.
    pub change: Option<Change>,
    /// The serial of that, where it has one.
    pub serial: Option<i64>,
    /// Why, by who did it or by who asked for it before.
    pub why: Option<String>,
}

/// Has agencies, by their ids, review a proposal, besides those that do.
pub async fn assign(tx: &Tx, with: &Domains, id: ProposalId, agencies: &[impl AsRef<str>]) -> Result<Act> {
    let who = me(tx).await?;
    store::proposal(tx, id).await?;
    let unknown = || Refusal::new("organisations", "unknown-organisation", "choose agencies of police that take part");
    let read = |agency: &_| AsRef::<str>::as_ref(agency).parse::<OrgId>().map_err(|_| unknown());
    let agencies: Vec<OrgId> = agencies.iter().map(read).collect::<Result<_, _>>()?;
    if agencies.is_empty() || agencies.len() > MOST_REVIEWERS {
        let reason = format!("choose 1 to {MOST_REVIEWERS} agencies");
        return Err(Refusal::new("organisations", "domain-reviewers", reason).into());
    }
    let known = directory::organisations(tx).await?;
    let mut chosen = Vec::new();
    for agency in agencies {
        let found = known.iter().find(|o| o.id == agency && o.kind == OrgKind::Lea && o.active);
        chosen.push((agency, found.and_then(|o| o.country).ok_or_else(unknown)?));
    }
    let done = apply(tx, with, id, &who, &Event::Assign(chosen)).await?;
    Ok(Act::Assigned(id, done.after.reviewers.len()))
}

base::words! {
    /// What INTERPOL does with a word and a reason.
    Deed, "do" {
        /// Confirms that a guarded domain is meant.
        Extra = "extra",
        /// Closes the proposal.
        Close = "close",
        /// Asks that the domain be removed.
        AskRemoval = "ask_removal",
        /// Agrees to that.
        AgreeRemoval = "agree_removal",
        /// Keeps it against that.
        Keep = "keep",
        /// Takes it off the list at once.
        Withdraw = "withdraw",
        /// Stands by that, as the second person.
        SecondName = "second_name",
    }
}

impl Deed {
    /// Whether it is done for a reason of its own.
    pub const fn needs_reason(self) -> bool {
        !matches!(self, Self::AgreeRemoval | Self::SecondName)
    }
}

/// Does what a word stands for.
pub async fn act(tx: &Tx, with: &Domains, id: ProposalId, deed: &str, reason: &str) -> Result<Act> {
    store::proposal(tx, id).await?;
    let deed: Deed = deed.parse()?;
    let who = me(tx).await?;
    let why = if deed.needs_reason() { base::text("reason", reason, MOST_REASON)? } else { String::new() };
    let said = || why.clone();
    let event = match deed {
        Deed::Extra => Event::Extra(said()),
        Deed::Close => Event::Close(said()),
        Deed::AskRemoval => Event::AskRemoval(said()),
        Deed::AgreeRemoval => Event::AgreeRemoval,
        Deed::Keep => Event::Keep(said()),
        Deed::Withdraw => Event::Emergency(said()),
        Deed::SecondName => Event::SecondName,
    };
    let done = apply(tx, with, id, &who, &event).await?;
    if let (Some(Change::Listed(..)), Some(serial)) = (&done.change, done.serial) {
        jobs::enqueue(tx, PLAN, id.0).await?;
        tx.note(&Act::Listed(id, serial)).await?;
    }
    Ok(match deed {
        Deed::Extra => Act::Meant(id, why),
        Deed::Close => Act::Closed(id, why),
        Deed::AskRemoval => Act::RemovalAsked(id, why),
        Deed::AgreeRemoval => Act::Removed(id, done.why.unwrap_or_default()),
        Deed::Keep => Act::Kept(id, why),
        Deed::Withdraw => Act::Withdrawn(id, why),
        Deed::SecondName => Act::Seconded(id),
    })
}

/// The word of an event in a proposal's history, and why it was done.
fn told(event: &Event) -> (&'static str, Option<&str>) {
    match event {
        Event::Assign(_) => ("assigned", None),
        Event::Confirm => ("confirmed", None),
        Event::Refuse(why) => ("refused", Some(why)),
        Event::Edit(_) => ("edited", None),
        Event::Close(why) => ("closed", Some(why)),
        Event::Extra(why) => ("meant", Some(why)),
        Event::Renew => ("renewed", None),
        Event::AskRemoval(why) => ("removal_asked", Some(why)),
        Event::AgreeRemoval => ("removed", None),
        Event::Keep(why) => ("kept", Some(why)),
        Event::Emergency(why) => ("withdrawn", Some(why)),
        Event::SecondName => ("seconded", None),
        Event::Expire(_) => ("expired", None),
    }
}

/// Applies an event to a proposal: rows follow from what the rules say, or nothing does. The actor sees all of it: INTERPOL,
/// or the machinery on behalf of an agency.
pub(super) async fn apply(
    tx: &Tx,
    with: &Domains,
    id: ProposalId,
    who: &model::Actor,
    event: &Event,
) -> Result<Applied> {
    if !store::proposal_lock(tx, id).await? {
        return Err(Error::NotFound);
    }
    let listing = store::proposal(tx, id).await?;
    let (mut before, asked) = store::state_of(tx, id).await?.ok_or(Error::NotFound)?;
    if let Event::Assign(_) = event {
        // What an agency proposed was not held against the list, which it does not know.
        let guards = propose::guards(tx, &listing.domain).await?;
        before.guarded = !guards.is_empty();
        store::proposal_version(tx, id, listing.version, &guards).await?;
    }
    let (mut after, change) = model::step(&before, who, event)?;
    if let Some(Change::Listed(..)) = &change {
        still_holds(tx, with, &listing).await?;
    }
    let (what, reason) = told(event);
    let why = reason.map(str::to_owned).or_else(|| asked.filter(|_| !matches!(event, Event::Keep(_))));
    store::event_add(tx, id, listing.version, what, who, reason).await?;
    let serial = match &change {
        None => None,
        Some(change) => carry_out(tx, with, &listing, &mut after, change, why.as_deref(), who).await?,
    };
    let kept = why.as_deref().filter(|_| matches!(after.stage, Stage::Leaving(_)));
    store::state_put(tx, id, &after, kept).await?;
    store::reviewers_put(tx, id, &after).await?;
    Ok(Applied { after, change, serial, why })
}

/// Exhibits are frozen; whether they are still enough is asked when it counts: some may have been taken back, and time went by.
async fn still_holds(tx: &Tx, with: &Domains, of: &Listing) -> Result<()> {
    let exhibits = store::exhibits_of(tx, of.id, of.version).await?;
    propose::hold(&criteria::check(&with.rule, &evidence::facts(&exhibits), tx.now()))
}

async fn carry_out(
    tx: &Tx,
    with: &Domains,
    of: &Listing,
    after: &mut Proposal,
    change: &Change,
    why: Option<&str>,
    who: &model::Actor,
) -> Result<Option<i64>> {
    let new = |reason, first, second| NewChange { domain: &of.domain, reason, proposal: of.id, first, second };
    match change {
        Change::Listed(first, second) => {
            let reason = format!("confirmed by agencies of two countries, by the {}", of.rule);
            let serial =
                store::entry_add(tx, new(&reason, first, Some(second)), &guard::skeleton_of(&of.domain)).await?;
            if serial.is_none() {
                after.stage = Stage::Closed;
                store::event_add(tx, of.id, of.version, "listed_already", who, None).await?;
                return Ok(None);
            }
            let (due, recheck) = (with.due(tx.now()), with.recheck(tx.now()));
            store::proposal_times(tx, of.id, true, Some(due), Some(recheck)).await?;
            Ok(serial)
        }
        Change::Renewed(..) => {
            store::proposal_times(tx, of.id, false, Some(with.due(tx.now())), of.recheck_at).await?;
            Ok(None)
        }
        Change::Removed(first, second) => {
            let serial = store::entry_remove(tx, new(why.unwrap_or(NOT_AGAIN), first, second.as_ref())).await?;
            store::proposal_times(tx, of.id, false, None, None).await?;
            Ok(Some(serial))
        }
        Change::Seconded(second) => {
            store::change_second(tx, of.id, second).await?;
            Ok(None)
        }
    }
}

/// Why the machinery removes a domain.
pub(super) const NOT_AGAIN: &str = "not confirmed again";
