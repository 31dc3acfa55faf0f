//! What the block list may know of an item whose agreement lets it go on there, and which of such items an LEA was told of.
//! The loading dock asks here; who decides that it goes on is routing.

use crate::{
    Capture, Result, Traced,
    flow::{self, Step},
    intake::Reach,
    onward::{self, Way},
    store,
};
use base::{AgeGroup, BlobId, Class, Country, ItemId, ReportId, Synthetic, Time, Width};
use storage::Tx;

/// An item that goes on to the block list.
#[derive(Clone, Debug)]
pub struct Known {
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// Its own URL, or its page's.
    pub url: String,
    /// What it is.
    pub class: Class,
    /// Whether it shows somebody real.
    pub synthetic: Synthetic,
    /// Apparent age of the youngest victim.
    pub age_group: AgeGroup,
    /// Whether a person judged it, or confirmed that judgement for the hosting country.
    pub by_person: bool,
    /// Name of the hotline that judged.
    pub judged_by: String,
    /// When.
    pub judged_at: Time,
    /// When it was last seen online.
    pub seen_at: Time,
    /// SHA-256 of the file.
    pub sha256: Vec<u8>,
    /// IP address of its host.
    pub ip: Option<String>,
    /// Country of its host.
    pub country: Option<Country>,
    /// Network of its host.
    pub network: Option<String>,
    /// Registrar of the domain, as far as it was looked up.
    pub registrar: Option<String>,
    /// Country of the domain's registrant, as far as it was looked up.
    pub registrant: Option<Country>,
    /// The sealed picture of the page, where the clause gives pages with their files.
    pub picture: Option<BlobId>,
    /// Name of the agreement.
    pub agreement: String,
    /// The clause.
    pub clause: String,
}

/// What is to be known of an item, as wide as the clause lets it go on; `None` when nothing lets it at this moment, or not with
/// its place and its file's digest. For the exchange's own machinery.
pub async fn known(tx: &Tx, item: ItemId) -> Result<Option<Known>> {
    let Some((onward, facts)) = onward::facts(tx, item, Way::Domains).await? else { return Ok(None) };
    let Some(found) = store::item_find(tx, item).await? else { return Ok(None) };
    let Some(judged) = &found.assessment else { return Ok(None) };
    let (Some(url), Some(_)) = (facts.url.or(facts.page), &facts.file) else { return Ok(None) };
    let by_person = store::judged_by_person(tx, judged.id).await? && judged.inherited_from.is_none();
    let captures = store::captures_of(tx, onward.report).await?;
    let sightings = store::sightings_of_item(tx, item).await?;
    let seen = sightings.iter().map(|s| s.at).fold(facts.received_at, Time::max);
    let (registrar, registrant) = registered(&store::traces_of(tx, onward.report).await?);
    let pages = onward.ground.media && onward.ground.width >= Width::Page;
    Ok(Some(Known {
        item,
        report: onward.report,
        url,
        class: facts.judged.class,
        synthetic: facts.synthetic,
        age_group: facts.judged.age_group,
        by_person: by_person || found.confirmed_by.is_some(),
        judged_by: facts.judged.by,
        judged_at: facts.judged.at,
        seen_at: seen,
        sha256: found.media.sha256.clone(),
        ip: facts.hosting.ip,
        country: facts.hosting.country,
        network: facts.hosting.network,
        registrar,
        registrant,
        picture: pages.then(|| newest_picture(&captures)).flatten(),
        agreement: facts.agreement,
        clause: facts.clause,
    }))
}

fn newest_picture(captures: &[Capture]) -> Option<BlobId> {
    captures.iter().filter(|c| c.picture.is_some()).max_by_key(|c| c.asked_at).and_then(|c| c.picture)
}

/// Registrar and country of the registrant by the newest trace that knows them.
fn registered(history: &[Traced]) -> (Option<String>, Option<Country>) {
    let mut found: Vec<&Traced> = history.iter().filter(|t| t.found.is_some()).collect();
    found.sort_by_key(|t| std::cmp::Reverse(t.at));
    let domains = || found.iter().filter_map(|t| t.found.as_ref()?.domain.as_ref());
    (domains().find_map(|d| d.registrar.clone()), domains().find_map(|d| d.registrant_country))
}

/// Whether an item was there when its page was fetched after a time: yes, no, or nobody looked with success.
pub async fn there_since(tx: &Tx, item: ItemId, report: ReportId, since: Time) -> Result<Option<bool>> {
    if store::sightings_of_item(tx, item).await?.iter().any(|s| s.at >= since) {
        return Ok(Some(true));
    }
    let looked = store::captures_of(tx, report).await?;
    Ok(looked.iter().any(|c| c.asked_at >= since && c.ended_at.is_some()).then_some(false))
}

/// Has the page of a report fetched and its host looked up again, as far as that is switched on.
pub async fn look_again(tx: &Tx, report: ReportId, reach: Reach) -> Result<()> {
    if reach.capture {
        flow::queue(tx, Step::Recheck(report)).await?;
    }
    if reach.trace {
        flow::queue(tx, Step::Trace(report)).await?;
    }
    Ok(())
}
