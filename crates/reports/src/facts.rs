//! Stage 3: files are looked into (type, dimensions, hashes, preview). What a person uploads is described before it is
//! taken, [`receive`] then [`attach`], and refused when it cannot be; what a capture found is sealed first and described
//! afterwards, by the queued step, and marked when it cannot be. The slow part always runs outside the transaction.

use crate::{
    Act, Error, Hands, Result, compare,
    entity::{item, media_object},
    flow::{self, Step},
    store::{self, Described, ToDescribe},
};
use agreements::directory;
use base::{Actor, ItemId, MediaId, OrgId, ReportId};
use hashlists::Lists;
use media::{Facts, Kind, Refused, Workshop};
use std::sync::Arc;
use storage::{
    Db, Tx,
    evidence::{Digests, Sealed, Sealing, Vault},
    jobs,
};
use tokio::task::JoinSet;
use url::Url;

/// What is said of a file before its bytes come.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its name as sent, checked to be one line.
    pub name: String,
    /// The type it was declared to be; `None` or `application/octet-stream`: nothing was said.
    pub declared: Option<String>,
    /// Its own URL, where one was given.
    pub url: Option<Url>,
}

/// A file that is coming in. It is sealed as it comes; as much of it as the workshop takes is held to be looked into.
/// Dropped or aborted, nothing of it stays.
pub struct Receiving {
    said: Said,
    org: OrgId,
    /// Where its bytes go; nowhere for a hotline that may not keep media.
    sealing: Option<Sealing>,
    held: Vec<u8>,
    most: u64,
    size: u64,
}

/// A file looked into and lying sealed in the evidence store, not yet part of a report.
#[derive(Debug)]
pub struct Prepared {
    name: String,
    url: Option<String>,
    looked: Looked,
    digests: Digests,
    size: u64,
    /// `None` when this organisation has the same content already, or may not keep any.
    original: Option<Sealed>,
    preview: Option<Sealed>,
}

impl Prepared {
    /// SHA-256 of its bytes.
    pub fn sha256(&self) -> &[u8; 32] {
        &self.digests.sha256
    }
}

/// An item made of a file.
#[derive(Clone, Copy, Debug)]
pub struct Attached {
    /// The item.
    pub id: ItemId,
    /// Whether the content had been assessed before.
    pub known: bool,
}

/// For whom files are taken, and whether their bytes may be kept.
#[derive(Clone, Copy, Debug)]
pub struct Shelf {
    org: OrgId,
    keeps: bool,
}

/// An organisation's shelf. Asked for once an upload.
pub async fn shelf(db: &Db, org: OrgId) -> Result<Shelf> {
    let tx = db.look(&Actor::machine("facts")).await?;
    Ok(Shelf { org, keeps: directory::keeps_media(&tx, org).await? })
}

/// Begins to take a file.
pub fn receive(db: &Db, vault: &Vault, workshop: &Workshop, shelf: Shelf, said: Said) -> Result<Receiving> {
    let sealing = if shelf.keeps { Some(vault.begin(shelf.org, db.now())?) } else { None };
    Ok(Receiving { said, org: shelf.org, sealing, held: Vec::new(), most: workshop.limits().max_bytes, size: 0 })
}

impl Receiving {
    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes more bytes. After an error, abort.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.size += bytes.len() as u64;
        if self.size <= self.most {
            self.held.extend_from_slice(bytes);
        } else if self.sealing.is_none() {
            return Err(Error::File { name: self.said.name.clone(), why: Refused::TooLarge { limit: self.most } });
        } else {
            // Too much to be looked into. Its beginning still says what it is.
            let missing = SNIFFED.saturating_sub(self.held.len());
            self.held.extend(bytes.iter().take(missing));
            self.held.truncate(SNIFFED);
            self.held.shrink_to_fit();
        }
        match &mut self.sealing {
            Some(sealing) => Ok(sealing.write(bytes).await?),
            None => Ok(()),
        }
    }

    /// Looks into the file and ends its sealing. A damaged file, or one of no type that is taken, is refused and nothing of
    /// it stays; one that is too large or too dangerous to be looked into is taken, and says so.
    pub async fn finish(self, db: &Db, vault: &Vault, workshop: &Arc<Workshop>) -> Result<Prepared> {
        let Self { said, org, sealing, held, most, size } = self;
        // The store flushes while the workshop looks.
        let (looked, original) = tokio::join!(look(workshop, held, size, most), sealed(sealing));
        let original = original?;
        let honest = match &looked {
            Ok(Ok(facts)) => honest_type(&said.name, said.declared.as_deref(), facts.kind),
            Ok(Err((kind, _))) => honest_type(&said.name, said.declared.as_deref(), *kind),
            Err(why) => Err(Error::File { name: said.name.clone(), why: why.clone() }),
        };
        if let Err(refused) = honest {
            if let Some(original) = &original {
                vault.discard(original).await;
            }
            return Err(refused);
        }
        let looked = looked.map_err(|why| Error::File { name: said.name.clone(), why })?;
        keep_what_is_new(db, vault, org, said, looked, original, size).await
    }

    /// Gives up; nothing of it stays.
    pub async fn abort(self) {
        if let Some(sealing) = self.sealing {
            sealing.abort().await;
        }
    }
}

/// Bytes by which a type is told.
const SNIFFED: usize = 4096;

/// What a file is; of one that is too large or too dangerous to be looked into, its type by its first bytes and why no
/// more is known.
type Looked = Result<Facts, (Kind, Refused)>;

async fn sealed(sealing: Option<Sealing>) -> Result<Option<Sealed>> {
    match sealing {
        Some(sealing) => Ok(Some(sealing.finish().await?)),
        None => Ok(None),
    }
}

async fn look(workshop: &Arc<Workshop>, held: Vec<u8>, size: u64, most: u64) -> Result<Looked, Refused> {
    let head: Vec<u8> = held.iter().copied().take(SNIFFED).collect();
    if size > most {
        return marked(&head, Refused::TooLarge { limit: most });
    }
    match look_into(workshop, &Arc::new(held)).await {
        Ok(facts) => Ok(Ok(facts)),
        Err(why @ (Refused::WorkerDied | Refused::TimedOut)) => marked(&head, why),
        Err(why) => Err(why),
    }
}

fn marked(head: &[u8], why: Refused) -> Result<Looked, Refused> {
    match Kind::sniff(head) {
        Some(kind) => Ok(Err((kind, why))),
        None => Err(Refused::UnknownType),
    }
}

/// Drops the sealed bytes when the organisation has the same content already, otherwise seals the preview too.
async fn keep_what_is_new(
    db: &Db,
    vault: &Vault,
    org: OrgId,
    said: Said,
    looked: Looked,
    original: Option<Sealed>,
    size: u64,
) -> Result<Prepared> {
    let digests = match (&looked, &original) {
        (_, Some(original)) => original.digests,
        (Ok(facts), None) => Digests { md5: facts.md5, sha1: facts.sha1, sha256: facts.sha256 },
        (Err((_, why)), None) => return Err(Error::File { name: said.name, why: why.clone() }),
    };
    let tx = db.look(&Actor::machine("facts")).await?;
    let have = store::media_by_sha256(&tx, org, &digests.sha256).await?.is_some_and(|had| had.blob_id.is_some());
    drop(tx);
    let (original, preview) = match original {
        Some(original) if have => {
            vault.discard(&original).await;
            (None, None)
        }
        Some(original) => {
            let preview = seal_preview(db, vault, org, &looked).await;
            if preview.is_err() {
                vault.discard(&original).await;
            }
            (Some(original), preview?)
        }
        None => (None, None),
    };
    let Said { name, url, .. } = said;
    Ok(Prepared { name, url: url.map(String::from), looked, digests, size, original, preview })
}

async fn seal_preview(db: &Db, vault: &Vault, org: OrgId, looked: &Looked) -> Result<Option<Sealed>> {
    match looked {
        Ok(facts) => Ok(Some(vault.put(org, db.now(), &facts.preview_png).await?)),
        Err(_) => Ok(None),
    }
}

/// Takes a file whose bytes are all here.
pub async fn prepare(
    db: &Db,
    vault: &Vault,
    workshop: &Arc<Workshop>,
    org: OrgId,
    said: Said,
    bytes: &[u8],
) -> Result<Prepared> {
    let mut receiving = receive(db, vault, workshop, shelf(db, org).await?, said)?;
    if let Err(error) = receiving.write(bytes).await {
        receiving.abort().await;
        return Err(error);
    }
    receiving.finish(db, vault, workshop).await
}

/// What a file is, by the workshop; whatever happens there, there is an answer.
pub(crate) async fn look_into(workshop: &Arc<Workshop>, bytes: &Arc<Vec<u8>>) -> Result<Facts, Refused> {
    let (bench, input) = (Arc::clone(workshop), Arc::clone(bytes));
    tokio::task::spawn_blocking(move || bench.describe(&input)).await.unwrap_or(Err(Refused::WorkerDied))
}

/// A rendition of a file for people to look at (JPEG), made in the cage.
pub async fn rendition(workshop: &Arc<Workshop>, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let bench = Arc::clone(workshop);
    let made = tokio::task::spawn_blocking(move || bench.rendition(&bytes)).await.unwrap_or(Err(Refused::WorkerDied));
    made.map_err(|why| Error::File { name: "the file".into(), why })
}

/// Takes back what was sealed for files that did not become items.
pub async fn discard(vault: &Vault, prepared: &[Prepared]) {
    for file in prepared {
        for sealed in file.original.iter().chain(&file.preview) {
            vault.discard(sealed).await;
        }
    }
}

fn honest_type(name: &str, declared: Option<&str>, kind: Kind) -> Result<()> {
    let found = kind.mime();
    let Some(declared) = declared.map(|d| d.split(';').next().unwrap_or(d).trim().to_ascii_lowercase()) else {
        return Ok(());
    };
    let silent = declared.is_empty() || declared == "application/octet-stream";
    if silent || declared == found || (declared == "image/jpg" && found == "image/jpeg") {
        return Ok(());
    }
    Err(Error::LyingType { name: name.to_owned(), declared: declared.chars().take(60).collect(), found })
}

/// Makes prepared files items of a report the actor's hotline took in. A file that is already there at the same URL is
/// not added again; content assessed before brings its judgement along.
pub async fn attach(
    tx: &Tx,
    vault: &Vault,
    lists: &Lists,
    report: ReportId,
    most: usize,
    prepared: &[Prepared],
) -> Result<(Vec<Attached>, Act)> {
    let found =
        store::report_find(tx, report).await?.filter(|r| r.reporter == tx.actor().org).ok_or(Error::NotFound)?;
    let have = store::report_rows(tx, report).await?.items;
    if usize::try_from(have).unwrap_or(0) + prepared.len() > most {
        let reason = format!("a report has at most {most} files, split it");
        return Err(Error::conflict("too-many-files", "file", reason));
    }
    let mut attached = Vec::with_capacity(prepared.len());
    for (place, file) in (have..).zip(prepared) {
        attached.push(attach_one(tx, vault, lists, &found, place, file).await?);
    }
    flow::note_state(tx, report).await?;
    flow::queue(tx, Step::Route(report)).await?;
    let known = attached.iter().filter(|a| a.known).count();
    let act = Act::FilesAdded(report, attached.len(), known);
    Ok((attached, act))
}

async fn attach_one(
    tx: &Tx,
    vault: &Vault,
    lists: &Lists,
    report: &crate::Report,
    place: i64,
    file: &Prepared,
) -> Result<Attached> {
    let media = media_object(tx, vault, file).await?;
    let (id, new) = add_item(tx, report, place, media, file.url.as_deref(), &file.name).await?;
    let known = if new {
        compare::one(tx, lists, id, report, &file.digests.sha256).await?
    } else {
        store::item_known(tx, id).await?
    };
    Ok(Attached { id, known })
}

/// The item of a report with this file at this URL, and whether it is new. It still has to be compared.
pub(crate) async fn add_item(
    tx: &Tx,
    report: &crate::Report,
    place: i64,
    media: MediaId,
    url: Option<&str>,
    name: &str,
) -> Result<(ItemId, bool)> {
    if let Some(id) = store::item_same(tx, report.id, media, url).await? {
        return Ok((id, false));
    }
    let id = tx.id(ItemId::new)?;
    let row = item::Model {
        id: id.0,
        report_id: report.id.0,
        reporter_id: report.reporter.0,
        owner_id: None,
        media_id: media.0,
        place,
        url: url.map(str::to_owned),
        file_name: name.to_owned(),
        assigned_country: None,
        assessment_id: None,
        class: None,
        confirmed_by: None,
        known: false,
        waits_for_owner: false,
        routed_at: None,
        version: 1,
        created_at: tx.now().micros(),
        compared_at: None,
    };
    store::item_add(tx, row).await?;
    Ok((id, true))
}

/// The organisation's media object with this content: the one it has, or a new one around what was sealed.
async fn media_object(tx: &Tx, vault: &Vault, file: &Prepared) -> Result<MediaId> {
    let org = tx.actor().org;
    let id = match store::media_by_sha256(tx, org, &file.digests.sha256).await? {
        Some(had) => {
            take_in_later(tx, vault, &had, file.original.as_ref()).await?;
            MediaId(had.id)
        }
        None => {
            if let Some(original) = &file.original {
                vault.keep(tx, original).await?;
            }
            add_media(tx, org, &file.digests, file.size, file.original.as_ref(), None).await?
        }
    };
    match &file.looked {
        Ok(facts) => note_described(tx, vault, id, facts, file.preview.as_ref()).await?,
        Err((kind, why)) => note_trouble(tx, id, kind.mime(), why).await?,
    }
    Ok(id)
}

/// Sealed bytes of content the organisation has a media object of: somebody was first since they were sealed, the same
/// file stands twice in one request, or it was known by its hashes only.
pub(crate) async fn take_in_later(tx: &Tx, vault: &Vault, had: &store::Had, original: Option<&Sealed>) -> Result<()> {
    match (original, had.blob_id) {
        (Some(original), None) => {
            vault.keep(tx, original).await?;
            store::media_keep(tx, MediaId(had.id), original.id).await
        }
        (Some(original), Some(_)) => {
            vault.discard(original).await;
            Ok(())
        }
        (None, _) => Ok(()),
    }
}

/// A media object that nobody has looked into yet; `kind` is what its server declared.
pub(crate) async fn add_media(
    tx: &Tx,
    org: OrgId,
    digests: &Digests,
    size: u64,
    original: Option<&Sealed>,
    kind: Option<&str>,
) -> Result<MediaId> {
    let id = tx.id(MediaId::new)?;
    let row = media_object::Model {
        id: id.0,
        org_id: org.0,
        sha256: digests.sha256.to_vec(),
        md5: digests.md5.to_vec(),
        sha1: digests.sha1.to_vec(),
        pdq: Vec::new(),
        pdq_quality: 0,
        kind: kind.unwrap_or("application/octet-stream").into(),
        size: size.cast_signed(),
        width: 0,
        height: 0,
        blob_id: original.map(|o| o.id.0),
        preview_id: None,
        created_at: tx.now().micros(),
        duration_ms: None,
        described_at: None,
        trouble: None,
    };
    store::media_add(tx, row).await?;
    Ok(id)
}

/// Notes what a file turned out to be, once.
pub(crate) async fn note_described(
    tx: &Tx,
    vault: &Vault,
    id: MediaId,
    facts: &Facts,
    preview: Option<&Sealed>,
) -> Result<()> {
    let described = Described {
        kind: facts.kind.mime().into(),
        pdq: facts.pdq.map(|p| p.bits.to_vec()).unwrap_or_default(),
        pdq_quality: facts.pdq.map_or(0, |p| i64::from(p.quality)),
        width: i64::from(facts.width),
        height: i64::from(facts.height),
        duration_ms: facts.video.as_ref().map(|v| v.duration_ms.cast_signed()),
        trouble: None,
    };
    if !store::media_describe(tx, id, described).await? {
        if let Some(preview) = preview {
            vault.discard(preview).await;
        }
        return Ok(());
    }
    if let Some(preview) = preview {
        vault.keep(tx, preview).await?;
        store::media_set_preview(tx, id, preview.id).await?;
    }
    for frame in facts.video.iter().flat_map(|v| &v.frames) {
        let quality = i64::from(frame.pdq.quality);
        store::media_frame_add(tx, id, frame.at_ms.cast_signed(), &frame.pdq.bits, quality).await?;
    }
    if let Some(device) = &facts.device {
        let noted = serde_json::to_string(device).map_err(|_| storage::Error::Stored("media_device.noted"))?;
        store::media_device_add(tx, id, &noted).await?;
    }
    Ok(())
}

/// Notes that a file cannot be looked into, and why. It stays an item, with its digests, for a person to decide about.
pub(crate) async fn note_trouble(tx: &Tx, id: MediaId, kind: &str, why: &Refused) -> Result<()> {
    let trouble = Some(why.to_string());
    store::media_describe(tx, id, Described { kind: kind.into(), trouble, ..Described::default() }).await?;
    Ok(())
}

/// A file looked into, its preview sealed.
struct LookedInto {
    media: MediaId,
    facts: Result<Facts, Refused>,
    preview: Option<Sealed>,
}

/// The queued step after a capture: looks into every sealed file of a report that nobody has looked into.
pub(crate) async fn describe(hands: &Hands, job: &jobs::Job, report: ReportId) -> Result<()> {
    let machine = Actor::machine("facts");
    let tx = hands.db.look(&machine).await?;
    let found = store::report_find(&tx, report).await?.ok_or(Error::NotFound)?;
    let waiting = store::media_to_describe(&tx, report).await?;
    drop(tx);
    let looked = look_into_all(hands, job, waiting).await?;
    let tx = hands.db.begin(&machine).await?;
    jobs::done(&tx, job).await?;
    let mut unreadable = 0;
    for one in &looked {
        match &one.facts {
            Ok(facts) => note_described(&tx, &hands.vault, one.media, facts, one.preview.as_ref()).await?,
            Err(why) => {
                unreadable += 1;
                note_trouble(&tx, one.media, "application/octet-stream", why).await?;
            }
        }
    }
    flow::note_state(&tx, report).await?;
    flow::queue(&tx, Step::Compare(report)).await?;
    let act = Act::Described { report, files: looked.len(), unreadable, by: found.reporter };
    Ok(tx.commit(&act).await?)
}

/// Looks into files, a few at once so that memory stays at a few files. Nothing is lost: an unreadable one says why.
async fn look_into_all(hands: &Hands, job: &jobs::Job, waiting: Vec<ToDescribe>) -> Result<Vec<LookedInto>> {
    const AT_ONCE: usize = 3;
    let (mut looked, mut running) = (Vec::with_capacity(waiting.len()), JoinSet::new());
    for (n, file) in waiting.into_iter().enumerate() {
        if n % 20 == 0 {
            jobs::hold(&hands.db, job, 300).await?;
        }
        if running.len() >= AT_ONCE {
            looked.extend(joined(running.join_next().await)?);
        }
        running.spawn(look_into_one(hands.clone(), file));
    }
    while !running.is_empty() {
        looked.extend(joined(running.join_next().await)?);
    }
    Ok(looked)
}

fn joined(one: Option<Result<Result<LookedInto>, tokio::task::JoinError>>) -> Result<Option<LookedInto>> {
    match one {
        None => Ok(None),
        Some(Ok(looked)) => looked.map(Some),
        Some(Err(_)) => Err(storage::Error::Moved.into()),
    }
}

async fn look_into_one(hands: Hands, file: ToDescribe) -> Result<LookedInto> {
    let (media, org) = (MediaId(file.id), OrgId(file.org_id));
    let limit = hands.workshop.limits().max_bytes;
    if file.size.unsigned_abs() > limit {
        return Ok(LookedInto { media, facts: Err(Refused::TooLarge { limit }), preview: None });
    }
    let tx = hands.db.look(&Actor::machine("facts")).await?;
    let locked = hands.vault.find(&tx, base::BlobId(file.blob_id)).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let bytes = Arc::new(hands.vault.open_locked(&hands.db, locked).await?);
    let facts = look_into(&hands.workshop, &bytes).await;
    drop(bytes);
    let preview = match &facts {
        Ok(facts) => Some(hands.vault.put(org, hands.db.now(), &facts.preview_png).await?),
        Err(_) => None,
    };
    Ok(LookedInto { media, facts, preview })
}
