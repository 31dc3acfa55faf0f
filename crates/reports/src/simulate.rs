//! Before signing: who would get what. The hotline's reports of the last days are counted by the combinations of facts that
//! a decision can tell apart, and `agreements::decide` is asked once for each, under the old text and under the new one.
//! Nothing is disclosed by it.
//!
//! The hotline sees which reports; police and the secretariat see how many, because they have not been given any.

use crate::{
    Error, Result,
    reroute::OPEN_DAYS,
    store::{self, Combination, Mixture},
};
use agreements::{
    Document, Facts, Network, Ruling, decide,
    decide::{InForce, Member},
    directory, treaty,
};
use base::{Actor, AgreementId, Class, Country, OrgId, OrgKind, ReportId, Role, Width};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use storage::{Db, Tx};
use uuid::Uuid;

/// Examples named at most.
const EXAMPLES: usize = 5;

/// What to try out.
#[derive(Clone, Debug)]
pub struct Question {
    /// The hotline that is party.
    pub hotline: OrgId,
    /// The LEA that is party.
    pub lea: OrgId,
    /// The text in force; `None`: none is.
    pub old: Option<Document>,
    /// The text to try.
    pub new: Document,
    /// Whether reports may be named: to their hotline only.
    pub named: bool,
}

/// Who would get what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Simulation {
    /// Days looked back on.
    pub days: i64,
    /// Officers of the LEA who would see it.
    pub officers: i64,
    /// Under the text in force.
    pub old: Told,
    /// Under the new text.
    pub new: Told,
    /// Told under the new text only.
    pub more: Share,
    /// Told under the text in force only.
    pub less: Share,
    /// Told under both, and wider under the new one.
    pub wider: Share,
    /// Told under both, and narrower under the new one.
    pub narrower: Share,
}

/// What one text tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Reports of which something is told.
    pub reports: i64,
    /// Items told.
    pub items: i64,
    /// Items told by each clause.
    pub by_clause: BTreeMap<String, i64>,
}

/// A part of the reports and items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Reports.
    pub reports: i64,
    /// Items.
    pub items: i64,
    /// Some of the reports; empty for whoever has not been given them.
    pub examples: Vec<ReportId>,
}

/// What police get of one item: how wide, whether files open, by which clause.
type Given = Option<(Width, bool, String)>;

/// Tries a text out on the hotline's reports of the last 90 days. The caller has found the agreement for whoever asks.
pub async fn simulate(db: &Db, question: &Question) -> Result<Simulation> {
    let tx = db.look(&Actor::machine("simulation")).await?;
    let parties = Parties::read(&tx, question).await?;
    let since = tx.now().plus_seconds(-OPEN_DAYS * 86_400);
    let country = parties.hotline.country.to_string();
    let (combinations, mixtures) = store::combinations(&tx, question.hotline, since, &country).await?;
    let officers = officers(&tx, question.lea).await?;
    drop(tx);
    let mut decided = BTreeMap::new();
    for Combination { kind, .. } in &combinations {
        let facts = parties.facts(kind).ok_or(storage::Error::Stored("combination"))?;
        let under = |text: Option<&Document>| text.and_then(|text| parties.given(&facts, text));
        decided.insert(kind.clone(), (under(question.old.as_ref()), under(Some(&question.new))));
    }
    let mut found = Simulation { days: OPEN_DAYS, officers, ..Simulation::default() };
    found.count_items(&combinations, &decided);
    found.count_reports(&mixtures, &decided);
    if !question.named {
        for share in [&mut found.more, &mut found.less, &mut found.wider, &mut found.narrower] {
            share.examples.clear();
        }
    }
    Ok(found)
}

/// What to try for a version of an agreement, for whoever asks: its text against the one in force. `text`: another text
/// than the version's, such as one that is being written.
pub async fn of_version(tx: &Tx, id: AgreementId, version: i64, text: Option<Document>) -> Result<Question> {
    let all = treaty::one(tx, id).await?;
    let asked = all.iter().find(|t| t.version == version).ok_or(Error::NotFound)?;
    let in_force = all.iter().find(|t| t.version != version && t.in_force(tx.now()));
    Ok(Question {
        hotline: asked.hotline,
        lea: asked.lea,
        old: in_force.map(|t| t.document.clone()),
        new: text.unwrap_or_else(|| asked.document.clone()),
        named: tx.actor().org == asked.hotline,
    })
}

async fn officers(tx: &Tx, lea: OrgId) -> Result<i64> {
    let people = directory::people(tx).await?;
    let officers = people.iter().filter(|p| p.org == lea && p.role == Role::Officer).count();
    Ok(i64::try_from(officers).unwrap_or(i64::MAX))
}

/// The two parties, and who else there is.
struct Parties {
    hotline: Member,
    lea: Member,
    hotlines: Vec<Member>,
}

impl Parties {
    async fn read(tx: &Tx, question: &Question) -> Result<Self> {
        let all = directory::organisations(tx).await?;
        let hotlines = treaty::members(&all, OrgKind::Hotline);
        let find = |among: &[Member], org| among.iter().find(|m| m.org == org).cloned().ok_or(Error::NotFound);
        Ok(Self {
            hotline: find(&hotlines, question.hotline)?,
            lea: find(&treaty::members(&all, OrgKind::Lea), question.lea)?,
            hotlines,
        })
    }

    /// A combination as the decision needs it. Everybody but the party hotline is nobody in particular.
    fn facts(&self, kind: &str) -> Option<Facts> {
        let parts: Vec<&str> = kind.split('|').collect();
        let [hosting, class, illegal_here, age, known, site, synthetic, reported, judged] = parts.as_slice() else {
            return None;
        };
        let other = OrgId(Uuid::nil());
        let who = |flag: &str| if flag == "1" { self.hotline.org } else { other };
        let class: Class = class.parse().ok()?;
        Some(Facts {
            hosting: (!hosting.is_empty()).then(|| hosting.parse::<Country>()).transpose().ok()?,
            class,
            illegal_in: (class == Class::National && *illegal_here == "1").then_some(self.hotline.country),
            age: age.parse().ok()?,
            known: *known == "1",
            site: site.parse().ok()?,
            synthetic: synthetic.parse().ok()?,
            reporter: who(reported),
            judged_by: vec![who(judged)],
        })
    }

    /// What the LEA gets of such an item under a text.
    fn given(&self, facts: &Facts, text: &Document) -> Given {
        let agreement = InForce {
            agreement: AgreementId(Uuid::nil()),
            name: String::new(),
            version: 0,
            hotline: self.hotline.org,
            lea: self.lea.org,
            document: text.clone(),
        };
        let network = Network {
            hotlines: self.hotlines.clone(),
            leas: vec![self.lea.clone()],
            agreements: vec![agreement],
            default_lane: None,
        };
        decide(facts, &network).rulings.into_iter().find_map(|ruling| match ruling {
            Ruling::Disclose { width, media, clause, .. } => Some((width, media, clause)),
            Ruling::Withhold { .. } => None,
        })
    }
}

/// Under the old text and under the new one, by combination.
type Decided = BTreeMap<String, (Given, Given)>;

impl Simulation {
    fn count_items(&mut self, combinations: &[Combination], decided: &Decided) {
        for Combination { kind, items } in combinations {
            let Some((old, new)) = decided.get(kind) else { continue };
            self.old.add(old, *items);
            self.new.add(new, *items);
            if let Some(share) = self.share(wide(old), wide(new)) {
                share.items += items;
            }
        }
    }

    fn count_reports(&mut self, mixtures: &[Mixture], decided: &Decided) {
        for mixture in mixtures {
            let of: Vec<&(Given, Given)> = mixture.kinds.split(';').filter_map(|kind| decided.get(kind)).collect();
            let (old, new) = (of.iter().filter_map(|d| wide(&d.0)).max(), of.iter().filter_map(|d| wide(&d.1)).max());
            self.old.reports += if old.is_some() { mixture.reports } else { 0 };
            self.new.reports += if new.is_some() { mixture.reports } else { 0 };
            if let Some(share) = self.share(old, new) {
                share.reports += mixture.reports;
                share.name(mixture);
            }
        }
    }

    /// The part that something belongs to, by how wide it is told before and after; none when nothing changes.
    fn share(&mut self, old: Option<(Width, bool)>, new: Option<(Width, bool)>) -> Option<&mut Share> {
        match (old, new) {
            (None, Some(_)) => Some(&mut self.more),
            (Some(_), None) => Some(&mut self.less),
            (Some(old), Some(new)) if new > old => Some(&mut self.wider),
            (Some(old), Some(new)) if new < old => Some(&mut self.narrower),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }
}

impl Simulation {
    /// What changes, in sentences, with what people call a report.
    pub fn sentences(&self) -> Vec<String> {
        let who = match self.officers {
            1 => "1 officer".to_owned(),
            n => format!("{n} officers"),
        };
        let parts = [
            (&self.more, "would see", "more"),
            (&self.less, "would no longer see", ""),
            (&self.wider, "would see", "wider than now"),
            (&self.narrower, "would see", "narrower than now"),
        ];
        let mut said: Vec<String> = parts
            .into_iter()
            .filter(|(share, ..)| share.items > 0 || share.reports > 0)
            .map(|(share, verb, how)| share.sentence(&who, verb, how))
            .collect();
        if said.is_empty() {
            said.push(format!("Nothing would change for {who}, on the reports of the last {} days.", self.days));
        }
        said
    }
}

impl Share {
    fn sentence(&self, who: &str, verb: &str, how: &str) -> String {
        let count = |n: i64, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
        let (reports, items) = (count(self.reports, "report"), count(self.items, "item"));
        let what = if how.is_empty() { reports } else { format!("{reports} {how}") };
        let named: Vec<String> = self.examples.iter().map(|id| reference(*id)).collect();
        let example = if named.is_empty() { String::new() } else { format!(", for example {}", named.join(", ")) };
        format!("{who} {verb} {what} ({items}){example}.")
    }
}

/// What people call a report: the end of its id.
fn reference(id: ReportId) -> String {
    let text = id.to_string();
    text.chars().skip(text.chars().count().saturating_sub(8)).collect()
}

fn wide(given: &Given) -> Option<(Width, bool)> {
    given.as_ref().map(|(width, media, _)| (*width, *media))
}

impl Told {
    fn add(&mut self, given: &Given, items: i64) {
        if let Some((_, _, clause)) = given {
            self.items += items;
            *self.by_clause.entry(clause.clone()).or_default() += items;
        }
    }
}

impl Share {
    fn name(&mut self, mixture: &Mixture) {
        let ids: BTreeSet<ReportId> =
            [&mixture.newest, &mixture.oldest].into_iter().filter_map(|id| id.parse().ok()).collect();
        let room = EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(ids.into_iter().rev().take(room));
    }
}
