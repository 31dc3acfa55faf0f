//! From the queue into a parcel: takes what is due of one hotline, reads the facts as they are now, packs and seals them once.
//! What cannot be packed is parked with the reason and keeps nothing else back.

use super::{
    act::Act,
    config::IcseConfig,
    dispatch::{Dispatch, Parcel, Tells},
    lease,
    parcel::{Failed, Head, Packing, Wanted},
    plan::{State, Telling},
    store::{self, Row},
};
use crate::{
    Result, Signer,
    age::{Chance, Recipient},
};
use base::{Actor, BlobId, DispatchId, OrgId, ParcelId};
use reports::onward::{self, Facts, Way};
use std::collections::BTreeMap;
use storage::{
    Db, Tx,
    evidence::{Locked, Sealed, Sealing, Vault},
};

/// Seconds until it is asked again whether what lets an item go on binds.
const GROUNDLESS_SECONDS: i64 = 60;

/// What packing needs.
pub struct Press<'a> {
    /// The database.
    pub db: &'a Db,
    /// Where sealed files are, and parcels come.
    pub vault: &'a Vault,
    /// Signs manifests.
    pub signer: &'a Signer,
    /// Program and version, as manifests name it.
    pub tool: &'a str,
    /// Limits, and whom parcels are sealed for.
    pub config: &'a IcseConfig,
}

/// Packs what is due, if anything is.
///
/// # Errors
/// The database cannot be read or written.
pub async fn next(press: &Press<'_>) -> Result<bool> {
    let tx = press.db.begin(&Actor::machine("identification")).await?;
    if let Some(abandoned) = store::parcel_abandoned(&tx).await? {
        tx.commit(&Act::Unpacked(abandoned)).await?;
        return Ok(true);
    }
    let due = store::dispatches_due(&tx, press.config.parcel_items).await?;
    let Some(first) = due.first() else { return Ok(false) };
    let (id, hotline) = (tx.id(ParcelId::new)?, first.hotline);
    store::parcel_add(&tx, id, hotline, due.len(), lease::SECONDS).await?;
    let ids: Vec<DispatchId> = due.iter().map(|row| row.id).collect();
    store::dispatches_set(&tx, &ids, store::Set { state: State::Packed, parcel: Some(id), reason: None, wait: 0 })
        .await?;
    tx.commit(&Act::Packed(id, due.len(), 0)).await?;
    Box::pin(pack(press, id, hotline, due)).await?;
    Ok(true)
}

/// What is to be packed, and what is not, and why.
#[derive(Default)]
struct Sorted {
    dispatches: Vec<Dispatch>,
    locked: BTreeMap<BlobId, Locked>,
    /// Back into the queue: there is no room, or what lets it go on does not bind at this moment.
    later: Vec<(DispatchId, i64)>,
    parked: Vec<(DispatchId, String)>,
}

async fn pack(press: &Press<'_>, id: ParcelId, hotline: OrgId, due: Vec<Row>) -> Result<()> {
    let mut sorted = gather(press, &due).await?;
    loop {
        if sorted.dispatches.is_empty() {
            return end(press, id, &sorted, None).await;
        }
        let sealing = press.vault.begin(hotline, press.db.now())?;
        match lease::kept(press.db, id, 1, seal(press, id, &sorted, sealing)).await? {
            Ok((parcel, sealed)) => {
                let kept = end(press, id, &sorted, Some((&parcel, &sealed))).await;
                if kept.is_err() {
                    press.vault.discard(&sealed).await;
                }
                return kept;
            }
            // The others go without it.
            Err(changed) => sorted.park_file(&changed),
        }
    }
}

impl Sorted {
    fn park_file(&mut self, sha256: &str) {
        let (bad, good) = std::mem::take(&mut self.dispatches).into_iter().partition(|d| file_of(d) == Some(sha256));
        self.dispatches = good;
        let bad: Vec<Dispatch> = bad;
        let why = "its sealed file is not what was hashed when it came in";
        self.parked.extend(bad.iter().map(|d| (d.id, why.to_owned())));
    }
}

fn file_of(dispatch: &Dispatch) -> Option<&str> {
    match &dispatch.tells {
        Tells::New(facts) | Tells::Correction(facts) => facts.file.as_ref().map(|f| f.sha256.as_str()),
        Tells::Withdrawal(_) => None,
    }
}

/// Reads the facts of what is due, as they are now.
async fn gather(press: &Press<'_>, due: &[Row]) -> Result<Sorted> {
    let tx = press.db.look(&Actor::machine("identification")).await?;
    let told = due.iter().filter(|row| row.tells != Telling::Withdrawal).map(|row| row.item);
    let mut facts = onward::facts_of_all(&tx, &told.collect::<Vec<_>>(), Way::Identification).await?;
    let (mut sorted, mut bytes) = (Sorted::default(), 0);
    for row in due {
        let facts = facts.remove(&row.item).map(|(_, facts)| facts);
        one(press, &tx, row, facts, &mut sorted, &mut bytes).await?;
    }
    Ok(sorted)
}

async fn one(
    press: &Press<'_>,
    tx: &Tx,
    row: &Row,
    facts: Option<Facts>,
    sorted: &mut Sorted,
    bytes: &mut u64,
) -> Result<()> {
    let told = |tells| Dispatch { id: row.id, item: row.item, version: row.version, tells };
    if row.tells == Telling::Withdrawal {
        let why = "nothing in the agreement lets it go on any more";
        sorted.dispatches.push(told(Tells::Withdrawal(why.into())));
        return Ok(());
    }
    let Some(mut facts) = facts else {
        sorted.later.push((row.id, GROUNDLESS_SECONDS));
        return Ok(());
    };
    let size = facts.blob.and(facts.file.as_ref()).map_or(0, |f| f.size.unsigned_abs());
    if !sorted.dispatches.is_empty() && *bytes + size > press.config.parcel_bytes {
        sorted.later.push((row.id, 0));
        return Ok(());
    }
    if let Some(blob) = facts.blob {
        match press.vault.find(tx, blob).await {
            Ok(Some(locked)) => _ = sorted.locked.insert(blob, locked),
            // Erased meanwhile: its facts go without the file.
            Ok(None) | Err(storage::Error::Erased(_)) => facts.blob = None,
            Err(other) => return Err(other.into()),
        }
    }
    *bytes += size;
    let facts = Box::new(facts);
    sorted.dispatches.push(told(match row.tells {
        Telling::Correction => Tells::Correction(facts),
        Telling::New | Telling::Withdrawal => Tells::New(facts),
    }));
    Ok(())
}

/// Packs and seals; `Err` within: the SHA-256 of a file that is not what it was.
async fn seal(
    press: &Press<'_>,
    id: ParcelId,
    sorted: &Sorted,
    mut sealing: Sealing,
) -> Result<Result<(Parcel, Sealed), String>> {
    match stream(press, id, sorted, &mut sealing).await {
        Ok(parcel) => Ok(Ok((parcel, sealing.finish().await?))),
        Err(Stopped::Changed(sha256)) => {
            sealing.abort().await;
            Ok(Err(sha256))
        }
        Err(Stopped::Storage(error)) => {
            sealing.abort().await;
            Err(error.into())
        }
    }
}

enum Stopped {
    Changed(String),
    Storage(storage::Error),
}

impl From<storage::Error> for Stopped {
    fn from(error: storage::Error) -> Self {
        Self::Storage(error)
    }
}

impl From<Failed> for Stopped {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Changed(sha256) => Self::Changed(sha256),
            other => {
                tracing::error!(%other, "a parcel cannot be packed");
                Self::Storage(storage::Error::Stored("parcel"))
            }
        }
    }
}

async fn stream(press: &Press<'_>, id: ParcelId, sorted: &Sorted, sealing: &mut Sealing) -> Result<Parcel, Stopped> {
    let chance = press.db.chance();
    let chance = Chance { ephemeral: chance.bytes()?, file_key: chance.bytes()?, nonce: chance.bytes()? };
    let recipient = match press.config.recipient.as_str() {
        "" => None,
        text => Some(Recipient::parse(text).map_err(|_| storage::Error::Stored("icse.recipient"))?),
    };
    let head =
        Head { parcel: id, at: press.db.now(), tool: press.tool, seal: recipient.as_ref().map(|r| (r, &chance)) };
    let mut out = Vec::new();
    let mut packing = Packing::new(&head, &sorted.dispatches, &mut out)?;
    while let Some(wanted) = packing.next().cloned() {
        file(press, sorted, &wanted, &mut packing, &mut out, sealing).await?;
    }
    let parcel = packing.finish(press.signer, &mut out)?;
    sealing.write(&out).await?;
    Ok(parcel)
}

async fn file(
    press: &Press<'_>,
    sorted: &Sorted,
    wanted: &Wanted,
    packing: &mut Packing,
    out: &mut Vec<u8>,
    sealing: &mut Sealing,
) -> Result<(), Stopped> {
    let locked = sorted.locked.get(&wanted.blob).cloned().ok_or(storage::Error::Missing(wanted.blob))?;
    let mut opening = match press.vault.unlock(press.db, locked).await {
        Ok(opening) => opening,
        Err(error) => return Err(unreadable(wanted, error)),
    };
    packing.begin(&wanted.sha256, out)?;
    loop {
        match opening.next().await {
            Ok(Some(bytes)) => packing.bytes(&bytes, out)?,
            Ok(None) => break,
            Err(error) => return Err(unreadable(wanted, error)),
        }
        sealing.write(out).await?;
        out.clear();
    }
    packing.end(out)?;
    Ok(())
}

/// A sealed file that cannot be opened is that item's trouble alone; a store that is away is everybody's.
fn unreadable(wanted: &Wanted, error: storage::Error) -> Stopped {
    match error {
        storage::Error::Missing(_) | storage::Error::Erased(_) | storage::Error::Unsealed(_) => {
            Stopped::Changed(wanted.sha256.clone())
        }
        other => Stopped::Storage(other),
    }
}

/// Ends packing: the parcel may leave, and what is not in it knows why.
async fn end(press: &Press<'_>, id: ParcelId, sorted: &Sorted, packed: Option<(&Parcel, &Sealed)>) -> Result<()> {
    let tx = press.db.begin(&Actor::machine("identification")).await?;
    for (dispatch, wait) in &sorted.later {
        let set = store::Set { state: State::Queued, parcel: None, reason: None, wait: *wait };
        store::dispatches_set(&tx, &[*dispatch], set).await?;
    }
    for (dispatch, why) in &sorted.parked {
        let set = store::Set { state: State::Parked, parcel: None, reason: Some(why), wait: 0 };
        store::dispatches_set(&tx, &[*dispatch], set).await?;
    }
    match packed {
        Some((parcel, sealed)) => {
            press.vault.keep(&tx, sealed).await?;
            store::parcel_ready(&tx, parcel, sealed.id, sorted.dispatches.len()).await?;
        }
        None => _ = store::parcel_end(&tx, id).await?,
    }
    Ok(tx.commit(&Act::Packed(id, sorted.dispatches.len(), sorted.parked.len())).await?)
}
