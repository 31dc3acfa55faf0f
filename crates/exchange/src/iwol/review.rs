//! An agency reviews what was addressed to it: the evidence first, then the proposer's opinion, then a word of its own. Who
//! proposed it and who else reviews it, it never learns.
//!
//! What it says is noted in its own transaction, after the rules were asked about everything that it may know: its own
//! person, its own agency, its own edits. The machinery, which alone sees what others said, counts it at once.

use super::{
    Act, Domains, Error, Result, desk,
    evidence::Exhibit,
    look::{Listing, Version},
    me,
    model::{self, At, Event, Proposal, Side, Stage, Why},
    propose::{self, Checked},
    store::{self, Said, Which},
};
use base::{Actor, OrgId, PersonId, ProposalId, ReviewId};
use storage::{Db, Page, Tx, jobs, keyset};
use uuid::Uuid;

/// Name of the queued step that counts what an agency's person said.
pub(super) const WORD: &str = "domain-word";
/// Most characters of a reason.
const MOST_REASON: usize = 1000;

base::words! {
    /// What an agency's person says.
    Word, "word" {
        /// It is to be listed.
        Confirm = "confirm",
        /// It is not.
        Refuse = "refuse",
        /// It stays listed.
        Renew = "renew",
        /// It does not.
        Object = "object",
        /// The own proposal reads otherwise.
        Edit = "edit",
    }
}

/// What a reviewer sees.
#[derive(Clone, Debug)]
pub struct Review {
    /// The proposal.
    pub listing: Listing,
    /// The evidence as it was frozen.
    pub exhibits: Vec<Exhibit>,
    /// The version, with the opinion only after the evidence was looked at.
    pub version: Version,
    /// Whether this person has looked at the evidence.
    pub seen: bool,
    /// What the own agency said.
    pub said: Vec<Said>,
}

/// Proposals that the actor's agency reviews, newest first.
pub async fn waiting(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Listing>, Act)> {
    let rows = store::proposals(tx, Which::Reviewed, after, limit).await?;
    Ok((keyset::page(rows, limit, |p| (p.created_at.micros(), p.id.0))?, Act::ReviewsRead))
}

async fn addressed(tx: &Tx, id: ProposalId) -> Result<Listing> {
    let listing = store::proposal(tx, id).await?;
    match store::reviewers_of(tx, id).await?.contains(&tx.actor().org) {
        true => Ok(listing),
        false => Err(Error::NotFound),
    }
}

/// One of them.
pub async fn read(tx: &Tx, id: ProposalId) -> Result<(Review, Act)> {
    let listing = addressed(tx, id).await?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let exhibits = store::exhibits_of(tx, id, listing.version).await?;
    let mut version = store::version_of(tx, id, listing.version).await?.ok_or(Error::NotFound)?;
    let seen = store::seen(tx, id, listing.version, person).await?;
    if !seen {
        version.opinion.clear();
    }
    let said = store::words_of(tx, id).await?;
    Ok((Review { listing, exhibits, version, seen, said }, Act::ReviewRead(id)))
}

/// Notes that the actor has looked at the evidence of the version in force.
pub async fn see(tx: &Tx, id: ProposalId) -> Result<Act> {
    let listing = addressed(tx, id).await?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    store::seen_add(tx, id, listing.version, person).await?;
    Ok(Act::EvidenceSeen(id))
}

/// Says a word on a proposal that the actor's agency reviews or wrote.
pub async fn say(tx: &Tx, with: &Domains, id: ProposalId, word: &str, text: &str) -> Result<(ReviewId, Act)> {
    let listing = store::proposal(tx, id).await?;
    let word: Word = word.parse()?;
    let who = me(tx).await?;
    let Side::Agency(country) = who.side else { return Err(Why::NotYours.into()) };
    let reason = match word {
        Word::Refuse | Word::Object => Some(base::text("reason", text, MOST_REASON)?),
        Word::Edit => Some(propose::opinion(text)?),
        Word::Confirm | Word::Renew => base::text_opt("reason", Some(text), MOST_REASON)?,
    };
    let known = known(tx, with, &listing, &who).await?;
    model::step(&known, &who, &event(word, reason.as_deref().unwrap_or_default(), false))?;
    if matches!(word, Word::Confirm | Word::Refuse) && !store::seen(tx, id, listing.version, who.person).await? {
        let reason = "look at the evidence first and say that you have";
        return Err(Error::conflict("domain-evidence-first", "id", reason));
    }
    let said = Said {
        id: tx.id(ReviewId::new)?,
        proposal: id,
        version: listing.version,
        who,
        word,
        reason,
        at: tx.now(),
        counted: false,
        refused: None,
    };
    store::word_add(tx, &said, country).await?;
    jobs::enqueue(tx, WORD, said.id.0).await?;
    Ok((said.id, Act::WordSaid(said.id, id, word.word())))
}

fn event(word: Word, reason: &str, guarded: bool) -> Event {
    match word {
        Word::Confirm => Event::Confirm,
        Word::Refuse => Event::Refuse(reason.into()),
        Word::Renew => Event::Renew,
        Word::Object => Event::AskRemoval(reason.into()),
        Word::Edit => Event::Edit(guarded),
    }
}

/// Somebody of whom an agency knows nothing.
fn somebody() -> model::Actor {
    model::Actor { person: PersonId(Uuid::nil()), org: OrgId(Uuid::nil()), side: Side::Desk, name: String::new() }
}

/// A proposal as far as an agency may know it: its own edits, its own words, that it reviews. The rules are asked about that
/// first, so that what can be refused is refused at once.
async fn known(tx: &Tx, with: &Domains, listing: &Listing, who: &model::Actor) -> Result<Proposal> {
    let authors = store::authors_of(tx, listing.id).await?;
    let wrote = authors.iter().find(|(version, ..)| *version == listing.version);
    let author = match wrote {
        Some((_, org, person, name)) => model::Actor { person: *person, org: *org, side: who.side, name: name.clone() },
        None => somebody(),
    };
    let reviews = store::reviewers_of(tx, listing.id).await?.contains(&who.org);
    let country = if let Side::Agency(country) = who.side { Some(country) } else { None };
    let said = store::words_of(tx, listing.id).await?;
    let counts = |s: &&Said, word| s.word == word && s.refused.is_none();
    let round = listing.due_at.map(|due| with.round_began(due));
    let confirmed = said.iter().filter(|s| counts(s, Word::Confirm) && s.version == listing.version);
    let renewed = said.iter().filter(|s| counts(s, Word::Renew) && round.is_some_and(|began| s.at > began));
    Ok(Proposal {
        stage: stage(listing.stage),
        author,
        authors: authors.iter().map(|(_, _, person, _)| *person).collect(),
        reviewers: country.filter(|_| reviews).map(|country| (who.org, country)).into_iter().collect(),
        said: confirmed.map(|s| s.who.clone()).collect(),
        guarded: true,
        extra: None,
        renewed: renewed.map(|s| s.who.clone()).collect(),
    })
}

/// A stage as far as an agency may know it: not who is in it.
fn stage(at: At) -> Stage {
    match at {
        At::Desk => Stage::Desk,
        At::Review => Stage::Review,
        At::Returned => Stage::Returned,
        At::Listed => Stage::Listed,
        At::Leaving => Stage::Leaving(somebody()),
        At::Closed => Stage::Closed,
        At::Withdrawn | At::Removed => Stage::Removed { first: somebody(), second: None },
    }
}

/// The queued step: counts a word, by the rules and everything that was said.
pub(super) async fn count(db: &Db, with: &Domains, job: &jobs::Job, id: ReviewId) -> Result<()> {
    let tx = db.begin(&Actor::machine("domains")).await?;
    jobs::done(&tx, job).await?;
    let Some(said) = store::word_due(&tx, id).await? else {
        return Ok(tx.commit(&Act::NotNeeded).await?);
    };
    match counted(&tx, with, &said).await {
        Ok(serial) => {
            store::word_counted(&tx, id, None).await?;
            super::due::plan(&tx, with, said.proposal).await?;
            if let Some(serial) = serial {
                tx.note(&Act::Listed(said.proposal, serial)).await?;
            }
            Ok(tx.commit(&Act::WordCounted(id, said.proposal, None)).await?)
        }
        Err(Error::Rule(why)) => not_counted(tx, &said, why.rule()).await,
        Err(Error::Conflict { rule, .. }) => not_counted(tx, &said, rule).await,
        Err(other) => Err(other),
    }
}

/// Refused before anything was written but the lock.
async fn not_counted(tx: Tx, said: &Said, rule: &'static str) -> Result<()> {
    store::word_counted(&tx, said.id, Some(rule)).await?;
    Ok(tx.commit(&Act::WordCounted(said.id, said.proposal, Some(rule))).await?)
}

async fn counted(tx: &Tx, with: &Domains, said: &Said) -> Result<Option<i64>> {
    // Before the version is compared: an edit at the same moment would have the word count for what it was not about.
    store::proposal_lock(tx, said.proposal).await?;
    let listing = store::proposal(tx, said.proposal).await?;
    if said.version != listing.version && !matches!(said.word, Word::Renew | Word::Object) {
        return Err(Error::conflict("domain-edited", "id", "this was about an earlier version"));
    }
    let reason = said.reason.as_deref().unwrap_or_default();
    if said.word == Word::Edit {
        let exhibits = store::exhibits_of(tx, listing.id, listing.version).await?;
        let checks = super::criteria::check(&with.rule, &super::evidence::facts(&exhibits), tx.now());
        propose::hold(&checks)?;
        let guards = propose::guards(tx, &listing.domain).await?;
        let found = Checked { domain: listing.domain.clone(), guards, checks, exhibits, listed: false };
        propose::rewrite(tx, with, &listing, &said.who, reason, &found).await?;
        return Ok(None);
    }
    let done = desk::apply(tx, with, listing.id, &said.who, &event(said.word, reason, false)).await?;
    Ok(done.serial)
}
