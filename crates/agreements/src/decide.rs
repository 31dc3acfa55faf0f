//! Which LEA is told what about one item. Pure: facts and the agreements in force go in, rulings come out, each with the
//! agreement, version, clause and a reason in plain words. Unknown means no.
//!
//! 1. The hotline of the hosting country owns the item. *Its* agreements govern (`home` lanes).
//! 2. The reporting hotline's own police are told only what its agreement says about content hosted elsewhere
//!    (`member` and `elsewhere` lanes).
//! 3. A hosting country without a hotline falls to the network's default lane.
//! 4. Of several lanes of one agreement that fit, the narrower applies ([`crate::narrow`]); of two equally narrow, the first.
//! 5. A lane that asks for the party hotline's own judgement waits for it.
//! 6. One LEA is told once: the owner's agreement comes before the reporter's.

#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

use crate::document::{Document, Hosting, InformedOn, Lane, Novelty, Onward, Reality};
use base::{AgeGroup, AgreementId, Class, Country, OrgId, SiteType, Synthetic, Width};

/// What is known of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Country of the host; `None`: not known.
    pub hosting: Option<Country>,
    /// The judgement in force.
    pub class: Class,
    /// For `national`: where it is illegal.
    pub illegal_in: Option<Country>,
    /// Age group by the judgement in force.
    pub age: AgeGroup,
    /// Whether the file had been assessed before it came in.
    pub known: bool,
    /// What kind of site it is on.
    pub site: SiteType,
    /// Whether it shows somebody real, by the judgement in force.
    pub synthetic: Synthetic,
    /// The hotline that reported it.
    pub reporter: OrgId,
    /// Hotlines whose own judgement or confirmation this is.
    pub judged_by: Vec<OrgId>,
}

/// An organisation as the decision needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub org: OrgId,
    /// Its name, for reasons.
    pub name: String,
    /// Its country.
    pub country: Country,
}

/// A version of an agreement that binds now: countersigned, begun, not over, not suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    /// The agreement.
    pub agreement: AgreementId,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// The hotline that is party.
    pub hotline: OrgId,
    /// The LEA that is party.
    pub lea: OrgId,
    /// What was signed.
    pub document: Document,
}

/// The lane for hosting countries without a hotline.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultLane {
    /// Its version, counted by the network.
    pub version: i64,
    /// Its conditions and what follows.
    pub lane: Lane,
}

/// Everybody and everything in force at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Active hotlines.
    pub hotlines: Vec<Member>,
    /// Active LEAs.
    pub leas: Vec<Member>,
    /// Agreements in force.
    pub agreements: Vec<InForce>,
    /// The network's default lane, if it has one.
    pub default_lane: Option<DefaultLane>,
}

/// What was decided about one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The hotline that owns the item by hosting country.
    pub owner: Option<OrgId>,
    /// Whether a ruling waits for the owner's own judgement.
    pub waits_for_owner: bool,
    /// One ruling for each LEA that came into question.
    pub rulings: Vec<Ruling>,
}

/// What one LEA is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// It is told.
    Disclose {
        /// Whom.
        lea: OrgId,
        /// The hotline whose agreement gives it; `None`: the network's default lane.
        by: Option<OrgId>,
        /// Under which agreement; `None`: the network's default lane.
        agreement: Option<AgreementId>,
        /// Its name.
        name: String,
        /// Its version.
        version: i64,
        /// The clause that gave it.
        clause: String,
        /// How wide.
        width: Width,
        /// Whether the files open.
        media: bool,
        /// Why, in plain words.
        reason: String,
        /// What the clause keeps back.
        kept: Vec<Kept>,
        /// Where the clause lets it go on to.
        onward: Onward,
    },
    /// It is not told.
    Withhold {
        /// Whom; `None` where there is no LEA to tell.
        lea: Option<OrgId>,
        /// Under which agreement, where one was looked at.
        name: Option<String>,
        /// Under which clause, where one fits but waits.
        clause: Option<String>,
        /// Why, in plain words.
        reason: String,
    },
}

/// Something that a disclosure keeps back.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Kept {
    /// `files`, `address`, `page` or `series`.
    pub what: &'static str,
    /// Why, in plain words.
    pub reason: String,
}

/// Decides about one item.
pub fn decide(facts: &Facts, network: &Network) -> Decision {
    let owner = facts.hosting.and_then(|c| network.hotlines.iter().find(|h| h.country == c));
    let mut decision = Decision { owner: owner.map(|h| h.org), waits_for_owner: false, rulings: Vec::new() };
    if facts.class == Class::NotIllegal {
        return decision;
    }
    match (owner, facts.hosting) {
        (Some(owner), _) => own_police(facts, network, owner, Hosting::Home, &mut decision),
        (None, Some(country)) => default_lane(facts, network, country, &mut decision),
        (None, None) => {}
    }
    let reporter = network.hotlines.iter().find(|h| h.org == facts.reporter);
    if let Some(reporter) = reporter.filter(|r| Some(r.org) != decision.owner) {
        let seen = if owner.is_some() { Hosting::Member } else { Hosting::Elsewhere };
        own_police(facts, network, reporter, seen, &mut decision);
    }
    decision.rulings = once_each(decision.rulings);
    decision
}

/// One ruling for each LEA: the first that tells it, or else the first.
fn once_each(rulings: Vec<Ruling>) -> Vec<Ruling> {
    let mut kept: Vec<Ruling> = Vec::with_capacity(rulings.len());
    for ruling in rulings {
        match kept.iter_mut().find(|k| k.lea().is_some() && k.lea() == ruling.lea()) {
            None => kept.push(ruling),
            Some(before) if !before.tells() && ruling.tells() => *before = ruling,
            Some(_) => {}
        }
    }
    kept
}

impl Ruling {
    /// Whom it is about; `None` where there is no LEA to tell.
    pub const fn lea(&self) -> Option<OrgId> {
        match self {
            Self::Disclose { lea, .. } => Some(*lea),
            Self::Withhold { lea, .. } => *lea,
        }
    }

    /// Whether it tells somebody something.
    pub const fn tells(&self) -> bool {
        match self {
            Self::Disclose { .. } => true,
            Self::Withhold { .. } => false,
        }
    }
}

/// What the agreements of one hotline say to its police.
fn own_police(facts: &Facts, network: &Network, hotline: &Member, seen: Hosting, decision: &mut Decision) {
    let mut any = false;
    for agreement in network.agreements.iter().filter(|a| a.hotline == hotline.org) {
        let Some(lea) = network.leas.iter().find(|l| l.org == agreement.lea && l.country == hotline.country) else {
            continue;
        };
        any = true;
        let ruling = by_agreement(facts, agreement, hotline, lea, seen, decision);
        decision.rulings.push(ruling);
    }
    // Only the hosting country's police were expected to be told; silence elsewhere needs no row.
    if !any && seen == Hosting::Home {
        let (name, country) = (&hotline.name, hotline.country.name());
        decision.rulings.push(Ruling::Withhold {
            lea: network.leas.iter().find(|l| l.country == hotline.country).map(|l| l.org),
            name: None,
            clause: None,
            reason: format!("{name} has no agreement in force with police in {country}, so nobody there is told"),
        });
    }
}

fn by_agreement(
    facts: &Facts,
    agreement: &InForce,
    hotline: &Member,
    lea: &Member,
    seen: Hosting,
    decision: &mut Decision,
) -> Ruling {
    let (name, version) = (&agreement.name, agreement.version);
    let withhold = |clause: Option<&Lane>, reason| Ruling::Withhold {
        lea: Some(lea.org),
        name: Some(name.clone()),
        clause: clause.map(|lane| lane.clause.clone()),
        reason,
    };
    let fitting = agreement.document.lanes.iter().filter(|lane| fits(lane, facts, seen));
    // The first of several that are equally narrow.
    let Some(lane) = fitting.min_by_key(|lane| lane.kinds()) else {
        return withhold(None, format!("no clause of `{name}` version {version} is for items like this one"));
    };
    let own = facts.judged_by.contains(&hotline.org);
    let any = lane.informed_on == InformedOn::AnyMemberBaseline && facts.class == Class::Baseline;
    let enough = own || any;
    if !enough {
        decision.waits_for_owner |= seen == Hosting::Home;
        let (clause, who) = (&lane.clause, &hotline.name);
        return withhold(
            Some(lane),
            format!("clause {clause} of `{name}` waits for {who}'s own assessment or confirmation"),
        );
    }
    if facts.class == Class::National && facts.illegal_in != Some(hotline.country) {
        let country = hotline.country.name();
        return withhold(Some(lane), format!("it was not judged illegal in {country}, where the clause applies"));
    }
    disclose(lane, lea, Some(agreement), name, version, &reason(lane, agreement, hotline, lea, facts))
}

fn default_lane(facts: &Facts, network: &Network, country: Country, decision: &mut Decision) {
    let place = country.name();
    let none = |reason| Ruling::Withhold { lea: None, name: None, clause: None, reason };
    let Some(default) = &network.default_lane else {
        let reason = format!("{place} has no member hotline and the network has no default lane");
        return decision.rulings.push(none(reason));
    };
    let mut leas = network.leas.iter().filter(|l| l.country == country).peekable();
    if leas.peek().is_none() {
        return decision.rulings.push(none(format!("{place} has no member hotline and no member LEA")));
    }
    let name = "Network default lane";
    for lea in leas {
        let lane = &default.lane;
        let ruling = if facts.class == Class::Baseline && fits(lane, facts, Hosting::Elsewhere) {
            let to = &lea.name;
            let reason = format!(
                "{place} has no member hotline, so the network's default lane (version {}, clause {}) informs {to}: {}",
                default.version,
                lane.clause,
                lane.consequence()
            );
            disclose(lane, lea, None, name, default.version, &reason)
        } else {
            let reason = format!("the network's default lane is not for items like this one hosted in {place}");
            Ruling::Withhold { lea: Some(lea.org), name: Some(name.into()), clause: None, reason }
        };
        decision.rulings.push(ruling);
    }
}

/// Whether a lane is for an item that the party hotline sees hosted like this.
pub(crate) fn fits(lane: &Lane, facts: &Facts, seen: Hosting) -> bool {
    lane.hosting == seen
        && lane.classes.contains(&facts.class)
        && (lane.ages.is_empty() || lane.ages.contains(&facts.age))
        && (lane.sites.is_empty() || lane.sites.contains(&facts.site))
        && match lane.novelty {
            Novelty::Any => true,
            Novelty::Known => facts.known,
            Novelty::New => !facts.known,
        }
        && lane.synthetic.fits(facts.synthetic)
}

impl Reality {
    /// Whether what was judged so falls under it. What cannot be told is neither.
    pub const fn fits(self, synthetic: Synthetic) -> bool {
        match (self, synthetic) {
            (Self::Any, Synthetic::Real | Synthetic::Generated | Synthetic::Drawn | Synthetic::Unknown)
            | (Self::Real, Synthetic::Real)
            | (Self::Synthetic, Synthetic::Generated | Synthetic::Drawn) => true,
            (Self::Real, Synthetic::Generated | Synthetic::Drawn | Synthetic::Unknown)
            | (Self::Synthetic, Synthetic::Real | Synthetic::Unknown) => false,
        }
    }
}

fn disclose(lane: &Lane, lea: &Member, agreement: Option<&InForce>, name: &str, version: i64, reason: &str) -> Ruling {
    let mut kept = Vec::new();
    let mut keep = |what, reason: String| kept.push(Kept { what, reason });
    let clause = &lane.clause;
    if !lane.media {
        keep("files", format!("clause {clause} discloses facts about the files, not the files"));
    }
    if lane.width < Width::Item {
        keep("address", format!("clause {clause} discloses where it is hosted, not the address itself"));
    }
    if lane.width < Width::Page {
        keep("page", format!("clause {clause} discloses single items, not the page they were found on"));
    }
    if lane.width < Width::Series {
        keep("series", format!("clause {clause} does not open the series or context pictures"));
    }
    Ruling::Disclose {
        lea: lea.org,
        by: agreement.map(|a| a.hotline),
        agreement: agreement.map(|a| a.agreement),
        name: name.into(),
        version,
        clause: clause.clone(),
        width: lane.width,
        media: lane.media,
        reason: reason.into(),
        kept,
        onward: lane.onward,
    }
}

fn reason(lane: &Lane, agreement: &InForce, hotline: &Member, lea: &Member, facts: &Facts) -> String {
    let class = facts.class;
    let place = facts.hosting.map_or("an unknown country", |c| c.name());
    let (hotline, lea) = (&hotline.name, &lea.name);
    format!(
        "A {class} item hosted in {place}. {hotline} and {lea} agreed in \u{201c}{}\u{201d} (version {}, clause {}): {}.",
        agreement.name,
        agreement.version,
        lane.clause,
        lane.consequence()
    )
}
