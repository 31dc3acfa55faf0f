//! What INTERPOL and agencies look at: proposals, the list, the history of a domain.

use super::{
    Act, Domain, Error, Result,
    criteria::Check,
    evidence::Exhibit,
    guard::Guard,
    model::{At, Proposal},
    store::{self, Said, Which},
};
use base::{BlobId, OrgId, PersonId, ProposalId, Time};
use storage::{Page, Tx, keyset};
use uuid::Uuid;

/// A proposal, as all who are concerned may see it.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Its id.
    pub id: ProposalId,
    /// The domain.
    pub domain: Domain,
    /// Name of the criteria.
    pub rule: String,
    /// Where it is.
    pub stage: At,
    /// Its version, from 1.
    pub version: i64,
    /// Why it needs an extra confirmation.
    pub guards: Vec<Guard>,
    /// When it was proposed.
    pub created_at: Time,
    /// When it last changed.
    pub changed_at: Time,
    /// When it was listed.
    pub listed_at: Option<Time>,
    /// When the listing has to be confirmed again.
    pub due_at: Option<Time>,
    /// When it is looked at again.
    pub recheck_at: Option<Time>,
    /// When it was last looked at.
    pub rechecked_at: Option<Time>,
    /// Word: what that came to; none while it is looked at.
    pub found: Option<String>,
}

impl Listing {
    /// A new one.
    pub(super) fn new(id: ProposalId, domain: Domain, now: Time) -> Self {
        Self {
            id,
            domain,
            rule: String::new(),
            stage: At::Desk,
            version: 1,
            guards: Vec::new(),
            created_at: now,
            changed_at: now,
            listed_at: None,
            due_at: None,
            recheck_at: None,
            rechecked_at: None,
            found: None,
        }
    }
}

/// A version of a proposal.
#[derive(Clone, Debug)]
pub struct Version {
    /// What its author thinks.
    pub opinion: String,
    /// How the criteria were held then.
    pub checks: Vec<Check>,
    /// When it was made.
    pub at: Time,
}

/// Something in a proposal's history.
#[derive(Clone, Debug)]
pub struct Happened {
    /// In which version.
    pub version: i64,
    /// Word: what.
    pub what: String,
    /// Who; nobody where the exchange acted by itself.
    pub name: String,
    /// Their organisation.
    pub org: Option<OrgId>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Time,
}

/// A domain on the list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The domain.
    pub domain: Domain,
    /// The proposal behind it.
    pub proposal: ProposalId,
    /// The serial of its listing.
    pub serial: i64,
    /// When it was listed.
    pub listed_at: Time,
    /// When it has to be confirmed again.
    pub due_at: Option<Time>,
    /// Word: what looking again came to.
    pub found: Option<String>,
}

/// A change of the list.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its serial.
    pub serial: i64,
    /// listed or removed.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Time,
    /// The proposal behind it.
    pub proposal: Option<ProposalId>,
    /// The first name.
    pub first: (PersonId, OrgId),
    /// The second; none while it is missing.
    pub second: Option<(PersonId, OrgId)>,
}

/// A proposal with everything the actor may see of it.
#[derive(Clone, Debug)]
pub struct Full {
    /// The proposal.
    pub listing: Listing,
    /// The version in force.
    pub version: Version,
    /// Its exhibits.
    pub exhibits: Vec<Exhibit>,
    /// Exhibits that were taken back since.
    pub gone: i64,
    /// Words on it: all for INTERPOL, the own agency's for others.
    pub said: Vec<Said>,
    /// For INTERPOL: agencies that review it.
    pub reviewers: Vec<OrgId>,
    /// For INTERPOL: where it is by the rules.
    pub state: Option<Proposal>,
    /// For INTERPOL: why it is to be removed.
    pub asked: Option<String>,
    /// For INTERPOL: what happened.
    pub history: Vec<Happened>,
}

impl Full {
    /// Whether INTERPOL owes it a second name.
    pub fn needs_second_name(&self) -> bool {
        self.state.as_ref().is_some_and(|s| s.stage.at() == At::Withdrawn)
    }
}

/// Proposals: of a stage, or all that the actor's organisation wrote; all for INTERPOL.
pub async fn proposals(
    tx: &Tx,
    stage: Option<&str>,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<(Page<Listing>, Act)> {
    let which = stage.map_or(Which::Own, Which::At);
    let rows = store::proposals(tx, which, after, limit).await?;
    Ok((keyset::page(rows, limit, |p| (p.created_at.micros(), p.id.0))?, Act::ProposalsRead))
}

/// A proposal with who wrote its versions, for INTERPOL and for the organisation that wrote one. Who reviews it reads it as a
/// review, without what its author thinks.
pub(super) async fn written(tx: &Tx, id: ProposalId) -> Result<(Listing, Vec<store::Author>)> {
    let listing = store::proposal(tx, id).await?;
    let authors = store::authors_of(tx, id).await?;
    if authors.is_empty() { Err(Error::NotFound) } else { Ok((listing, authors)) }
}

/// One proposal, for INTERPOL and for the organisation that wrote a version of it.
pub async fn proposal(tx: &Tx, id: ProposalId) -> Result<(Full, Act)> {
    let (listing, own) = written(tx, id).await?;
    // An agency reads the newest version that it wrote; INTERPOL the one in force.
    let version = own.iter().map(|(version, ..)| *version).max().unwrap_or(listing.version);
    let state = store::state_of(tx, id).await?;
    let (state, asked) = state.map_or((None, None), |(state, asked)| (Some(state), asked));
    let full = Full {
        version: store::version_of(tx, id, version).await?.ok_or(Error::NotFound)?,
        exhibits: store::exhibits_of(tx, id, version).await?,
        gone: store::exhibits_gone(tx, id, version).await?,
        said: store::words_of(tx, id).await?,
        reviewers: if state.is_some() { store::reviewers_of(tx, id).await? } else { Vec::new() },
        history: if state.is_some() { store::events_of(tx, id).await? } else { Vec::new() },
        state,
        asked,
        listing,
    };
    Ok((full, Act::ProposalRead(id)))
}

/// The sealed picture of a page among a proposal's exhibits, for all who are concerned. A purpose has to be given.
pub async fn picture(tx: &Tx, id: ProposalId, exhibit: Uuid, purpose: &str) -> Result<(BlobId, Act)> {
    let blob = has_picture(tx, id, exhibit).await?;
    Ok((blob, Act::PictureOpened(id, base::one_line("purpose", purpose, 500)?)))
}

/// Whether there is such a picture.
pub async fn has_picture(tx: &Tx, id: ProposalId, exhibit: Uuid) -> Result<BlobId> {
    let listing = store::proposal(tx, id).await?;
    let exhibits = store::exhibits_of(tx, id, listing.version).await?;
    exhibits.iter().find(|e| e.id == exhibit).and_then(|e| e.picture).ok_or(Error::NotFound)
}

/// The list, newest first; of it, domains with a text in them. For INTERPOL.
pub async fn entries(tx: &Tx, part: &str, after: Option<(i64, Uuid)>, limit: u64) -> Result<(Page<Entry>, Act)> {
    let part: String = part.trim().to_lowercase().chars().take(253).collect();
    let rows = store::entries(tx, &part, after, limit).await?;
    Ok((keyset::page(rows, limit, |e| (e.serial, e.proposal.0))?, Act::ListRead))
}

/// What happened to a domain on the list, and every proposal for it. For INTERPOL.
pub async fn history(tx: &Tx, domain: &Domain) -> Result<(Vec<Changed>, Vec<Listing>, Act)> {
    let changes = store::changes_of(tx, domain).await?;
    Ok((changes, store::proposals_of_domain(tx, domain).await?, Act::ListRead))
}
