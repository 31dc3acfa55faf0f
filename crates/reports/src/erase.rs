//! Erasing: the keys of an item's file are destroyed, so that nobody opens it any more wherever copies of its sealed bytes
//! lie. Hashes, judgements, disclosures and the log stay. Everything that holds the file goes with it: its preview, what the
//! device noted in it, archive and picture of each capture that found it, and packages of its cases that are still kept,
//! because the same bytes stand in them; other
//! files of those captures are sealed by themselves and stay. A file is stored once for all items of a hotline that it is
//! behind, so it goes for all of them, and the chain of custody of each says so.

use crate::{Act, Error, Result, package, store};
use base::{BlobId, ItemId, MediaId, OrgId, Scope};
use storage::{Tx, evidence::Vault};

/// What was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Sealed objects whose keys are destroyed. Hand them to [`Vault::remove`] once the act is written.
    pub objects: Vec<BlobId>,
    /// Items that the file is behind.
    pub items: usize,
    /// Captures whose archive and picture went with it.
    pub captures: usize,
}

/// Erases the file behind an item that the actor's hotline reported; the exchange's operator may for any. A reason has to be
/// given. Nothing can bring it back.
pub async fn item(tx: &Tx, vault: &Vault, id: ItemId, reason: &str) -> Result<(Erased, Act)> {
    let reason = base::one_line("reason", reason, 500)?;
    let found = store::item_find(tx, id).await?.ok_or(Error::NotFound)?;
    if found.reporter != tx.actor().org && tx.actor().scope() != Scope::Exchange {
        return Err(Error::NotFound);
    }
    let kept = store::media_of_item(tx, id).await?.ok_or(Error::NotFound)?;
    if kept.erased_at.is_some() {
        return Err(Error::conflict("already-erased", "item", "the file behind this item was erased before"));
    }
    let (media, by) = (MediaId(kept.id), OrgId(kept.org_id));
    let mut objects: Vec<BlobId> = kept.blob_id.into_iter().chain(kept.preview_id).map(BlobId).collect();
    if objects.is_empty() {
        return Err(Error::conflict("media-not-kept", "item", "there are no bytes to erase, only hashes and the URL"));
    }
    let captures = store::captures_of_media(tx, media).await?;
    for (capture, holding) in &captures {
        if erase_all(tx, vault, holding).await? > 0 {
            tx.note(&Act::CaptureErased { capture: *capture, reason: reason.clone(), by }).await?;
        }
    }
    erase_all(tx, vault, &objects).await?;
    store::media_erase(tx, media).await?;
    objects.extend(captures.iter().flat_map(|(_, holding)| holding));
    let items = store::items_of_media(tx, media).await?;
    objects.extend(package::erase_with(tx, vault, &items).await?);
    let act = |item| Act::ItemErased { item, reason: reason.clone(), objects: objects.len(), by };
    for other in items.iter().filter(|other| **other != id) {
        tx.note(&act(*other)).await?;
    }
    let erased = Erased { items: items.len(), captures: captures.len(), objects: objects.clone() };
    Ok((erased, act(id)))
}

/// Destroys keys; returns how many there still were.
async fn erase_all(tx: &Tx, vault: &Vault, objects: &[BlobId]) -> Result<usize> {
    let mut erased = 0;
    for object in objects {
        erased += usize::from(vault.erase(tx, *object).await?);
    }
    Ok(erased)
}
