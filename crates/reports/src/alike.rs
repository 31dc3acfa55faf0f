//! Pictures that look alike, grouped for the desk: near-duplicates and candidates for a series. Computed when asked for,
//! from the hashes that are stored; grouping a thousand pictures takes milliseconds.

use crate::{CaseItem, Error, Item, MediaFacts, Result};
use base::ItemId;
use hashlists::{Pdq, index};

/// Groups items by how alike their pictures are, `distance` bits at most from one to the next; 31 groups copies and
/// near-duplicates. Every item is in one group, in the order of the items; one that is like no other is alone.
pub fn groups(items: &[Item], distance: u32) -> Result<Vec<Vec<ItemId>>> {
    group(items.iter().map(|item| (item.id, pdq(&item.media))).collect(), distance)
}

/// The same for items as an LEA may see them; one that shows no digests is alone.
pub fn groups_of_case(items: &[CaseItem], distance: u32) -> Result<Vec<Vec<ItemId>>> {
    let hash = |item: &CaseItem| (item.id, item.detail.as_ref().and_then(|(_, media)| pdq(media)));
    group(items.iter().map(hash).collect(), distance)
}

fn pdq(media: &MediaFacts) -> Option<Pdq> {
    let bits = media.pdq.clone().try_into().ok()?;
    Some(Pdq { bits, quality: u8::try_from(media.pdq_quality).ok() })
}

fn group(items: Vec<(ItemId, Option<Pdq>)>, distance: u32) -> Result<Vec<Vec<ItemId>>> {
    let (ids, hashes): (Vec<ItemId>, Vec<Option<Pdq>>) = items.into_iter().unzip();
    let firsts = index::group(&hashes, distance)
        .map_err(|_| Error::conflict("too-many-to-group", "items", "these are too many pictures to group at once"))?;
    let mut groups: Vec<(usize, Vec<ItemId>)> = Vec::new();
    for (id, first) in ids.into_iter().zip(firsts) {
        match groups.iter_mut().find(|(of, _)| *of == first) {
            Some((_, members)) => members.push(id),
            None => groups.push((first, vec![id])),
        }
    }
    Ok(groups.into_iter().map(|(_, members)| members).collect())
}
