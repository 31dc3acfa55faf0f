//! An item's chain of custody (ISO/IEC 27037): what happened to the object behind it, by whom and why, from the actor's
//! own organisation's log, which is chained. Every organisation prints what it did itself.

use crate::{Act, Capture, Error, Item, Result, Sighting, store};
use base::{CaseId, ItemId, OrgKind, Time};
use std::collections::BTreeSet;
use storage::{
    Tx,
    audit_log::{self, Filter, Numbered},
};
use uuid::Uuid;

/// Entries read for one subject at most.
const MOST: u64 = 1000;
/// Acts on a report that concern every object of it.
const OF_REPORT: [&str; 5] =
    ["report.accepted", "report.files_added", "report.described", "report.compared", "report.routed"];

/// An item's chain of custody.
#[derive(Clone, Debug)]
pub struct Custody {
    /// The item.
    pub item: Item,
    /// For an LEA: its case.
    pub case: Option<CaseId>,
    /// Where and when it was seen, oldest first.
    pub sightings: Vec<Sighting>,
    /// The capture that first brought it, where one did.
    pub capture: Option<Capture>,
    /// What happened, oldest first.
    pub events: Vec<Numbered>,
    /// Time of printing.
    pub at: Time,
}

/// The chain of custody of an item that the actor may open.
pub async fn read(tx: &Tx, id: ItemId) -> Result<(Custody, Act)> {
    let (item, case) = match tx.actor().kind {
        OrgKind::Hotline => (store::item_find(tx, id).await?, None),
        OrgKind::Lea => match store::item_disclosed(tx, id).await? {
            Some((item, case)) => (Some(item), Some(case)),
            None => (None, None),
        },
        OrgKind::Interpol | OrgKind::Asp | OrgKind::Network => (None, None),
    };
    let item = item.ok_or(Error::NotFound)?;
    let captures = store::captures_of(tx, item.report).await?;
    let visible: BTreeSet<_> = captures.iter().map(|c| c.id).collect();
    let mut sightings = store::sightings_of_item(tx, id).await?;
    sightings.retain(|s| visible.contains(&s.capture));
    sightings.reverse();
    let first = sightings.first().map(|s| s.capture);
    let capture = captures.into_iter().find(|c| Some(c.id) == first);
    let events = events(tx, &item, &visible.into_iter().map(|c| c.0).collect::<Vec<_>>()).await?;
    Ok((Custody { item, case, sightings, capture, events, at: tx.now() }, Act::CustodyRead(id)))
}

async fn events(tx: &Tx, item: &Item, captures: &[Uuid]) -> Result<Vec<Numbered>> {
    let mut all = about(tx, item.id.0).await?;
    let of_report = about(tx, item.report.0).await?;
    all.extend(of_report.into_iter().filter(|n| OF_REPORT.contains(&n.entry.act.as_str())));
    for disclosure in store::disclosure_ids_of(tx, item.id).await? {
        all.extend(about(tx, disclosure).await?);
    }
    let objects = [item.media.blob, item.media.preview].into_iter().flatten().map(|blob| blob.0);
    for subject in captures.iter().copied().chain(objects) {
        all.extend(about(tx, subject).await?);
    }
    all.retain(|n| n.entry.act != "item.read" && n.entry.act != "capture.read");
    all.sort_by_key(|n| (n.entry.at, n.entry.id));
    Ok(all)
}

async fn about(tx: &Tx, subject: Uuid) -> Result<Vec<Numbered>> {
    Ok(audit_log::entries(tx, &Filter { subject: Some(subject), ..Filter::default() }, MOST).await?)
}
