//! Pictures that look alike, grouped for the desk: near-duplicates and candidates for a series. Computed when asked for,
//! from the hashes that are stored; grouping a thousand pictures takes milliseconds.

use crate::{Error, Item, Result};
use base::ItemId;
use hashlists::{Pdq, index};

/// Groups items by how alike their pictures are, `distance` bits at most from one to the next; 31 groups copies and
/// near-duplicates. Every item is in one group, in the order of the items; one that is like no other is alone.
pub fn groups(items: &[Item], distance: u32) -> Result<Vec<Vec<ItemId>>> {
    let hash = |item: &Item| {
        let bits = item.media.pdq.clone().try_into().ok()?;
        Some(Pdq { bits, quality: u8::try_from(item.media.pdq_quality).ok() })
    };
    let hashes: Vec<Option<Pdq>> = items.iter().map(hash).collect();
    let firsts = index::group(&hashes, distance)
        .map_err(|_| Error::conflict("too-many-to-group", "items", "these are too many pictures to group at once"))?;
    let mut groups: Vec<(usize, Vec<ItemId>)> = Vec::new();
    for (item, first) in items.iter().zip(firsts) {
        match groups.iter_mut().find(|(of, _)| *of == first) {
            Some((_, members)) => members.push(item.id),
            None => groups.push((first, vec![item.id])),
        }
    }
    Ok(groups.into_iter().map(|(_, members)| members).collect())
}
