//! Stage 2: the reported page is fetched as evidence. The scout's process does the fetching; here its archive and files
//! are sealed as they come, become items with a sighting each, and all of it is committed once, with the capture record.
//!
//! A hotline whose law forbids keeping media gets hashes and URLs: the bytes are looked into in memory and dropped, and
//! stand neither in the archive nor in the evidence store.

use crate::{
    Act, Capture, Error, Hands, Report, Result,
    entity::{capture, sighting},
    facts,
    flow::{self, Step},
    intake::Reach,
    store::{self, Came},
};
use ::capture::{Ended, Event, Found, FoundBy, Login, Material, Order, Payload, why_no_picture};
use agreements::directory;
use base::{Actor, CaptureId, MediaId, OrgId, ReportId, SightingId, Time};
use media::{Facts, Refused};
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use storage::{
    Tx,
    evidence::{Digests, Sealed},
    jobs,
};
use tokio::task::JoinSet;
use url::Url;

/// Asks for a fetch of a report's page; by the actor, or by itself at intake. One that is under way is enough.
pub async fn ask(tx: &Tx, report: ReportId, reach: Reach) -> Result<(CaptureId, Act)> {
    let found =
        store::report_find(tx, report).await?.filter(|r| r.reporter == tx.actor().org).ok_or(Error::NotFound)?;
    if !reach.capture {
        return Err(Error::conflict("capture-off", "id", "fetching is switched off here, see `capture.enabled`"));
    }
    begin(tx, &found).await
}

/// The queued step after a hotline granted police a re-check: fetches the page again, on its behalf.
pub(crate) async fn recheck(db: &storage::Db, job: &jobs::Job, report: ReportId) -> Result<()> {
    let tx = db.begin(&Actor::machine("capture")).await?;
    jobs::done(&tx, job).await?;
    let found = store::report_find(&tx, report).await?.ok_or(Error::NotFound)?;
    let (_, act) = begin(&tx, &found).await?;
    Ok(tx.commit(&act).await?)
}

/// Begins a fetch; one that is under way is enough.
async fn begin(tx: &Tx, found: &Report) -> Result<(CaptureId, Act)> {
    let report = found.id;
    if let Some(id) = store::capture_under_way(tx, report).await? {
        return Ok((id, Act::CaptureAsked(id, report)));
    }
    let id = tx.id(CaptureId::new)?;
    let keeps = directory::keeps_media(tx, found.reporter).await?;
    let payload = if keeps { Payload::Kept } else { Payload::HashedOnly };
    let row = capture::Model {
        id: id.0,
        report_id: report.0,
        org_id: found.reporter.0,
        asked_by: tx.actor().person().map(|p| p.0),
        asked_at: tx.now().micros(),
        started_at: None,
        ended_at: None,
        payload: store::payload_word(payload).into(),
        failed: None,
        record: None,
        archive_id: None,
        archive_sha256: None,
        archive_bytes: None,
        picture_id: None,
        picture_problem: None,
        files: 0,
    };
    store::capture_add(tx, row).await?;
    flow::queue(tx, Step::Capture(report)).await?;
    Ok((id, Act::CaptureAsked(id, report)))
}

/// Where a capture is: `asked`, `taken` or `failed`.
pub const fn state(capture: &Capture) -> &'static str {
    match (capture.ended_at, &capture.failed) {
        (None, _) => "asked",
        (Some(_), None) => "taken",
        (Some(_), Some(_)) => "failed",
    }
}

/// The one spelling of what is kept of media.
pub fn payload(payload: Payload) -> &'static str {
    store::payload_word(payload)
}

/// The captures of a report that the actor may see, newest first.
pub async fn of_report(tx: &Tx, report: ReportId) -> Result<Vec<Capture>> {
    store::captures_of(tx, report).await
}

/// A capture that the actor may see, with what it found and how that differs from the one before.
pub async fn read(tx: &Tx, id: CaptureId) -> Result<(Capture, Vec<crate::Sighting>, Option<Difference>, Act)> {
    let capture = store::capture_find(tx, id).await?.ok_or(Error::NotFound)?;
    let seen = store::sightings_of_capture(tx, id).await?;
    let earlier = store::captures_of(tx, capture.report).await?;
    let before = earlier.into_iter().find(|c| c.asked_at < capture.asked_at && c.ended_at.is_some());
    let difference = match before {
        None => None,
        Some(before) => {
            let then = store::sightings_of_capture(tx, before.id).await?;
            Some(difference(&before, &then, &capture, &seen))
        }
    };
    Ok((capture, seen, difference, Act::CaptureRead(id)))
}

/// What of a capture is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The archive (WARC 1.1).
    Archive,
    /// The picture of the page.
    Picture,
}

/// Whether the actor may see such a capture.
pub async fn exists(tx: &Tx, id: CaptureId) -> Result<()> {
    store::capture_find(tx, id).await?.map(drop).ok_or(Error::NotFound)
}

/// The archive or the picture of a capture that the actor may see. A purpose has to be given.
pub async fn open(tx: &Tx, id: CaptureId, part: Part, purpose: &str) -> Result<(base::BlobId, Act)> {
    let capture = store::capture_find(tx, id).await?.ok_or(Error::NotFound)?;
    let (blob, act): (_, fn(CaptureId, String) -> Act) = match part {
        Part::Archive => (capture.archive, Act::ArchiveOpened),
        Part::Picture => (capture.picture, Act::PictureOpened),
    };
    let blob = blob.ok_or(Error::NotFound)?;
    Ok((blob, act(id, base::one_line("purpose", purpose, 500)?)))
}

/// Whether there is such a part of a capture for the actor.
pub async fn has(tx: &Tx, id: CaptureId, part: Part) -> Result<()> {
    let capture = store::capture_find(tx, id).await?.ok_or(Error::NotFound)?;
    let blob = match part {
        Part::Archive => capture.archive,
        Part::Picture => capture.picture,
    };
    blob.map(drop).ok_or(Error::NotFound)
}

/// How two captures of the same page differ. Files are compared by content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The earlier capture.
    pub before: CaptureId,
    /// When that was.
    pub before_at: Time,
    /// URLs of files that are there now and were not.
    pub came: Vec<String>,
    /// URLs of files that were there and are gone.
    pub went: Vec<String>,
    /// Files with the same content as before.
    pub stayed: usize,
    /// What was otherwise different, as pairs: which, before, now.
    pub changed: Vec<(&'static str, String, String)>,
}

fn difference(was: &Capture, then: &[crate::Sighting], is: &Capture, now: &[crate::Sighting]) -> Difference {
    let by_content = |seen: &[crate::Sighting]| -> BTreeMap<Vec<u8>, String> {
        seen.iter().map(|s| (s.sha256.clone(), s.url.clone())).collect()
    };
    let (then, now) = (by_content(then), by_content(now));
    let only = |a: &BTreeMap<Vec<u8>, String>, b: &BTreeMap<Vec<u8>, String>| {
        a.iter().filter(|(sum, _)| !b.contains_key(*sum)).map(|(_, url)| url.clone()).collect::<Vec<_>>()
    };
    let pairs = [
        ("answer", outcome(was), outcome(is)),
        ("address", address(was), address(is)),
        ("title", title(was), title(is)),
        ("final_url", last_url(was), last_url(is)),
        ("certificate", certificate(was), certificate(is)),
    ];
    Difference {
        before: was.id,
        before_at: was.asked_at,
        came: only(&now, &then),
        went: only(&then, &now),
        stayed: now.keys().filter(|sum| then.contains_key(*sum)).count(),
        changed: pairs.into_iter().filter(|(_, a, b)| a != b).collect(),
    }
}

/// The exchange that brought the page.
fn page(c: &Capture) -> Option<&::capture::Exchange> {
    let record = c.record.as_ref()?;
    let last = record.final_url.as_ref().unwrap_or(&record.url);
    record.exchanges.iter().find(|e| &e.url == last)
}

fn outcome(c: &Capture) -> String {
    match (&c.failed, page(c).and_then(|e| e.status)) {
        (Some(why), _) => why.clone(),
        (None, Some(status)) => status.to_string(),
        (None, None) => String::new(),
    }
}

fn address(c: &Capture) -> String {
    page(c).and_then(|e| e.connected).map(|a| a.ip().to_string()).unwrap_or_default()
}

fn title(c: &Capture) -> String {
    c.record.as_ref().and_then(|r| r.title.clone()).unwrap_or_default()
}

fn last_url(c: &Capture) -> String {
    c.record.as_ref().and_then(|r| r.final_url.as_ref()).map(Url::to_string).unwrap_or_default()
}

fn certificate(c: &Capture) -> String {
    page(c).and_then(|e| e.tls.as_ref()).map(|t| t.sha256.clone()).unwrap_or_default()
}

/// The user name and password of a page, as they are sealed.
#[derive(Serialize, serde::Deserialize)]
pub(crate) struct SealedLogin {
    pub user: String,
    pub password: String,
}

/// The queued step: fetches the page and commits what came of it.
pub(crate) async fn capture(hands: &Hands, job: &jobs::Job, id: ReportId) -> Result<()> {
    let machine = Actor::machine("capture");
    let tx = hands.db.look(&machine).await?;
    let report = store::report_find(&tx, id).await?.ok_or(Error::NotFound)?;
    let under_way = store::capture_under_way(&tx, id).await?;
    let asked = match under_way {
        Some(capture) => store::capture_find(&tx, capture).await?,
        None => None,
    };
    let login = match report.login {
        Some(blob) => hands.vault.find(&tx, blob).await?,
        None => None,
    };
    drop(tx);
    let Some(asked) = asked else {
        // It was done already; the step was queued twice.
        let tx = hands.db.begin(&machine).await?;
        jobs::done(&tx, job).await?;
        return Ok(tx.commit(&Act::CaptureNotNeeded { report: id, by: report.reporter }).await?);
    };
    jobs::hold(&hands.db, job, hands.capture.total_seconds.cast_signed() + 120).await?;
    let login = match login {
        Some(locked) => Some(hands.vault.open_locked(&hands.db, locked).await?),
        None => None,
    };
    let order = order(&report, login.as_deref(), asked.payload, &hands.capture)?;
    let fetched = fetch(hands, &report, order).await?;
    let committed = commit(hands, job, &report, &asked, &fetched).await;
    if committed.is_err() {
        fetched.discard(hands).await;
    }
    committed
}

fn order(report: &Report, login: Option<&[u8]>, payload: Payload, config: &::capture::CaptureConfig) -> Result<Order> {
    let broken = |_| storage::Error::Stored("report.source_url");
    let login = login.map(serde_json::from_slice::<SealedLogin>).transpose();
    let login = login.map_err(|_| storage::Error::Stored("report.login_id"))?;
    Ok(Order {
        url: Url::parse(&report.source_url).map_err(broken)?,
        referrer: report.referrer.as_deref().map(Url::parse).transpose().map_err(broken)?,
        login: login.map(|l| Login { user: l.user, password: base::Secret::new(l.password) }),
        payload,
        config: config.clone(),
    })
}

/// A file that was fetched.
struct File {
    found: Found,
    size: u64,
    digests: Digests,
    /// Its bytes, sealed; none where media is not kept, and where another file of this page has the same.
    sealed: Option<Sealed>,
    /// What it is; only where media is not kept, and so cannot be looked into later.
    facts: Option<Result<Facts, Refused>>,
}

/// A page that was fetched, all of it lying sealed.
struct Fetched {
    ended: Ended,
    archive: Sealed,
    /// The picture of the page, or why there is none although one was wanted.
    picture: Result<Option<Sealed>, String>,
    files: Vec<File>,
}

impl Fetched {
    async fn discard(&self, hands: &Hands) {
        let picture = self.picture.as_ref().ok().and_then(Option::as_ref);
        for sealed in self.files.iter().filter_map(|f| f.sealed.as_ref()).chain([&self.archive]).chain(picture) {
            hands.vault.discard(sealed).await;
        }
    }
}

async fn fetch(hands: &Hands, report: &Report, order: Order) -> Result<Fetched> {
    let payload = order.payload;
    let why_no_picture = why_no_picture(&order.config, payload);
    let mut material = Material::default();
    let mut running = hands.scout.capture(order).await;
    let mut archive = hands.vault.begin(report.reporter, hands.db.now())?;
    let mut files = Files::new(hands, report.reporter, payload);
    let ended = loop {
        let event = running.next().await;
        if why_no_picture.is_none() {
            material.note(&event);
        }
        match event {
            Event::Page(..) => {}
            Event::Archive(bytes) => archive.write(&bytes).await?,
            Event::File(found, bytes) => files.take(*found, bytes).await?,
            Event::Ended(ended) => break *ended,
        }
    };
    let files = files.all().await?;
    let archive = archive.finish().await?;
    let picture = match why_no_picture {
        None => picture(hands, report.reporter, material, &ended).await,
        Some(why) if hands.capture.screenshot => Err(why.to_owned()),
        Some(_) => Ok(None),
    };
    Ok(Fetched { ended, archive, picture, files })
}

/// Draws the page and seals the picture; why there is none, in words. A capture is worth keeping without its picture, so
/// nothing that goes wrong here ends it.
async fn picture(hands: &Hands, org: OrgId, material: Material, ended: &Ended) -> Result<Option<Sealed>, String> {
    let Some(png) = hands.scout.draw(material, ended, &hands.capture).await? else { return Ok(None) };
    let sealed = hands.vault.put(org, hands.db.now(), &png).await;
    sealed.map(Some).map_err(|_| "the picture could not be kept".into())
}

/// Files of a page on their way into the store, some at once: each waits for the disk more than for anything else.
struct Files<'a> {
    hands: &'a Hands,
    org: OrgId,
    payload: Payload,
    /// SHA-256 of what came, to seal the same content once.
    seen: BTreeSet<[u8; 32]>,
    /// Bytes on their way.
    held: usize,
    running: JoinSet<(usize, Result<File>)>,
    came: usize,
    done: BTreeMap<usize, File>,
}

impl<'a> Files<'a> {
    /// Files and bytes on their way at once; one file more than the bytes may be.
    const AT_ONCE: usize = 16;
    const BYTES: usize = 64 << 20;

    fn new(hands: &'a Hands, org: OrgId, payload: Payload) -> Self {
        let (seen, running, done) = (BTreeSet::new(), JoinSet::new(), BTreeMap::new());
        Self { hands, org, payload, seen, held: 0, running, came: 0, done }
    }

    async fn take(&mut self, found: Found, bytes: Vec<u8>) -> Result<()> {
        while self.running.len() >= Self::AT_ONCE || (self.held + bytes.len() > Self::BYTES && self.held > 0) {
            self.one_done().await?;
        }
        let (n, repeated) = (self.came, !self.seen.insert(found.sha256));
        (self.came, self.held) = (n + 1, self.held + bytes.len());
        let (hands, org, payload) = (self.hands.clone(), self.org, self.payload);
        self.running.spawn(async move { (n, file(&hands, org, payload, repeated, found, bytes).await) });
        Ok(())
    }

    async fn one_done(&mut self) -> Result<()> {
        match self.running.join_next().await {
            None => Ok(()),
            Some(Ok((n, file))) => {
                let file = file?;
                self.held = self.held.saturating_sub(usize::try_from(file.size).unwrap_or(0));
                self.done.insert(n, file);
                Ok(())
            }
            Some(Err(_)) => Err(storage::Error::Moved.into()),
        }
    }

    /// All of them, in the order they came.
    async fn all(mut self) -> Result<Vec<File>> {
        while !self.running.is_empty() {
            self.one_done().await?;
        }
        Ok(self.done.into_values().collect())
    }
}

async fn file(
    hands: &Hands,
    org: OrgId,
    payload: Payload,
    repeated: bool,
    found: Found,
    bytes: Vec<u8>,
) -> Result<File> {
    let size = bytes.len() as u64;
    let (digests, sealed, facts) = match (payload, repeated) {
        (_, true) => (Digests::of(&bytes), None, None),
        (Payload::Kept, false) => {
            let sealed = hands.vault.put(org, hands.db.now(), &bytes).await?;
            (sealed.digests, Some(sealed), None)
        }
        (Payload::HashedOnly, false) => {
            let digests = Digests::of(&bytes);
            (digests, None, Some(facts::look_into(&hands.workshop, &Arc::new(bytes)).await))
        }
    };
    Ok(File { found, size, digests, sealed, facts })
}

async fn commit(hands: &Hands, job: &jobs::Job, report: &Report, asked: &Capture, fetched: &Fetched) -> Result<()> {
    let tx = hands.db.begin(&Actor::machine("capture")).await?;
    jobs::done(&tx, job).await?;
    let record = &fetched.ended.record;
    hands.vault.keep(&tx, &fetched.archive).await?;
    let picture = fetched.picture.as_ref().ok().and_then(Option::as_ref);
    if let Some(picture) = picture {
        hands.vault.keep(&tx, picture).await?;
    }
    let came = Came {
        started_at: record.started_at,
        ended_at: record.ended_at,
        failed: fetched.ended.failed.as_ref().map(ToString::to_string),
        record: serde_json::to_string(record).map_err(|_| storage::Error::Stored("capture.record"))?,
        archive: Some((fetched.archive.id, &fetched.archive.digests.sha256, fetched.archive.size)),
        picture: picture.map(|p| p.id),
        picture_problem: fetched.picture.as_ref().err().cloned(),
        files: fetched.files.len() as i64,
    };
    let still = if came.failed.is_none() { "there" } else { "gone" };
    store::capture_end(&tx, asked.id, came).await?;
    store::requests_rechecked(&tx, report.id, asked.id, still).await?;
    let place = store::report_rows(&tx, report.id).await?.items;
    for (place, file) in (place..).zip(&fetched.files) {
        attach(&tx, hands, report, asked, place, file).await?;
    }
    flow::note_state(&tx, report.id).await?;
    if !fetched.files.is_empty() {
        flow::queue(&tx, Step::Describe(report.id)).await?;
    }
    let act = Act::Captured {
        capture: asked.id,
        report: report.id,
        files: fetched.files.len(),
        exchanges: record.exchanges.len(),
        failed: fetched.ended.failed.is_some(),
        by: report.reporter,
    };
    Ok(tx.commit(&act).await?)
}

/// Makes a fetched file an item, unless the report has it at this URL already, and notes that it was seen.
async fn attach(tx: &Tx, hands: &Hands, report: &Report, asked: &Capture, place: i64, file: &File) -> Result<()> {
    let media = media_object(tx, hands, report.reporter, file).await?;
    let url = file.found.url.as_str();
    let (item, _) = facts::add_item(tx, report, place, media, Some(url), &name(&file.found)).await?;
    let row = sighting::Model {
        id: tx.id(SightingId::new)?.0,
        capture_id: asked.id.0,
        item_id: item.0,
        media_id: media.0,
        url: url.to_owned(),
        final_url: file.found.final_url.to_string(),
        found_by: found_by(file.found.by).into(),
        at: file.found.at.micros(),
    };
    Ok(store::sighting_add(tx, row).await?)
}

async fn media_object(tx: &Tx, hands: &Hands, org: OrgId, file: &File) -> Result<MediaId> {
    if let Some(had) = store::media_by_sha256(tx, org, &file.digests.sha256).await? {
        facts::take_in_later(tx, &hands.vault, &had, file.sealed.as_ref()).await?;
        return Ok(MediaId(had.id));
    }
    if let Some(sealed) = &file.sealed {
        hands.vault.keep(tx, sealed).await?;
    }
    let declared = file.found.declared.as_deref();
    let id = facts::add_media(tx, org, &file.digests, file.size, file.sealed.as_ref(), declared).await?;
    match &file.facts {
        Some(Ok(facts)) => facts::note_described(tx, &hands.vault, id, facts, None).await?,
        Some(Err(why)) => facts::note_trouble(tx, id, declared.unwrap_or("application/octet-stream"), why).await?,
        None => {}
    }
    Ok(id)
}

/// What people call a file: the last part of its URL's path.
fn name(found: &Found) -> String {
    let last = found.final_url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if name.is_empty() { "unnamed".into() } else { name }
}

/// The one spelling of what named a file.
pub const fn found_by(by: FoundBy) -> &'static str {
    match by {
        FoundBy::Report => "report",
        FoundBy::Image => "image",
        FoundBy::SourceSet => "source_set",
        FoundBy::Style => "style",
        FoundBy::Video => "video",
        FoundBy::Poster => "poster",
        FoundBy::Link => "link",
        FoundBy::Embed => "embed",
    }
}
