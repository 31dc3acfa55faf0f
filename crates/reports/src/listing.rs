//! An officer puts items of a case onto a hash list of the own LEA's: only what was disclosed to it with its digests, and
//! only where the clause that disclosed it lets it go on to a hash list. The entry remembers its case, for the publisher's
//! eyes; who reads the list is the list's terms.

use crate::{Act, Error, Item, Result, case, store};
use agreements::{Doing, require, treaty};
use base::{AgreementId, CaseId, Class, ItemId, ListId, Refusal, Width};
use hashlists::{Digests, Hashes, List, ListClass, Pdq, Says, entry, list, write};
use std::collections::BTreeSet;
use storage::Tx;

/// Most items at once.
pub const MOST_ITEMS: usize = 500;

/// Which items of the actor's case may go onto a hash list.
pub async fn listable(tx: &Tx, case: CaseId) -> Result<Vec<Item>> {
    let allowed = allowed(tx, case).await?;
    let items = store::items_of_case(tx, case).await?.into_iter();
    let fine = |(item, given): &(Item, crate::Disclosure)| {
        given.width >= Width::Item
            && allowed.contains(&item.id)
            && item.assessment.as_ref().is_some_and(|a| a.class != Class::NotIllegal)
    };
    Ok(items.filter(fine).map(|(item, _)| item).collect())
}

/// Items of a case that were disclosed by a clause which lets them go on to a hash list. The network's default lane is no
/// agreement and lets nothing go on.
async fn allowed(tx: &Tx, case: CaseId) -> Result<BTreeSet<ItemId>> {
    let mut allowed = BTreeSet::new();
    let given = store::clauses_of_case(tx, case).await?;
    let agreements: BTreeSet<AgreementId> = given.iter().map(|g| g.agreement).collect();
    for agreement in agreements {
        let versions = treaty::one(tx, agreement).await?;
        for one in given.iter().filter(|g| g.agreement == agreement) {
            let lanes = versions.iter().find(|v| v.version == one.version).map(|v| v.document.lanes.as_slice());
            let onward = lanes.unwrap_or_default().iter().find(|l| l.clause == one.clause).map(|l| l.onward);
            if onward.is_some_and(|o| o.hash_list) {
                allowed.insert(one.item);
            }
        }
    }
    Ok(allowed)
}

/// Puts items of the actor's case onto a list of the actor's; all or none.
pub async fn put(tx: &Tx, case: CaseId, to: ListId, items: &[ItemId]) -> Result<(write::Written, Act)> {
    require(tx.actor(), Doing::PublishList)?;
    case::exists(tx, case).await?;
    let list = list::own(tx, to).await?;
    let items: BTreeSet<ItemId> = items.iter().copied().collect();
    if items.is_empty() || items.len() > MOST_ITEMS {
        let reason = format!("choose 1 to {MOST_ITEMS} items");
        return Err(Refusal::new("items", "item-count", reason).into());
    }
    let listable = listable(tx, case).await?;
    let mut rows = Vec::with_capacity(items.len());
    for id in &items {
        let item = listable.iter().find(|i| i.id == *id).ok_or_else(|| {
            let reason = "an item is not in this case, or what disclosed it does not let its hashes go on to a list";
            Error::from(Refusal::new("items", "not-for-lists", reason))
        })?;
        rows.push(row(&list, case, item)?);
    }
    let (written, act) = entry::put(tx, &list, rows).await?;
    tx.note(&act).await?;
    Ok((written, Act::CaseListed(case, to, items.len())))
}

fn row(list: &List, case: CaseId, item: &Item) -> Result<write::Row, Refusal> {
    let judged = item.assessment.as_ref();
    let fits = match (list.class, judged.map(|a| (a.class, a.country))) {
        (ListClass::Context, Some(_)) | (ListClass::National, Some((Class::Baseline, _))) => true,
        (ListClass::National, Some((Class::National, country))) => country == list.country,
        (ListClass::Baseline, Some((class, _))) => class == Class::Baseline,
        (ListClass::National, Some((Class::NotIllegal, _))) | (_, None) => false,
    };
    if !fits {
        let reason = "an item is illegal by the law of another country than the list's";
        return Err(Refusal::new("items", "another-country", reason));
    }
    let hashes = hashes(item);
    let says = Says {
        class: list.class,
        age_group: judged.map_or(base::AgeGroup::Unknown, |a| a.age_group),
        gender: judged.map_or(base::Gender::Unknown, |a| a.gender),
    };
    Ok(write::Row {
        line: 1,
        source_id: write::Row::key(&hashes),
        says,
        hashes,
        record: "{}".into(),
        provenance: Some(format!("case {case}, item {}", item.id)),
        ..write::Row::default()
    })
}

fn hashes(item: &Item) -> Hashes {
    let media = &item.media;
    let digests = Digests {
        md5: media.md5.as_slice().try_into().ok(),
        sha1: media.sha1.as_slice().try_into().ok(),
        sha256: media.sha256.as_slice().try_into().ok(),
    };
    let bits: Option<[u8; 32]> = media.pdq.as_slice().try_into().ok();
    let quality = u8::try_from(media.pdq_quality).ok();
    // A PDQ of nothing is no PDQ: a video's, or of a file that could not be looked into.
    let pdq = bits.map(|bits| Pdq { bits, quality }).filter(|p| p.unmatchable().is_none());
    Hashes { digests, pdq, ..Hashes::default() }
}
