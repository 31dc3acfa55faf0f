//! A proposal's way to the list and off it again, as one pure machine: a state, what somebody does, the next state or why
//! not. Everything that needs two is decided here and nowhere else, so that the whole of it can be searched; the search is
//! below, among the tests.
//!
//! 1. An agency of police counts, and two agencies count when they are of two countries. INTERPOL has no country and counts
//!    for none: what it proposes needs two agencies, what an agency proposes needs one other.
//! 2. A version is what is confirmed. An edit makes a new one, and everything said about the one before is void. Who wrote any
//!    version of a proposal confirms none of its versions.
//! 3. Listing is the effect of the last confirmation that it needs, never an act of its own.
//! 4. Removal needs a reason and two persons. In an emergency one person of INTERPOL is enough at first, since unblocking is
//!    the safe direction; the second name follows.

use base::{Country, OrgId, PersonId};
use serde::{Deserialize, Serialize};

/// In whose name somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// An agency of police of a country.
    Agency(Country),
    /// INTERPOL.
    Desk,
    /// The exchange's own machinery.
    Machine,
    /// Anybody else.
    Nobody,
}

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Where they work.
    pub org: OrgId,
    /// In whose name.
    pub side: Side,
    /// Their name, for whoever may read it.
    pub name: String,
}

/// Where a proposal is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// INTERPOL says who reviews it.
    Desk,
    /// Agencies review it.
    Review,
    /// A reviewer refused it; INTERPOL edits or closes it.
    Returned,
    /// It leads nowhere.
    Closed,
    /// Its domain is on the list.
    Listed,
    /// Somebody asked that it be removed; another person agrees, or keeps it.
    Leaving(Actor),
    /// Its domain is off the list.
    Removed {
        /// Who removed it.
        first: Actor,
        /// The second name; after an emergency it follows later.
        second: Option<Actor>,
    },
}

base::words! {
    /// A stage without who is in it, as lists and filters tell it.
    At, "stage" {
        /// INTERPOL says who reviews it.
        Desk = "desk",
        /// Agencies review it.
        Review = "review",
        /// A reviewer refused it.
        Returned = "returned",
        /// Its domain is on the list.
        Listed = "listed",
        /// It is to be removed, once another person agrees.
        Leaving = "leaving",
        /// Its domain is off the list by one name; the second follows.
        Withdrawn = "withdrawn",
        /// Its domain is off the list.
        Removed = "removed",
        /// It leads nowhere.
        Closed = "closed",
    }
}

impl At {
    /// Whether it can still become a listing.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Desk | Self::Review | Self::Returned)
    }

    /// Whether its domain is on the list.
    pub const fn is_listed(self) -> bool {
        matches!(self, Self::Listed | Self::Leaving)
    }
}

impl Stage {
    /// Which it is.
    pub const fn at(&self) -> At {
        match self {
            Self::Desk => At::Desk,
            Self::Review => At::Review,
            Self::Returned => At::Returned,
            Self::Closed => At::Closed,
            Self::Listed => At::Listed,
            Self::Leaving(_) => At::Leaving,
            Self::Removed { second: None, .. } => At::Withdrawn,
            Self::Removed { second: Some(_), .. } => At::Removed,
        }
    }
}

/// A proposal with everything that rules ask about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it is.
    pub stage: Stage,
    /// Who wrote the version in force.
    pub author: Actor,
    /// Everybody who wrote any version.
    pub authors: Vec<PersonId>,
    /// Agencies that review it, and their countries.
    pub reviewers: Vec<(OrgId, Country)>,
    /// Who confirmed the version in force, or the listing since: one of each agency and country.
    pub said: Vec<Actor>,
    /// Whether the domain needs an extra confirmation by INTERPOL.
    pub guarded: bool,
    /// Who gave it.
    pub extra: Option<Actor>,
    /// Who has said in this round of review that it stays listed.
    pub renewed: Vec<Actor>,
}

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// INTERPOL has agencies review it, besides those that do.
    Assign(Vec<(OrgId, Country)>),
    /// A reviewer confirms.
    Confirm,
    /// A reviewer refuses, and why.
    Refuse(String),
    /// A new version; whether it needs the extra confirmation.
    Edit(bool),
    /// INTERPOL closes it, and why.
    Close(String),
    /// INTERPOL confirms that a guarded domain is meant, and why.
    Extra(String),
    /// A reviewing agency says that it stays listed.
    Renew,
    /// INTERPOL or a reviewing agency asks that it be removed, and why.
    AskRemoval(String),
    /// A person of INTERPOL agrees to the removal.
    AgreeRemoval,
    /// A person of INTERPOL keeps it against that, and why.
    Keep(String),
    /// A person of INTERPOL takes it off the list at once, and why.
    Emergency(String),
    /// Another person of INTERPOL stands by that.
    SecondName,
    /// The machinery removes what was not confirmed again; whether its time is over.
    Expire(bool),
}

/// What becomes of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It gains the domain, by two agencies' persons.
    Listed(Actor, Actor),
    /// It keeps it for another time, by two agencies' persons.
    Renewed(Actor, Actor),
    /// It loses it, by the names given.
    Removed(Actor, Option<Actor>),
    /// The second name of a removal.
    Seconded(Actor),
}

/// Why something is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is nothing that this side does.
    NotYours,
    /// Its agency was not asked to review.
    NotAsked,
    /// It is not in a state for it.
    NotNow,
    /// They wrote a version of it.
    OwnEdit,
    /// They have said it.
    SamePerson,
    /// Their agency has said it, or proposed it.
    SameAgency,
    /// An agency of their country has said it, or proposed it.
    SameCountry,
    /// Nothing says why.
    NoReason,
    /// Too few agencies of other countries.
    TooFew,
    /// It needs no extra confirmation.
    NotGuarded,
    /// Its time is not over.
    NotOver,
}

impl Why {
    /// Name of the rule.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NotYours => "domain-not-yours",
            Self::NotAsked => "domain-not-asked",
            Self::NotNow => "domain-not-now",
            Self::OwnEdit => "domain-own-edit",
            Self::SamePerson => "domain-same-person",
            Self::SameAgency => "domain-same-agency",
            Self::SameCountry => "domain-same-country",
            Self::NoReason => "domain-no-reason",
            Self::TooFew => "domain-too-few-reviewers",
            Self::NotGuarded => "domain-not-guarded",
            Self::NotOver => "domain-not-over",
        }
    }

    /// A sentence for a person.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NotYours => "this is for somebody else to do",
            Self::NotAsked => "your agency was not asked to review this",
            Self::NotNow => "this is not in a state for that any more, look at it again",
            Self::OwnEdit => "you wrote a version of this proposal, somebody else confirms it",
            Self::SamePerson => "you have done this already, another person does the second part",
            Self::SameAgency => "your agency has proposed or confirmed this, another agency does the second part",
            Self::SameCountry => "an agency of this country is part of this already, choose one of another country",
            Self::NoReason => "say why",
            Self::TooFew => "choose as many agencies of different countries as are needed to confirm it",
            Self::NotGuarded => "this domain needs no extra confirmation",
            Self::NotOver => "its time is not over",
        }
    }
}

/// Agencies that a listing needs, each of another country.
pub const NEEDED: usize = 2;

impl Actor {
    /// The country, of an agency.
    const fn country(&self) -> Option<Country> {
        match self.side {
            Side::Agency(country) => Some(country),
            Side::Desk | Side::Machine | Side::Nobody => None,
        }
    }
}

impl Proposal {
    /// A first version. INTERPOL and agencies propose.
    ///
    /// # Errors
    /// Nobody else does.
    pub fn begin(author: Actor, guarded: bool) -> Result<Self, Why> {
        if !matches!(author.side, Side::Agency(_) | Side::Desk) {
            return Err(Why::NotYours);
        }
        let authors = vec![author.person];
        Ok(Self {
            stage: Stage::Desk,
            author,
            authors,
            reviewers: Vec::new(),
            said: Vec::new(),
            guarded,
            extra: None,
            renewed: Vec::new(),
        })
    }

    /// Everybody who stands for the listing: the author where that is an agency's person, and who confirmed.
    pub fn standing(&self) -> Vec<&Actor> {
        self.author.country().map(|_| &self.author).into_iter().chain(&self.said).collect()
    }

    /// Whether a listing waits for nothing but INTERPOL's extra confirmation.
    pub fn waits_for_extra(&self) -> bool {
        self.stage == Stage::Review && self.guarded && self.extra.is_none() && self.standing().len() >= NEEDED
    }
}

/// What comes of an event.
///
/// # Errors
/// Why nothing does; then nothing has changed.
pub fn step(before: &Proposal, who: &Actor, event: &Event) -> Result<(Proposal, Option<Change>), Why> {
    let mut p = before.clone();
    let change = match event {
        Event::Assign(more) => assign(&mut p, who, more)?,
        Event::Confirm => confirm(&mut p, who)?,
        Event::Refuse(why) => refuse(&mut p, who, why)?,
        Event::Edit(guarded) => edit(&mut p, who, *guarded)?,
        Event::Close(why) => close(&mut p, who, why)?,
        Event::Extra(why) => extra(&mut p, who, why)?,
        Event::Renew => renew(&mut p, who)?,
        Event::AskRemoval(why) => ask_removal(&mut p, who, why)?,
        Event::AgreeRemoval => agree_removal(&mut p, who)?,
        Event::Keep(why) => keep(&mut p, who, why)?,
        Event::Emergency(why) => emergency(&mut p, who, why)?,
        Event::SecondName => second_name(&mut p, who)?,
        Event::Expire(over) => expire(&mut p, who, *over)?,
    };
    Ok((p, change))
}

type Effect = Result<Option<Change>, Why>;

fn desk(who: &Actor) -> Result<(), Why> {
    if who.side == Side::Desk { Ok(()) } else { Err(Why::NotYours) }
}

fn at(p: &Proposal, stages: &[At]) -> Result<(), Why> {
    now(stages.contains(&p.stage.at()))
}

fn now(is: bool) -> Result<(), Why> {
    if is { Ok(()) } else { Err(Why::NotNow) }
}

fn reasoned(why: &str) -> Result<(), Why> {
    if why.trim().is_empty() { Err(Why::NoReason) } else { Ok(()) }
}

fn assign(p: &mut Proposal, who: &Actor, more: &[(OrgId, Country)]) -> Effect {
    desk(who)?;
    at(p, &[At::Desk, At::Review, At::Listed])?;
    let mut all = p.reviewers.clone();
    for (org, country) in more {
        let mut parts = all.iter().copied().chain(p.author.country().map(|c| (p.author.org, c)));
        if parts.clone().any(|(other, _)| other == *org) {
            return Err(Why::SameAgency);
        }
        if parts.any(|(_, other)| other == *country) {
            return Err(Why::SameCountry);
        }
        all.push((*org, *country));
    }
    p.reviewers = all;
    if !enough_reviewers(p) {
        return Err(Why::TooFew);
    }
    if p.stage == Stage::Desk {
        p.stage = Stage::Review;
    }
    Ok(None)
}

/// Whether those who may confirm are enough for a listing.
fn enough_reviewers(p: &Proposal) -> bool {
    p.reviewers.len() + usize::from(p.author.country().is_some()) >= NEEDED
}

/// The agency of a reviewer.
fn reviewer(p: &Proposal, who: &Actor) -> Result<(), Why> {
    let country = who.country().ok_or(Why::NotYours)?;
    if p.reviewers.contains(&(who.org, country)) { Ok(()) } else { Err(Why::NotAsked) }
}

/// Nobody, no agency and no country twice.
fn another<'a>(others: impl IntoIterator<Item = &'a Actor> + Clone, who: &Actor) -> Result<(), Why> {
    let others = || others.clone().into_iter();
    if others().any(|other| other.person == who.person) {
        return Err(Why::SamePerson);
    }
    if others().any(|other| other.org == who.org) {
        return Err(Why::SameAgency);
    }
    if others().any(|other| other.country().is_some() && other.country() == who.country()) {
        return Err(Why::SameCountry);
    }
    Ok(())
}

fn confirm(p: &mut Proposal, who: &Actor) -> Effect {
    who.country().ok_or(Why::NotYours)?;
    at(p, &[At::Review])?;
    if p.authors.contains(&who.person) {
        return Err(Why::OwnEdit);
    }
    another(p.standing(), who)?;
    reviewer(p, who)?;
    p.said.push(who.clone());
    Ok(list(p))
}

/// Lists it, when nothing is missing.
fn list(p: &mut Proposal) -> Option<Change> {
    let two = match p.standing().as_slice() {
        [first, second, ..] => ((*first).clone(), (*second).clone()),
        _ => return None,
    };
    if p.stage != Stage::Review || (p.guarded && p.extra.is_none()) {
        return None;
    }
    p.stage = Stage::Listed;
    p.renewed.clear();
    Some(Change::Listed(two.0, two.1))
}

fn refuse(p: &mut Proposal, who: &Actor, why: &str) -> Effect {
    reviewer(p, who)?;
    at(p, &[At::Review])?;
    reasoned(why)?;
    p.stage = Stage::Returned;
    void(p);
    Ok(None)
}

fn void(p: &mut Proposal) {
    p.said.clear();
    p.renewed.clear();
    p.extra = None;
}

fn edit(p: &mut Proposal, who: &Actor, guarded: bool) -> Effect {
    // An agency edits what it proposed, as long as nobody else has; INTERPOL edits everything.
    match who.side {
        Side::Desk => {}
        Side::Agency(_) if p.author.org == who.org => {}
        Side::Agency(_) | Side::Machine | Side::Nobody => return Err(Why::NotYours),
    }
    now(p.stage.at().is_open())?;
    void(p);
    p.author = who.clone();
    if !p.authors.contains(&who.person) {
        p.authors.push(who.person);
    }
    p.guarded = guarded;
    p.reviewers.retain(|(org, country)| *org != who.org && Some(*country) != who.country());
    let ready = !p.reviewers.is_empty() && enough_reviewers(p);
    p.stage = if ready { Stage::Review } else { Stage::Desk };
    Ok(None)
}

fn close(p: &mut Proposal, who: &Actor, why: &str) -> Effect {
    desk(who)?;
    now(p.stage.at().is_open())?;
    reasoned(why)?;
    void(p);
    p.stage = Stage::Closed;
    Ok(None)
}

fn extra(p: &mut Proposal, who: &Actor, why: &str) -> Effect {
    desk(who)?;
    at(p, &[At::Desk, At::Review])?;
    if !p.guarded {
        return Err(Why::NotGuarded);
    }
    if p.authors.contains(&who.person) {
        return Err(Why::OwnEdit);
    }
    reasoned(why)?;
    p.extra = Some(who.clone());
    Ok(list(p))
}

fn renew(p: &mut Proposal, who: &Actor) -> Effect {
    who.country().ok_or(Why::NotYours)?;
    at(p, &[At::Listed])?;
    another(&p.renewed, who)?;
    concerned(p, who)?;
    p.renewed.push(who.clone());
    match p.renewed.as_slice() {
        [first, second, ..] => {
            let change = Change::Renewed(first.clone(), second.clone());
            p.said = std::mem::take(&mut p.renewed);
            Ok(Some(change))
        }
        _ => Ok(None),
    }
}

/// An agency that reviews a proposal or made it.
fn concerned(p: &Proposal, who: &Actor) -> Result<(), Why> {
    if who.country().is_some() && p.author.org == who.org { Ok(()) } else { reviewer(p, who) }
}

fn ask_removal(p: &mut Proposal, who: &Actor, why: &str) -> Effect {
    if who.side != Side::Desk {
        concerned(p, who)?;
    }
    at(p, &[At::Listed])?;
    reasoned(why)?;
    p.stage = Stage::Leaving(who.clone());
    Ok(None)
}

fn agree_removal(p: &mut Proposal, who: &Actor) -> Effect {
    desk(who)?;
    let Stage::Leaving(first) = &p.stage else { return Err(Why::NotNow) };
    if first.person == who.person {
        return Err(Why::SamePerson);
    }
    Ok(remove(p, first.clone(), Some(who.clone())))
}

fn keep(p: &mut Proposal, who: &Actor, why: &str) -> Effect {
    desk(who)?;
    let Stage::Leaving(first) = &p.stage else { return Err(Why::NotNow) };
    if first.person == who.person {
        return Err(Why::SamePerson);
    }
    reasoned(why)?;
    p.stage = Stage::Listed;
    Ok(None)
}

fn emergency(p: &mut Proposal, who: &Actor, why: &str) -> Effect {
    desk(who)?;
    now(p.stage.at().is_listed())?;
    reasoned(why)?;
    Ok(remove(p, who.clone(), None))
}

fn second_name(p: &mut Proposal, who: &Actor) -> Effect {
    desk(who)?;
    let Stage::Removed { first, second: None } = &p.stage else { return Err(Why::NotNow) };
    if first.person == who.person {
        return Err(Why::SamePerson);
    }
    p.stage = Stage::Removed { first: first.clone(), second: Some(who.clone()) };
    Ok(Some(Change::Seconded(who.clone())))
}

fn expire(p: &mut Proposal, who: &Actor, over: bool) -> Effect {
    if who.side != Side::Machine {
        return Err(Why::NotYours);
    }
    now(p.stage.at().is_listed())?;
    if !over {
        return Err(Why::NotOver);
    }
    // Whoever stood for it last: two confirmed a renewal, or the author and one more, or two, the listing.
    let standing = if p.said.len() >= NEEDED { p.said.iter().collect() } else { p.standing() };
    let names: Vec<Actor> = standing.into_iter().cloned().collect();
    match names.as_slice() {
        [first, second, ..] => Ok(remove(p, first.clone(), Some(second.clone()))),
        _ => Err(Why::TooFew),
    }
}

fn remove(p: &mut Proposal, first: Actor, second: Option<Actor>) -> Option<Change> {
    p.stage = Stage::Removed { first: first.clone(), second: second.clone() };
    Some(Change::Removed(first, second))
}

#[cfg(test)]
#[path = "search.rs"]
mod search;
