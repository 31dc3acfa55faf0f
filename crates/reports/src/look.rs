//! Looking: a hotline at its reports and items, a hotline or an LEA at a file. Every look has an act.

use crate::{
    Act, Disclosure, Error, Item, Listed, MediaFacts, Outcome, Report, Result, Sighting, Withheld, flow::State, store,
};
use base::{BlobId, CaseId, ItemId, OrgKind, ReportId};
use std::collections::{BTreeMap, BTreeSet};
use storage::{Page, Tx, keyset};
use uuid::Uuid;

/// One page of the reports that the actor's hotline took in, newest first.
pub async fn reports(tx: &Tx, state: Option<State>, after: Option<(i64, Uuid)>, limit: u64) -> Result<Page<Listed>> {
    let rows = store::reports_page(tx, state, after, limit).await?;
    Ok(keyset::page(rows, limit, |r| (r.report.created_at.micros(), r.report.id.0))?)
}

/// A report with everything the actor's hotline may see of it.
#[derive(Clone, Debug)]
pub struct FullReport {
    /// The report.
    pub report: Report,
    /// Its items: all for the reporting hotline, the owned ones for another.
    pub items: Vec<Item>,
    /// Disclosures in force.
    pub disclosures: Vec<Disclosure>,
    /// What was kept back.
    pub withheld: Vec<Withheld>,
    /// What police said, newest first.
    pub outcomes: Vec<Outcome>,
}

/// One report that the actor's hotline took in or owns an item of.
pub async fn report(tx: &Tx, id: ReportId) -> Result<(FullReport, Act)> {
    let report = store::report_find(tx, id).await?.ok_or(Error::NotFound)?;
    let full = FullReport {
        report,
        items: with_findings(tx, store::items_of(tx, id).await?).await?,
        disclosures: store::disclosures_of(tx, id).await?,
        withheld: store::withheld_of(tx, id).await?,
        outcomes: store::outcomes_of_report(tx, id).await?,
    };
    Ok((full, Act::ReportRead(id)))
}

/// Whether there is such a report for the actor's hotline.
pub async fn exists(tx: &Tx, id: ReportId) -> Result<()> {
    store::report_find(tx, id).await?.map(drop).ok_or(Error::NotFound)
}

/// One item that the actor's hotline reported or owns.
pub async fn item(tx: &Tx, id: ItemId) -> Result<(Item, Act)> {
    let item = store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    let item = with_findings(tx, vec![item]).await?.pop().ok_or(Error::NotFound)?;
    Ok((item, Act::ItemRead(id)))
}

async fn with_findings(tx: &Tx, mut items: Vec<Item>) -> Result<Vec<Item>> {
    let ids: Vec<_> = items.iter().map(|i| i.id).collect();
    let found = store::findings_of(tx, &ids).await?;
    for item in &mut items {
        item.findings = found.iter().filter(|f| f.item == item.id).cloned().collect();
    }
    Ok(items)
}

/// Where and when an item that the actor's hotline reported or owns was seen, newest first.
pub async fn sightings(tx: &Tx, id: ItemId) -> Result<(Vec<Sighting>, Act)> {
    store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    Ok((store::sightings_of_item(tx, id).await?, Act::ItemRead(id)))
}

/// What the device noted in the file of an item the actor may open the file of; nothing when it noted nothing.
pub async fn device(tx: &Tx, id: ItemId) -> Result<(Option<media::Device>, Act)> {
    file(tx, id).await?;
    Ok((store::device_of(tx, id).await?, Act::DeviceRead(id)))
}

/// Time from the start in milliseconds, hash and quality of each frame looked at of an item's video.
pub async fn frames(tx: &Tx, id: ItemId) -> Result<Vec<(i64, Vec<u8>, i64)>> {
    store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    store::frames_of(tx, id).await
}

/// Disclosures in force of one item that the actor's hotline reported or owns.
pub async fn disclosures(tx: &Tx, item: &Item) -> Result<Vec<Disclosure>> {
    let all = store::disclosures_of(tx, item.report).await?;
    Ok(all.into_iter().filter(|d| d.item == item.id).collect())
}

/// Reports that the actor's hotline took in or owns an item of, each asked for once.
pub async fn reports_of(tx: &Tx, ids: BTreeSet<ReportId>) -> Result<BTreeMap<ReportId, Report>> {
    let mut reports = BTreeMap::new();
    for id in ids {
        reports.insert(id, store::report_find(tx, id).await?.ok_or(Error::NotFound)?);
    }
    Ok(reports)
}

/// An item whose file the actor may open; for an LEA with its case, and without the name the hotline gave the file.
pub async fn openable(tx: &Tx, id: ItemId) -> Result<(Item, Option<CaseId>, Act)> {
    let found = match tx.actor().kind {
        OrgKind::Hotline => store::item_find(tx, id).await?.map(|item| (item, None)),
        OrgKind::Lea => store::item_disclosed(tx, id).await?.map(|(item, case)| (item, Some(case))),
        OrgKind::Interpol | OrgKind::Asp | OrgKind::Network => None,
    };
    let (item, case) = found.ok_or(Error::NotFound)?;
    Ok((item, case, Act::ItemRead(id)))
}

/// Items that wait for the actor's hotline to judge them, oldest first; of one report when asked.
pub async fn to_assess(
    tx: &Tx,
    report: Option<ReportId>,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Page<(Item, i64)>> {
    let rows = store::items_to_assess(tx, report, after, limit).await?;
    Ok(keyset::page(rows, limit, |(item, at)| (*at, item.id.0))?)
}

/// How many items wait for the actor's hotline, counted to 1,000.
pub async fn count_to_assess(tx: &Tx) -> Result<i64> {
    store::items_to_assess_count(tx).await
}

/// Items of other hotlines that are hosted in the actor's country and wait for its own judgement, oldest first.
pub async fn to_confirm(tx: &Tx) -> Result<Vec<Item>> {
    store::items_to_confirm(tx).await
}

/// The degraded preview of an item the actor may see the file of.
pub async fn preview(tx: &Tx, id: ItemId) -> Result<(BlobId, Act)> {
    let media = file(tx, id).await?;
    Ok((media.preview.ok_or(Error::NotFound)?, Act::Previewed(id)))
}

/// The original of an item the actor may see the file of. A purpose has to be given.
pub async fn original(tx: &Tx, id: ItemId, purpose: &str) -> Result<(BlobId, String, Act)> {
    let purpose = base::one_line("purpose", purpose, 500)?;
    let media = file(tx, id).await?;
    Ok((media.blob.ok_or_else(not_kept)?, media.kind, Act::Opened(id, purpose)))
}

/// Seconds in which a look has to be taken after its purpose was given.
const LOOK_SECONDS: i64 = 60;

/// Notes why a person wants to open an item's original, and the digest of a secret that opens it once, soon.
pub async fn give_purpose(tx: &Tx, id: ItemId, purpose: &str, digest: &[u8]) -> Result<Act> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    file(tx, id).await?.blob.ok_or_else(not_kept)?;
    let purpose = base::one_line("purpose", purpose, 500)?;
    store::look_add(tx, digest, id, person, &purpose, tx.now().plus_seconds(LOOK_SECONDS)).await?;
    Ok(Act::PurposeGiven(id, purpose))
}

/// Keeps why a person looks into a case, for the session: a further file of the same case opens by it in one click, and
/// each look is noted with it. Only for an LEA's cases; a session is named by a digest.
pub async fn keep_purpose(tx: &Tx, id: ItemId, session: &[u8], purpose: &str) -> Result<()> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    if tx.actor().kind != OrgKind::Lea {
        return Ok(());
    }
    let purpose = base::one_line("purpose", purpose, 500)?;
    let (_, case) = store::item_disclosed(tx, id).await?.ok_or(Error::NotFound)?;
    store::purpose_keep(tx, session, case, person, &purpose).await
}

/// Why the actor looks into a case, as said in this session.
pub async fn kept_purpose(tx: &Tx, case: CaseId, session: &[u8]) -> Result<Option<String>> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    store::purpose_kept(tx, session, case, person).await
}

/// Takes a look that a purpose was given for; once, by the same person, for the same item.
pub async fn take(tx: &Tx, id: ItemId, digest: &[u8]) -> Result<(BlobId, String, Act)> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let purpose = store::look_take(tx, digest, id, person).await?.ok_or(Error::NotFound)?;
    original(tx, id, &purpose).await
}

/// Whether there is such an item, with a file, for the actor: before anything is said about what was sent.
pub async fn has_file(tx: &Tx, id: ItemId) -> Result<()> {
    file(tx, id).await.map(drop)
}

fn not_kept() -> Error {
    Error::conflict(
        "media-not-kept",
        "item",
        "the hotline's law forbids keeping media, only hashes and the URL are here",
    )
}

async fn file(tx: &Tx, id: ItemId) -> Result<MediaFacts> {
    let found = match tx.actor().kind {
        OrgKind::Hotline => store::item_find(tx, id).await?.map(|item| item.media),
        OrgKind::Lea => store::item_disclosed(tx, id).await?.map(|(item, _)| item.media),
        OrgKind::Interpol | OrgKind::Asp | OrgKind::Network => None,
    };
    found.ok_or(Error::NotFound)
}
