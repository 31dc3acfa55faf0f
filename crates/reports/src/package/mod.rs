//! Taking a case along: an officer says why and under which case number, and a sealed package is made of what was disclosed
//! to the LEA, as wide as it was disclosed. What the package looks like is not known here.
//!
//! 1. [`ask`] writes the justification and queues the step [`STEP`]. The officer proved again who they are before.
//! 2. Whoever makes packages calls [`order`], then [`gather`]: every fact comes through the officer's own sight, as it is
//!    then, and every file is logged as opened, with the purpose.
//! 3. [`made`] or [`refused`] ends it. [`download`] is a look of its own each time; it works for the officer who asked, while
//!    everything in the package is still disclosed, until the package is erased.

mod act;
mod contents;

pub use act::Act;
pub(crate) use contents::file_facts;
pub use contents::{
    Archive, CaseFacts, Contents, Event, FileFacts, Files, Given, HostFacts, ItemFacts, Judged, Kept, OutcomeFacts,
    PageFacts, Recipient, gather,
};

use crate::{Error, Result, case, store};
use agreements::{
    Doing,
    sign_in::{self, SignedIn},
};
use base::{BlobId, CaseId, OrgId, PackageId, PersonId, Time};
use storage::{
    Db, Page, Tx,
    evidence::{Sealed, Vault},
    jobs, keyset,
};
use uuid::Uuid;

/// Name of the queued step that makes a package.
pub const STEP: &str = "package";

/// Where a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Asked for; not made yet.
    Asked,
    /// Sealed and waiting to be taken.
    Ready,
    /// It could not be made.
    Refused,
    /// It was kept long enough, or had to go.
    Erased,
}

impl State {
    /// The one spelling.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Ready => "ready",
            Self::Refused => "refused",
            Self::Erased => "erased",
        }
    }

    /// Reads the one spelling back.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Asked, Self::Ready, Self::Refused, Self::Erased].into_iter().find(|s| s.word() == word)
    }
}

/// A package and its justification.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its id.
    pub id: PackageId,
    /// Of which case.
    pub case: CaseId,
    /// Of which LEA.
    pub org: OrgId,
    /// Who asked.
    pub person: PersonId,
    /// Why.
    pub purpose: String,
    /// The LEA's own number.
    pub case_number: String,
    /// Public key that it is encrypted to.
    pub recipient: String,
    /// Where it is.
    pub state: State,
    /// Why it could not be made, in words.
    pub problem: Option<String>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it was made.
    pub ready_at: Option<Time>,
    /// Until when it is kept.
    pub until: Option<Time>,
    /// The sealed package.
    pub blob: Option<BlobId>,
    /// Bytes, encrypted.
    pub size: Option<i64>,
    /// SHA-256 of the encrypted bytes: its entity tag.
    pub sha256: Option<Vec<u8>>,
}

/// Notes the public key that the actor's packages are encrypted to. Whether it is one was checked by whoever knows keys.
pub async fn set_key(tx: &Tx, recipient: &str) -> Result<Act> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    store::package_key_put(tx, person, recipient).await?;
    Ok(Act::KeySet(person))
}

/// Forgets the actor's key: no package can be made until there is another.
pub async fn forget_key(tx: &Tx) -> Result<Act> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    store::package_key_remove(tx, person).await?;
    Ok(Act::KeyForgotten(person))
}

/// The actor's key and since when it counts.
pub async fn key(tx: &Tx) -> Result<(Option<(String, Time)>, Act)> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    Ok((store::package_key_find(tx, person).await?, Act::KeyRead(person)))
}

/// Asks for a package of a case, with a purpose and the LEA's own case number.
pub async fn ask(tx: &Tx, case: CaseId, purpose: &str, case_number: &str) -> Result<(Package, Act)> {
    // Whether there is such a case comes first: a foreign one is "not found" whatever else was sent.
    case::exists(tx, case).await?;
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let purpose = base::one_line("purpose", purpose, 500)?;
    let case_number = base::one_line("case_number", case_number, 120)?;
    let missing = "there is no public key of yours to encrypt to, register one first";
    let (recipient, _) = store::package_key_find(tx, person)
        .await?
        .ok_or_else(|| Error::conflict("no-package-key", "recipient", missing))?;
    let package = Package {
        id: tx.id(PackageId::new)?,
        case,
        org: tx.actor().org,
        person,
        purpose: purpose.clone(),
        case_number,
        recipient,
        state: State::Asked,
        problem: None,
        created_at: tx.now(),
        ready_at: None,
        until: None,
        blob: None,
        size: None,
        sha256: None,
    };
    store::package_add(tx, &package).await?;
    jobs::enqueue(tx, STEP, package.id.0).await?;
    let act = Act::Asked(package.id, case, purpose);
    Ok((package, act))
}

/// One package of the actor's own.
pub async fn read(tx: &Tx, id: PackageId) -> Result<(Package, Act)> {
    let package = store::package_find(tx, id).await?.ok_or(Error::NotFound)?;
    Ok((package, Act::Read(id)))
}

/// The actor's own packages of a case, newest first.
pub async fn of_case(tx: &Tx, case: CaseId) -> Result<Vec<Package>> {
    case::exists(tx, case).await?;
    store::packages_of_case(tx, case).await
}

/// The actor's own packages, newest first.
pub async fn list(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Package>, Act)> {
    let rows = store::packages_page(tx, after, limit).await?;
    Ok((keyset::page(rows, limit, |p| (p.created_at.micros(), p.id.0))?, Act::ListRead))
}

/// A package that the actor may have now: their own, made, not erased, and everything in it is still disclosed.
pub async fn takeable(tx: &Tx, id: PackageId) -> Result<(Package, BlobId)> {
    let package = store::package_find(tx, id).await?.ok_or(Error::NotFound)?;
    let blob = match (package.state, package.blob) {
        (State::Ready, Some(blob)) => blob,
        (State::Asked, _) => return Err(Error::conflict("not-ready", "id", "the package is still being made")),
        _ => return Err(Error::conflict("package-gone", "id", "the package is not kept any more, make a new one")),
    };
    if !store::package_live(tx, id).await? {
        let reason = "something in the package is not disclosed as wide as it was any more, make a new one";
        return Err(Error::conflict("disclosure-changed", "id", reason));
    }
    Ok((package, blob))
}

/// Downloads a package, or a part of it.
pub async fn download(tx: &Tx, id: PackageId) -> Result<(Package, BlobId, Act)> {
    let (package, blob) = takeable(tx, id).await?;
    let act = Act::Downloaded(id, package.purpose.clone());
    Ok((package, blob, act))
}

/// What a maker of packages is to do.
pub enum Order {
    /// Make this one on behalf of this officer.
    Make(Box<(Package, SignedIn)>),
    /// Nothing: it was made, or refused, before.
    Nothing,
    /// It cannot be made: why, in words for the officer.
    Refuse(Box<Package>, &'static str),
}

/// What is to be done about a package that was asked for. The officer's rights are those of now, not of when they asked.
pub async fn order(db: &Db, id: PackageId) -> Result<Order> {
    let tx = db.look(&base::Actor::machine("packages")).await?;
    let found = store::package_find(&tx, id).await?;
    drop(tx);
    let Some(package) = found.filter(|p| p.state == State::Asked) else { return Ok(Order::Nothing) };
    let who = match sign_in::of_person(db, package.person).await {
        Ok(who) => who,
        Err(agreements::Error::SignInFirst) => {
            return Ok(Order::Refuse(package.into(), "you, or your organisation, may not use the exchange any more"));
        }
        Err(other) => return Err(other.into()),
    };
    if who.actor.org != package.org || !agreements::may(who.actor.kind, who.actor.role, Doing::TakeAlong) {
        return Ok(Order::Refuse(package.into(), "your role does not take cases along any more"));
    }
    Ok(Order::Make(Box::new((package, who))))
}

/// What was put into a package.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Files in it.
    pub files: usize,
    /// Seconds for which it is kept.
    pub keep_seconds: i64,
}

/// Notes that a package was made, in the transaction that ends its step. Says whether everything in it is still disclosed;
/// when not, nothing may be kept: call [`refused`] instead.
pub async fn made(tx: &Tx, vault: &Vault, package: &Package, sealed: &Sealed, made: Made) -> Result<Option<Act>> {
    if !store::package_live(tx, package.id).await? {
        return Ok(None);
    }
    vault.keep(tx, sealed).await?;
    let until = tx.now().plus_seconds(made.keep_seconds);
    store::package_ready(tx, package.id, sealed, until).await?;
    let (id, by) = (package.id, package.org);
    Ok(Some(Act::Made { package: id, files: made.files, purpose: package.purpose.clone(), by }))
}

/// Notes why a package could not be made.
pub async fn refused(tx: &Tx, package: &Package, why: &str) -> Result<Act> {
    store::package_refused(tx, package.id, why).await?;
    Ok(Act::Refused { package: package.id, by: package.org })
}

/// Erases packages that were kept long enough, each in a transaction of its own. Returns how many.
pub async fn sweep(db: &Db, vault: &Vault) -> Result<usize> {
    let tx = db.look(&base::Actor::machine("packages")).await?;
    let over = store::packages_over(&tx).await?;
    drop(tx);
    for package in &over {
        let tx = db.begin(&base::Actor::machine("packages")).await?;
        let erased = erase(&tx, vault, package).await?;
        tx.commit(&Act::Erased { package: package.id, by: package.org }).await?;
        vault.remove(&erased).await;
    }
    Ok(over.len())
}

/// Destroys the keys of kept packages that may hold the file behind these items; returns their objects, to be removed once the
/// act is written.
pub(crate) async fn erase_with(tx: &Tx, vault: &Vault, items: &[base::ItemId]) -> Result<Vec<BlobId>> {
    let mut objects = Vec::new();
    for package in store::packages_with(tx, items).await? {
        objects.extend(erase(tx, vault, &package).await?);
        tx.note(&Act::Erased { package: package.id, by: package.org }).await?;
    }
    Ok(objects)
}

async fn erase(tx: &Tx, vault: &Vault, package: &Package) -> Result<Vec<BlobId>> {
    if let Some(blob) = package.blob {
        vault.erase(tx, blob).await?;
    }
    store::package_erased(tx, package.id).await?;
    Ok(package.blob.into_iter().collect())
}
