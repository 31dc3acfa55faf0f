//! JSON shapes of the block list.

use crate::names::Names;
use exchange::iwol::{
    Domain, Said, complaint,
    criteria::Check as Checked,
    evidence::{Candidate as Found, Exhibit as Shown},
    guard::Guard as Guarded,
    look, propose, review, tasks,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A domain in both forms.
#[derive(Serialize, ToSchema)]
pub struct Name {
    /// A-labels in lower case, as the DNS writes it.
    #[schema(example = "xn--bcher-kva.example")]
    pub domain: String,
    /// In its own script.
    #[schema(example = "bücher.example")]
    pub unicode: String,
}

impl From<&Domain> for Name {
    fn from(domain: &Domain) -> Self {
        Self { domain: domain.to_string(), unicode: domain.unicode() }
    }
}

/// Why a domain needs an extra confirmation by INTERPOL.
#[derive(Serialize, ToSchema)]
pub struct Guard {
    /// shared_host, official, mixed_script, looks_like or unusual_characters.
    pub guard: &'static str,
    /// What it looks like.
    pub looks_like: Option<String>,
}

impl From<&Guarded> for Guard {
    fn from(guard: &Guarded) -> Self {
        Self { guard: guard.word(), looks_like: guard.looks_like().map(str::to_owned) }
    }
}

/// A criterion held against the evidence.
#[derive(Serialize, ToSchema)]
pub struct Check {
    /// by_person, severe, real, age, online, together or agencies.
    pub criterion: &'static str,
    /// yes, no or later.
    pub holds: &'static str,
    /// Items or agencies for which it holds.
    pub found: usize,
    /// How many are needed.
    pub needed: usize,
}

impl From<&Checked> for Check {
    fn from(check: &Checked) -> Self {
        Self { criterion: check.criterion.word(), holds: check.holds.word(), found: check.found, needed: check.needed }
    }
}

/// Evidence on a domain: one item.
#[derive(Serialize, ToSchema)]
pub struct Exhibit {
    /// Its id; of evidence in no proposal, the item's.
    pub id: String,
    /// Where it was.
    pub url: String,
    /// When it was last seen online.
    pub seen_at: String,
    /// baseline or national.
    pub class: &'static str,
    /// real, generated, drawn or unknown.
    pub synthetic: &'static str,
    /// infant, prepubescent, pubescent, adolescent, adult or unknown.
    pub age_group: &'static str,
    /// Whether a person judged it; nothing else counts.
    pub by_person: bool,
    /// The hotline that judged it.
    pub judged_by: String,
    /// When.
    pub judged_at: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// IP address of its host.
    pub ip: Option<String>,
    /// Country of its host.
    pub country: Option<String>,
    /// Network of its host.
    pub network: Option<String>,
    /// Registrar of the domain.
    pub registrar: Option<String>,
    /// Country of the registrant.
    pub registrant_country: Option<String>,
    /// Whether there is a picture of the page, to be opened with a purpose.
    pub picture: bool,
}

impl From<&Shown> for Exhibit {
    fn from(e: &Shown) -> Self {
        Self {
            id: e.id.to_string(),
            url: e.url.clone(),
            seen_at: e.facts.seen_at.to_string(),
            class: e.facts.class.word(),
            synthetic: e.facts.synthetic.word(),
            age_group: e.facts.age_group.word(),
            by_person: e.facts.by_person,
            judged_by: e.judged_by.clone(),
            judged_at: e.judged_at.to_string(),
            sha256: base::hex(&e.sha256),
            ip: e.ip.clone(),
            country: e.country.clone(),
            network: e.network.clone(),
            registrar: e.registrar.clone(),
            registrant_country: e.registrant.clone(),
            picture: e.picture.is_some(),
        }
    }
}

/// A domain on which enough has accumulated.
#[derive(Serialize, ToSchema)]
pub struct Candidate {
    /// The domain.
    #[serde(flatten)]
    pub name: Name,
    /// Items that hold all criteria.
    pub items: i64,
    /// Since when it is one.
    pub since: String,
    /// When something on it was last seen online.
    pub seen_at: String,
}

impl From<&Found> for Candidate {
    fn from(c: &Found) -> Self {
        let name = (&c.domain).into();
        Self { name, items: c.items, since: c.since.to_string(), seen_at: c.seen_at.to_string() }
    }
}

/// A domain held against the criteria.
#[derive(Serialize, ToSchema)]
pub struct Tested {
    /// The domain.
    #[serde(flatten)]
    pub name: Name,
    /// Why it needs an extra confirmation.
    pub guards: Vec<Guard>,
    /// Each criterion.
    pub criteria: Vec<Check>,
    /// Whether all hold that can be said before the review.
    pub holds: bool,
    /// What was found on it, as far as the caller may see.
    pub exhibits: Vec<Exhibit>,
}

impl From<&propose::Checked> for Tested {
    fn from(c: &propose::Checked) -> Self {
        Self {
            name: (&c.domain).into(),
            guards: c.guards.iter().map(Guard::from).collect(),
            criteria: c.checks.iter().map(Check::from).collect(),
            holds: c.holds(),
            exhibits: c.exhibits.iter().map(Exhibit::from).collect(),
        }
    }
}

/// A proposal among others.
#[derive(Serialize, ToSchema)]
pub struct ListedProposal {
    /// Its id.
    pub id: String,
    /// The domain.
    #[serde(flatten)]
    pub name: Name,
    /// desk, review, returned, closed, listed, leaving, withdrawn or removed.
    pub stage: &'static str,
    /// Its version.
    pub version: i64,
    /// Name of the criteria.
    pub rule: String,
    /// Why it needs an extra confirmation.
    pub guards: Vec<Guard>,
    /// When it was proposed.
    pub created_at: String,
    /// When it was listed.
    pub listed_at: Option<String>,
    /// When the listing has to be confirmed again.
    pub due_at: Option<String>,
    /// there, gone or unknown: what looking again came to.
    pub found: Option<String>,
}

impl From<&look::Listing> for ListedProposal {
    fn from(p: &look::Listing) -> Self {
        Self {
            id: p.id.to_string(),
            name: (&p.domain).into(),
            stage: p.stage.word(),
            version: p.version,
            rule: p.rule.clone(),
            guards: p.guards.iter().map(Guard::from).collect(),
            created_at: p.created_at.to_string(),
            listed_at: p.listed_at.map(|t| t.to_string()),
            due_at: p.due_at.map(|t| t.to_string()),
            found: p.found.clone(),
        }
    }
}

/// What an agency's person said.
#[derive(Serialize, ToSchema)]
pub struct Word {
    /// Its id.
    pub id: String,
    /// confirm, refuse, renew, object or edit.
    pub word: &'static str,
    /// The version it is about.
    pub version: i64,
    /// Why.
    pub reason: Option<String>,
    /// Who said it.
    pub by: String,
    /// Their organisation.
    pub organisation: String,
    /// When.
    pub at: String,
    /// Whether it was looked at.
    pub counted: bool,
    /// The rule by which it does not count.
    pub refused: Option<String>,
}

impl Word {
    /// The word with names.
    pub fn new(said: &Said, names: &Names) -> Self {
        Self {
            id: said.id.to_string(),
            word: said.word.word(),
            version: said.version,
            reason: said.reason.clone(),
            by: said.who.name.clone(),
            organisation: names.of(said.who.org),
            at: said.at.to_string(),
            counted: said.counted,
            refused: said.refused.clone(),
        }
    }
}

/// Something in a proposal's history.
#[derive(Serialize, ToSchema)]
pub struct Event {
    /// In which version.
    pub version: i64,
    /// What, such as proposed, assigned, confirmed, removed.
    pub what: String,
    /// Who; empty where the exchange acted by itself.
    pub by: String,
    /// Their organisation.
    pub organisation: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: String,
}

/// A proposal with everything the caller may see of it.
#[derive(Serialize, ToSchema)]
pub struct Proposal {
    /// The proposal.
    #[serde(flatten)]
    pub proposal: ListedProposal,
    /// What its author thinks.
    pub opinion: String,
    /// How the criteria were held.
    pub criteria: Vec<Check>,
    /// The evidence, as it was then.
    pub exhibits: Vec<Exhibit>,
    /// Exhibits that were taken back since.
    pub exhibits_taken_back: i64,
    /// Words on it: all for INTERPOL, the own agency's for others.
    pub words: Vec<Word>,
    /// For INTERPOL: agencies that review it.
    pub reviewers: Vec<String>,
    /// For INTERPOL: whether a listing waits for the extra confirmation.
    pub waits_for_extra: bool,
    /// For INTERPOL: whether a removal waits for its second name.
    pub needs_second_name: bool,
    /// For INTERPOL: what happened.
    pub history: Vec<Event>,
}

impl Proposal {
    /// The proposal with names.
    pub fn new(full: &look::Full, names: &Names) -> Self {
        let event = |h: &look::Happened| Event {
            version: h.version,
            what: h.what.clone(),
            by: h.name.clone(),
            organisation: h.org.map(|org| names.of(org)),
            reason: h.reason.clone(),
            at: h.at.to_string(),
        };
        Self {
            proposal: (&full.listing).into(),
            opinion: full.version.opinion.clone(),
            criteria: full.version.checks.iter().map(Check::from).collect(),
            exhibits: full.exhibits.iter().map(Exhibit::from).collect(),
            exhibits_taken_back: full.gone,
            words: full.said.iter().map(|w| Word::new(w, names)).collect(),
            reviewers: full.reviewers.iter().map(|org| names.of(*org)).collect(),
            waits_for_extra: full.state.as_ref().is_some_and(|s| s.waits_for_extra()),
            needs_second_name: full.needs_second_name(),
            history: full.history.iter().map(event).collect(),
        }
    }
}

/// A review, as the agency asked sees it.
#[derive(Serialize, ToSchema)]
pub struct Review {
    /// The proposal; another agency or INTERPOL made it.
    #[serde(flatten)]
    pub proposal: ListedProposal,
    /// The evidence, as it was when this version was made.
    pub exhibits: Vec<Exhibit>,
    /// How the criteria were held.
    pub criteria: Vec<Check>,
    /// Whether the caller has looked at the evidence.
    pub evidence_seen: bool,
    /// What the proposer thinks; null before the evidence was looked at.
    pub opinion: Option<String>,
    /// What the own agency said.
    pub words: Vec<Word>,
}

impl Review {
    /// The review with names.
    pub fn new(review: &review::Review, names: &Names) -> Self {
        Self {
            proposal: (&review.listing).into(),
            exhibits: review.exhibits.iter().map(Exhibit::from).collect(),
            criteria: review.version.checks.iter().map(Check::from).collect(),
            evidence_seen: review.seen,
            opinion: Some(review.version.opinion.clone()).filter(|_| review.seen),
            words: review.said.iter().map(|w| Word::new(w, names)).collect(),
        }
    }
}

/// A domain on the list.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    /// The domain.
    #[serde(flatten)]
    pub name: Name,
    /// The proposal behind it.
    pub proposal_id: String,
    /// The serial of its listing.
    pub serial: i64,
    /// When it was listed.
    pub listed_at: String,
    /// When it has to be confirmed again.
    pub due_at: Option<String>,
    /// there, gone or unknown: what looking again came to.
    pub found: Option<String>,
}

impl From<&look::Entry> for Entry {
    fn from(e: &look::Entry) -> Self {
        Self {
            name: (&e.domain).into(),
            proposal_id: e.proposal.to_string(),
            serial: e.serial,
            listed_at: e.listed_at.to_string(),
            due_at: e.due_at.map(|t| t.to_string()),
            found: e.found.clone(),
        }
    }
}

/// A change of the list.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// Its serial.
    pub serial: i64,
    /// listed or removed.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// Organisation of the first name; null where the exchange acted by itself.
    pub first_organisation: Option<String>,
    /// Id of the first person.
    pub first_person: String,
    /// Organisation of the second name.
    pub second_organisation: Option<String>,
    /// Id of the second person; null while it is missing.
    pub second_person: Option<String>,
}

impl Change {
    /// The change with names of organisations.
    pub fn new(c: &look::Changed, names: &Names) -> Self {
        Self {
            serial: c.serial,
            kind: c.kind.clone(),
            reason: c.reason.clone(),
            at: c.at.to_string(),
            first_organisation: (!c.first.1.0.is_nil()).then(|| names.of(c.first.1)),
            first_person: c.first.0.to_string(),
            second_organisation: c.second.map(|(_, org)| names.of(org)),
            second_person: c.second.map(|(person, _)| person.to_string()),
        }
    }
}

/// Something that waits for a person of INTERPOL.
#[derive(Serialize, ToSchema)]
pub struct Task {
    /// second_name, removal, complaint, review, extra, returned, assign or clean.
    pub task: &'static str,
    /// The domain.
    #[serde(flatten)]
    pub name: Name,
    /// The proposal that it is about.
    pub proposal_id: Option<String>,
    /// The complaint that it is about.
    pub complaint_id: Option<String>,
    /// By when, where there is a time.
    pub due_at: Option<String>,
    /// Whether it comes before others.
    pub urgent: bool,
}

impl From<&tasks::Task> for Task {
    fn from(t: &tasks::Task) -> Self {
        let (proposal_id, complaint_id) = match t.about {
            tasks::About::Proposal(id) => (Some(id.to_string()), None),
            tasks::About::Complaint(id) => (None, Some(id.to_string())),
        };
        Self {
            task: t.kind.word(),
            name: (&t.domain).into(),
            proposal_id,
            complaint_id,
            due_at: t.due.map(|at| at.to_string()),
            urgent: t.urgent,
        }
    }
}

/// A domain's history.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// The domain.
    #[serde(flatten)]
    pub name: Name,
    /// Changes of the list, newest first.
    pub changes: Vec<Change>,
    /// Proposals for it, newest first.
    pub proposals: Vec<ListedProposal>,
}

/// A complaint.
#[derive(Serialize, ToSchema)]
pub struct Complaint {
    /// Its id.
    pub id: String,
    /// The domain it is about.
    #[serde(flatten)]
    pub name: Name,
    /// What is wrong, in its author's words.
    pub text: String,
    /// How its author may be reached.
    pub contact: Option<String>,
    /// When it came in.
    pub at: String,
    /// When it is to be decided.
    pub due_at: String,
    /// open, upheld or rejected.
    pub state: &'static str,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl From<&complaint::Complaint> for Complaint {
    fn from(c: &complaint::Complaint) -> Self {
        Self {
            id: c.id.to_string(),
            name: (&c.domain).into(),
            text: c.text.clone(),
            contact: c.contact.clone(),
            at: c.at.to_string(),
            due_at: c.due_at.to_string(),
            state: c.state.word(),
            decided_by: c.decider.clone(),
            decided_at: c.decided_at.map(|t| t.to_string()),
            reason: c.reason.clone(),
        }
    }
}
