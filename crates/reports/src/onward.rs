//! What leaves a report for INTERPOL by an agreement's own words: which items, which way, as wide as the clause says. Routing
//! decides, in its own transaction; the loading dock is told by a queued step ([`Way::step`]) whenever that changes, and asks
//! here for the facts.
//!
//! What leaves is what a person judged. What a hash list settled, or what was taken over from an earlier judgement of the same
//! content, has been there before. Where a clause gives the whole series, pictures of the report that are not illegal go
//! along as context.

use crate::{
    Assessment, Item, Report, Result,
    package::{Event, FileFacts, HostFacts, Judged},
    store,
};
use agreements::{Ruling, directory};
use base::{AgreementId, BlobId, Class, Country, ItemId, OrgId, ReportId, Synthetic, Time, Width};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Tx, jobs};

/// Items whose facts are read at once.
const AT_ONCE: usize = 500;

base::words! {
    /// A way on from a report.
    Way, "way" {
        /// To victim identification.
        Identification = "identification",
        /// As evidence for a domain on the block list.
        Domains = "domains",
    }
}

impl Way {
    /// Name of the queued step that says that something of an item changed this way. Its subject is the item.
    pub const fn step(self) -> &'static str {
        match self {
            Self::Identification => "onward-identification",
            Self::Domains => "onward-domains",
        }
    }
}

/// By what an item goes on: a clause of an agreement in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The hotline that is party.
    pub hotline: OrgId,
    /// The agreement.
    pub agreement: AgreementId,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// How wide.
    pub width: Width,
    /// Whether the file goes along.
    pub media: bool,
}

/// That an item goes on, or does not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Onward {
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// By what.
    pub ground: Ground,
    /// Counts changes of what the receiver is to know.
    pub revision: i64,
    /// Whether the ground holds at this moment.
    pub live: bool,
}

/// Everything that a receiver is to know of one item, as wide as the clause lets it go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// Name of the hotline whose agreement gives it.
    pub hotline: String,
    /// Its country.
    pub country: Option<Country>,
    /// Name of the agreement.
    pub agreement: String,
    /// Its version.
    pub version: i64,
    /// The clause.
    pub clause: String,
    /// The judgement; of a context picture that it is not illegal.
    pub judged: Judged,
    /// Whether it shows somebody real.
    pub synthetic: Synthetic,
    /// Whether it is a harmless-looking picture that is sent for its series alone.
    pub context: bool,
    /// Name of the hotline that confirmed it as owner.
    pub confirmed_by: Option<String>,
    /// The series it is known under; of a context picture whose series has no number yet, `report:` and the report's id.
    pub series: Option<String>,
    /// Its own URL, where the clause gives items' places.
    pub url: Option<String>,
    /// The page's URL, where the clause gives pages.
    pub page: Option<String>,
    /// Where it is hosted, as far as the clause gives it.
    pub hosting: HostFacts,
    /// When the hotline received the report.
    pub received_at: Time,
    /// Digests, type and size.
    pub file: Option<FileFacts>,
    /// The sealed file, where the clause gives media and it is there.
    pub blob: Option<BlobId>,
    /// What happened to it, oldest first.
    pub custody: Vec<Event>,
}

/// The widest clause that lets an item go on some way; with the file rather than without.
fn ground(rulings: &[Ruling], way: Way) -> Option<Ground> {
    let grounds = rulings.iter().filter_map(|ruling| match ruling {
        Ruling::Disclose { by: Some(by), agreement: Some(id), name, version, clause, width, media, onward, .. } => {
            let allowed = match way {
                Way::Identification => onward.icse,
                Way::Domains => onward.iwol,
            };
            allowed.then(|| Ground {
                hotline: *by,
                agreement: *id,
                name: name.clone(),
                version: *version,
                clause: clause.clone(),
                width: *width,
                media: *media,
            })
        }
        Ruling::Disclose { .. } | Ruling::Withhold { .. } => None,
    });
    grounds.max_by_key(|g| (g.media, g.width))
}

/// Puts down where an item goes on, by what was ruled of it. `series`: the clause by which another item of the report goes to
/// identification with its whole series; it is set by an item and used by those not illegal, which come last.
pub(crate) async fn settle(
    tx: &Tx,
    report: &Report,
    item: &Item,
    rulings: &[Ruling],
    series: &mut Option<Ground>,
) -> Result<()> {
    let judged = match &item.assessment {
        Some(a) if a.inherited_from.is_none() && !settled(tx, item.id).await? => Some(a),
        Some(_) | None => None,
    };
    for &way in Way::ALL {
        let by = judged.and_then(|judged| match (way, judged.class) {
            (Way::Identification, Class::NotIllegal) => series.clone(),
            (Way::Identification | Way::Domains, _) => ground(rulings, way),
        });
        if way == Way::Identification && by.as_ref().is_some_and(|g| g.width == Width::Series) {
            series.clone_from(&by);
        }
        let changed = match (judged, &by) {
            (Some(judged), Some(ground)) => {
                let facts = facts_of(report, item, judged, ground, &Names::new(), &[]);
                store::onward_put(tx, item, way, ground, &mark(&facts)?).await?
            }
            _ => store::onward_withdraw(tx, item.id, way).await?,
        };
        if changed {
            jobs::enqueue(tx, way.step(), item.id.0).await?;
        }
    }
    Ok(())
}

async fn settled(tx: &Tx, item: ItemId) -> Result<bool> {
    Ok(store::item_standing(tx, item).await?.is_some_and(|s| s.settlement.is_some()))
}

/// Tells two states of what a receiver is to know apart. By which version of an agreement it goes on is not a part of it: a new
/// version that gives the same is no news to the receiver.
fn mark(facts: &Facts) -> Result<Vec<u8>> {
    let facts = Facts { agreement: String::new(), version: 0, clause: String::new(), ..facts.clone() };
    let text = serde_json::to_vec(&facts).map_err(|_| storage::Error::Stored("onward.digest"))?;
    Ok(Sha256::digest(text).to_vec())
}

/// Whether an item goes on some way, and by what; `None` where it never did. For the exchange's own machinery.
pub async fn find(tx: &Tx, item: ItemId, way: Way) -> Result<Option<Onward>> {
    Ok(store::onward_among(tx, &[item], way).await?.remove(&item))
}

/// Among items those that something lets go on at this moment. For the exchange's own machinery.
pub async fn live_among(tx: &Tx, items: &[ItemId], way: Way) -> Result<BTreeSet<ItemId>> {
    let mut live = BTreeSet::new();
    for part in items.chunks(AT_ONCE) {
        let grounds = store::onward_among(tx, part, way).await?;
        live.extend(grounds.into_values().filter(|o| o.live).map(|o| o.item));
    }
    Ok(live)
}

/// What a receiver is to know of an item that goes on; `None` where nothing lets it at this moment. For the exchange's own
/// machinery.
pub async fn facts(tx: &Tx, item: ItemId, way: Way) -> Result<Option<(Onward, Facts)>> {
    Ok(facts_of_all(tx, &[item], way).await?.remove(&item))
}

/// The same of many items; those that nothing lets go on at this moment are not among them.
pub async fn facts_of_all(tx: &Tx, items: &[ItemId], way: Way) -> Result<BTreeMap<ItemId, (Onward, Facts)>> {
    let members = directory::organisations(tx).await?;
    let names: Names = members.into_iter().map(|o| (o.id, (o.name, o.country))).collect();
    let mut all = BTreeMap::new();
    for part in items.chunks(AT_ONCE) {
        let mut grounds = store::onward_among(tx, part, way).await?;
        grounds.retain(|_, onward| onward.live);
        if grounds.is_empty() {
            continue;
        }
        let live: Vec<ItemId> = grounds.keys().copied().collect();
        let reports: Vec<ReportId> = grounds.values().map(|o| o.report).collect::<BTreeSet<_>>().into_iter().collect();
        let reports = store::reports_among(tx, &reports).await?;
        let seen = store::seen_among(tx, &live).await?;
        let series = store::series_among(tx, &live).await?;
        for item in store::items_among(tx, &live).await? {
            let Some(onward) = grounds.remove(&item.id) else { continue };
            let (Some(judged), Some(report)) = (&item.assessment, reports.get(&onward.report)) else { continue };
            let seen = seen.get(&item.id).map(Vec::as_slice).unwrap_or_default();
            let facts = facts_of(report, &item, judged, &onward.ground, &names, seen);
            let series = match series.get(&item.id) {
                None if facts.context => Some(series_beside(tx, facts.report).await?),
                own => own.cloned(),
            };
            all.insert(item.id, (onward, Facts { series, ..facts }));
        }
    }
    Ok(all)
}

/// The series of a context picture: that of the report's other items; before they have one, the report is the series.
async fn series_beside(tx: &Tx, report: ReportId) -> Result<String> {
    let known = store::series_of_report(tx, report).await?;
    Ok(known.unwrap_or_else(|| format!("report:{report}")))
}

/// Names and countries of organisations.
type Names = BTreeMap<OrgId, (String, Option<Country>)>;

fn facts_of(
    report: &Report,
    item: &Item,
    judgement: &Assessment,
    ground: &Ground,
    names: &Names,
    seen: &[Time],
) -> Facts {
    let name = |org: OrgId| names.get(&org).map_or_else(|| org.to_string(), |(name, _)| name.clone());
    let (wide, page) = (ground.width >= Width::Item, ground.width >= Width::Page);
    let judged = Judged {
        class: judgement.class,
        country: judgement.country,
        age_group: judgement.age_group,
        gender: judgement.gender,
        note: judgement.note.clone().filter(|_| page),
        by: name(judgement.org),
        at: judgement.at,
    };
    Facts {
        item: item.id,
        report: report.id,
        hotline: name(ground.hotline),
        country: names.get(&ground.hotline).and_then(|(_, country)| *country),
        agreement: ground.name.clone(),
        version: ground.version,
        clause: ground.clause.clone(),
        context: judged.class == Class::NotIllegal,
        synthetic: judgement.synthetic,
        confirmed_by: item.confirmed_by.map(name),
        series: None,
        url: item.url.clone().filter(|_| wide),
        page: page.then(|| report.source_url.clone()),
        hosting: HostFacts {
            ip: report.hosting.ip.map(|ip| ip.to_string()).filter(|_| wide),
            country: report.hosting.country,
            network: report.hosting.network.clone(),
        },
        received_at: report.received_at,
        file: wide.then(|| crate::package::file_facts(&item.media)),
        blob: item.media.blob.filter(|_| ground.media && !item.media.erased),
        custody: custody(report, seen, &judged),
        judged,
    }
}

/// What happened to it, as the rows say.
fn custody(report: &Report, seen: &[Time], judged: &Judged) -> Vec<Event> {
    let event = |at, act: &str, who: &str| Event { at, act: act.into(), who: who.into(), purpose: None, chained: None };
    let mut events = vec![event(report.received_at, "report.accepted", "")];
    events.extend(seen.iter().map(|at| event(*at, "report.captured", "capture")));
    events.push(event(judged.at, "item.assessed", &judged.by));
    events.sort_by_key(|e| e.at);
    events
}
