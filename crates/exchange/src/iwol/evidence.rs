//! Evidence on domains: one row for each item that a hotline's agreement lets go on to the list, filed under the domain that
//! somebody registered. The exchange's own machinery keeps it up, and with it which domains are candidates.

use super::{
    Act, Domain, Domains, Result,
    criteria::{self, Evidence},
    store,
};
use base::{Actor, BlobId, ItemId, ReportId, Time};
use storage::{Db, Page, Tx, jobs, keyset};
use url::Url;
use uuid::Uuid;

/// One item on a domain, as it was known when this was read or frozen.
#[derive(Clone, Debug)]
pub struct Exhibit {
    /// The exhibit's id; of evidence that is in no proposal, the item's.
    pub id: Uuid,
    /// The item.
    pub item: ItemId,
    /// Its report.
    pub report: ReportId,
    /// Where it was.
    pub url: String,
    /// What the criteria ask.
    pub facts: Evidence,
    /// Name of the hotline that judged it.
    pub judged_by: String,
    /// When.
    pub judged_at: Time,
    /// SHA-256 of the file.
    pub sha256: Vec<u8>,
    /// IP address of its host.
    pub ip: Option<String>,
    /// Country of its host.
    pub country: Option<String>,
    /// Network of its host.
    pub network: Option<String>,
    /// Registrar of the domain.
    pub registrar: Option<String>,
    /// Country of the domain's registrant.
    pub registrant: Option<String>,
    /// The sealed picture of the page.
    pub picture: Option<BlobId>,
}

/// A domain on which enough has accumulated.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The domain.
    pub domain: Domain,
    /// Its id among candidates, for cursors.
    pub id: Uuid,
    /// Items that hold all criteria.
    pub items: i64,
    /// Since when it is one.
    pub since: Time,
    /// When something on it was last seen online.
    pub seen_at: Time,
}

/// The queued step: notes what is known of an item now, or takes it back.
pub(super) async fn note(db: &Db, with: &Domains, job: &jobs::Job, item: ItemId) -> Result<()> {
    let tx = db.begin(&Actor::machine("domains")).await?;
    jobs::done(&tx, job).await?;
    let act = note_item(&tx, with, item).await?;
    Ok(tx.commit(&act).await?)
}

/// Notes what is known of an item now, or takes it back. For the exchange's own machinery.
pub(super) async fn note_item(tx: &Tx, with: &Domains, item: ItemId) -> Result<Act> {
    let before = store::evidence_domain(tx, item).await?;
    let known = reports::domains::known(tx, item).await?;
    // What stands on no domain, such as an onion service, is evidence for none.
    let now = known.and_then(|known| Some((Domain::of_url(&known.url).ok()?, known)));
    match &now {
        Some((domain, known)) => store::evidence_put(tx, domain, known).await?,
        None => drop(store::evidence_withdraw(tx, item).await?),
    }
    let after = now.map(|(domain, _)| domain);
    for domain in [&before, &after].into_iter().flatten() {
        weigh(tx, with, domain).await?;
    }
    Ok(Act::EvidenceNoted(item, after.is_some()))
}

/// Notes whether enough has accumulated on a domain.
async fn weigh(tx: &Tx, with: &Domains, domain: &Domain) -> Result<()> {
    let found = store::evidence_of(tx, domain.as_str()).await?;
    let counted: Vec<&Exhibit> = found.iter().filter(|e| criteria::counts(&with.rule, &e.facts, tx.now())).collect();
    let seen = counted.iter().map(|e| e.facts.seen_at).max();
    match seen.filter(|_| counted.len() >= with.rule.items) {
        Some(seen) => store::candidate_put(tx, domain, i64::try_from(counted.len()).unwrap_or(i64::MAX), seen).await,
        None => store::candidate_remove(tx, domain).await,
    }
}

/// Evidence on a domain, or on what is below it, that the actor may see.
pub(super) async fn on(tx: &Tx, domain: &Domain) -> Result<Vec<Exhibit>> {
    let registered = psl::domain_str(domain.as_str()).unwrap_or(domain.as_str());
    let found = store::evidence_of(tx, registered).await?;
    let host = |e: &Exhibit| Url::parse(&e.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Ok(found.into_iter().filter(|e| host(e).is_some_and(|host| domain.holds(&host))).collect())
}

/// The facts of exhibits, as criteria ask for them.
pub(super) fn facts(exhibits: &[Exhibit]) -> Vec<Evidence> {
    exhibits.iter().map(|e| e.facts).collect()
}

/// Candidates that nobody has proposed, seen last first. For INTERPOL.
pub async fn candidates(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Candidate>, Act)> {
    let rows = store::candidates(tx, after, limit).await?;
    Ok((keyset::page(rows, limit, |c| (c.seen_at.micros(), c.id))?, Act::CandidatesRead))
}
