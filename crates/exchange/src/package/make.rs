//! Makes a package that was asked for. Bytes of evidence pass through a block at a time: opened, put into the archive, sealed
//! for the officer, sealed again for the store. Memory stays at the facts and a few blocks, however large the media.
//!
//! The officer's rights and the disclosures are asked when the work begins and again in the transaction that ends it: what was
//! withdrawn meanwhile takes the whole package with it.

use super::{
    facts::{DOCUMENTS, Failed, TRACE, archive_path, media_path},
    manifest::{Disclosed, Listed, Manifest, SIGNATURE_CONTEXT},
    pack::{Pack, listed},
};
use crate::{
    Signer,
    age::{Chance, Recipient, Trouble},
};
use base::{Actor, BlobId, PackageId};
use reports::package::{self, Act, Contents, Files, ItemFacts, Order, Package};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use storage::{
    Db,
    evidence::{Sealed, Sealing, Vault},
    jobs::{self, Job},
};
use tokio::time::Instant;

/// Seconds for which a step is held while it works.
const HELD_SECONDS: i64 = 60;
/// Seconds for which it is held while the facts are read.
const READING_SECONDS: i64 = 300;
/// How often it is said how far a step is.
const SAY_EVERY: Duration = Duration::from_millis(500);

/// What packages are made with.
#[derive(Clone)]
pub struct Made<'a> {
    /// The database.
    pub db: &'a Db,
    /// Sealed evidence, and where packages are kept.
    pub vault: &'a Vault,
    /// Signs manifests.
    pub signer: &'a Arc<Signer>,
    /// Program and version, as manifests name it.
    pub tool: &'a str,
    /// Seconds for which a package is kept.
    pub keep_seconds: i64,
}

/// Why a package was not made.
#[derive(Debug, thiserror::Error)]
enum Stopped {
    /// It cannot be: why, in words for the officer.
    #[error("{0}")]
    Refused(String),
    /// The spine or the cellar failed; the step is tried again.
    #[error(transparent)]
    Reports(#[from] reports::Error),
    /// The cellar failed; the step is tried again.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// A document cannot be made.
    #[error(transparent)]
    Document(#[from] Failed),
    /// The cipher failed.
    #[error(transparent)]
    Cipher(#[from] Trouble),
}

/// Takes the next package from the queue, if there is one. A step that fails goes back and is tried again, later each time.
///
/// # Errors
/// The queue cannot be read.
pub async fn work(with: &Made<'_>) -> Result<bool, storage::Error> {
    let Some(job) = jobs::take(with.db, &[package::STEP]).await? else { return Ok(false) };
    match make(with, &job, PackageId(job.subject)).await {
        Ok(()) => {}
        Err(error) => {
            tracing::warn!(job = %job.id, %error, "a package could not be made and goes back to the queue");
            jobs::failed(with.db, &job, &error.to_string()).await?;
        }
    }
    Ok(true)
}

/// Makes one package, or notes why it cannot be made.
///
/// # Errors
/// What may work another time.
async fn make(with: &Made<'_>, job: &Job, id: PackageId) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let made = match package::order(with.db, id).await? {
        Order::Nothing => return Ok(end(with, job, None).await?),
        Order::Refuse(package, why) => return Ok(end(with, job, Some((&package, why))).await?),
        Order::Make(order) => {
            let (package, who) = *order;
            match put_together(with, job, &package, &who).await {
                Ok((sealed, files)) => return Ok(keep(with, job, &package, &sealed, files).await?),
                Err(stopped) => (package, stopped),
            }
        }
    };
    let (package, stopped) = made;
    let why = match stopped {
        Stopped::Refused(why) => why,
        Stopped::Reports(reports::Error::NotFound) => "nothing of the case is disclosed any more".into(),
        Stopped::Storage(storage::Error::Erased(_)) => "a file was erased meanwhile, ask for a new package".into(),
        other => return Err(other.into()),
    };
    Ok(end(with, job, Some((&package, &why))).await?)
}

/// Ends the step without a package.
async fn end(with: &Made<'_>, job: &Job, refused: Option<(&Package, &str)>) -> reports::Result<()> {
    let tx = with.db.begin(&Actor::machine("packages")).await?;
    jobs::done(&tx, job).await?;
    let act = match refused {
        Some((package, why)) => package::refused(&tx, package, why).await?,
        None => Act::NotNeeded,
    };
    Ok(tx.commit(&act).await?)
}

/// Ends the step with its package, when everything in it is still disclosed and its officer may still have it.
async fn keep(with: &Made<'_>, job: &Job, package: &Package, sealed: &Sealed, files: usize) -> reports::Result<()> {
    let kept = keep_or_not(with, job, package, sealed, files).await;
    if !matches!(kept, Ok(true)) {
        with.vault.discard(sealed).await;
    }
    match kept? {
        true => Ok(()),
        false => end(with, job, Some((package, "what was disclosed changed meanwhile, ask for a new package"))).await,
    }
}

async fn keep_or_not(
    with: &Made<'_>,
    job: &Job,
    package: &Package,
    sealed: &Sealed,
    files: usize,
) -> reports::Result<bool> {
    if !matches!(package::order(with.db, package.id).await?, Order::Make(_)) {
        return Ok(false);
    }
    let tx = with.db.begin(&Actor::machine("packages")).await?;
    let made = package::Made { files, keep_seconds: with.keep_seconds };
    let Some(act) = package::made(&tx, with.vault, package, sealed, made).await? else { return Ok(false) };
    jobs::done(&tx, job).await?;
    tx.commit(&act).await?;
    Ok(true)
}

/// Reads the facts as the officer sees them and seals everything into one object.
async fn put_together(
    with: &Made<'_>,
    job: &Job,
    package: &Package,
    who: &agreements::sign_in::SignedIn,
) -> Result<(Sealed, usize), Stopped> {
    let recipient = Recipient::parse(&package.recipient).map_err(|why| Stopped::Refused(why.to_string()))?;
    // A case of very many items takes its time to read.
    jobs::hold(with.db, job, READING_SECONDS).await?;
    let tx = with.db.begin(&who.actor).await?;
    let (contents, locked, act) = package::gather(&tx, with.vault, package, who).await?;
    tx.commit(&act).await?;
    let chance = with.db.chance();
    let chance = Chance { ephemeral: chance.bytes()?, file_key: chance.bytes()?, nonce: chance.bytes()? };
    let now = with.db.now();
    let sealing = with.vault.begin(package.org, now)?;
    let total = total(&contents);
    let mut press = Press { with, job, sealing, pack: None, out: Vec::new(), done: 0, total, said: Instant::now() };
    press.pack = Some(Pack::new(Some((&recipient, &chance)), &mut press.out)?);
    match press.all(Arc::new(contents), &locked).await {
        Ok(files) => Ok((press.sealing.finish().await?, files)),
        Err(error) => {
            press.sealing.abort().await;
            Err(error)
        }
    }
}

/// About how many bytes of evidence go in; archives are not counted.
fn total(contents: &Contents) -> u64 {
    contents
        .items
        .iter()
        .filter(|i| i.open.is_some())
        .filter_map(|i| i.file.as_ref())
        .map(|f| f.size.unsigned_abs())
        .sum()
}

/// Puts everything in, in order.
struct Press<'a> {
    with: &'a Made<'a>,
    job: &'a Job,
    sealing: Sealing,
    pack: Option<Pack>,
    out: Vec<u8>,
    done: u64,
    total: u64,
    said: Instant,
}

impl Press<'_> {
    async fn all(&mut self, contents: Arc<Contents>, locked: &Files) -> Result<usize, Stopped> {
        for document in &DOCUMENTS {
            let (of, tool) = (Arc::clone(&contents), self.with.tool.to_owned());
            let make = document.make;
            let bytes = blocking(move || make(&of, &tool)).await??;
            self.whole(document.path, document.media_type, bytes).await?;
        }
        if let Some(trace) = &contents.trace {
            let bytes = serde_json::to_vec_pretty(trace).map_err(Failed::Json)?;
            self.whole(TRACE, "application/json", bytes).await?;
        }
        for archive in &contents.archives {
            let file =
                Listed { capture: Some(archive.capture), ..listed(&archive_path(archive.capture), "application/warc") };
            self.evidence(file, archive.blob, archive.sha256.as_deref(), locked).await?;
        }
        for (sha256, items) in by_file(&contents) {
            let Some((first, blob)) = items.iter().find_map(|i| Some((*i, i.open.as_ref()?.0))) else { continue };
            let kind = first.file.as_ref().map_or("application/octet-stream", |f| f.kind.as_str());
            let of = items.iter().map(|i| Disclosed { item: i.id, given: i.given.clone() }).collect();
            let file = Listed { items: of, ..listed(&media_path(sha256), kind) };
            self.evidence(file, blob, Some(sha256), locked).await?;
        }
        let signer = Arc::clone(self.with.signer);
        let (tool, of) = (self.with.tool.to_owned(), contents);
        let Some(pack) = self.pack.take() else { return Err(Trouble::Cipher.into()) };
        let mut out = std::mem::take(&mut self.out);
        let (files, out) = blocking(move || {
            let manifest = |files, key| Manifest::new(&of, files, &tool, key);
            let files = pack.finish(SIGNATURE_CONTEXT, manifest, &signer, &mut out)?;
            Ok::<_, Trouble>((files, out))
        })
        .await??;
        self.sealing.write(&out).await?;
        Ok(files)
    }

    /// A document that is all here.
    async fn whole(&mut self, path: &'static str, media_type: &'static str, bytes: Vec<u8>) -> Result<(), Stopped> {
        self.press(move |pack, out| pack.file(path, media_type, &bytes, out)).await
    }

    /// A sealed object, as it is opened. The next block is opened while the one before is put in.
    async fn evidence(
        &mut self,
        file: Listed,
        blob: BlobId,
        sha256: Option<&str>,
        locked: &Files,
    ) -> Result<(), Stopped> {
        let path = file.path.clone();
        let locked = locked.get(&blob).cloned().ok_or(storage::Error::Missing(blob))?;
        let mut opening = self.with.vault.unlock(self.with.db, locked).await?;
        self.press(move |pack, out| pack.begin(file, out)).await?;
        let mut block = opening.next().await?;
        while let Some(bytes) = block {
            self.done += bytes.len() as u64;
            let (next, pressed) = tokio::join!(opening.next(), self.press(move |pack, out| pack.bytes(&bytes, out)));
            pressed?;
            block = next?;
        }
        let ended = self.press(|pack, out| pack.end(out)).await?;
        match sha256 {
            Some(expected) if expected != ended => {
                tracing::error!(path, "sealed evidence is not what was hashed when it came in");
                Err(Stopped::Refused(format!("`{path}` is not what was hashed when it came in")))
            }
            _ => Ok(()),
        }
    }

    /// Does something with the package where blocking is fine, and seals what came of it.
    async fn press<T: Send + 'static>(
        &mut self,
        with: impl FnOnce(&mut Pack, &mut Vec<u8>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Stopped> {
        let Some(mut pack) = self.pack.take() else { return Err(Trouble::Cipher.into()) };
        let mut out = std::mem::take(&mut self.out);
        let (done, pack, mut out) = blocking(move || {
            let done = with(&mut pack, &mut out);
            (done, pack, out)
        })
        .await?;
        self.pack = Some(pack);
        self.sealing.write(&out).await?;
        out.clear();
        self.out = out;
        if self.said.elapsed() > SAY_EVERY {
            self.said = Instant::now();
            jobs::advance(self.with.db, self.job, HELD_SECONDS, self.done, self.total.max(self.done)).await?;
        }
        Ok(done?)
    }
}

/// Items whose file opens, by their file.
fn by_file(contents: &Contents) -> BTreeMap<&str, Vec<&ItemFacts>> {
    let mut files: BTreeMap<&str, Vec<&ItemFacts>> = BTreeMap::new();
    for item in &contents.items {
        if let Some((_, sha256)) = &item.open {
            files.entry(sha256.as_str()).or_default().push(item);
        }
    }
    files
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stopped> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Stopped::Cipher(Trouble::Cipher))
}
