//! INTERPOL or an agency proposes a domain: what criteria and guards say of it first, then the proposal, with the evidence as
//! it is at that moment.

use super::{
    Act, Domain, Domains, Error, Result,
    criteria::{self, Check, Criterion, Holds},
    evidence::{self, Exhibit},
    guard::{self, Guard},
    look::{self, Listing},
    me,
    model::{self, Event},
    review::{self, Word},
    store::{self, Which},
};
use base::{OrgKind, ProposalId};
use storage::Tx;

/// Most characters of an opinion.
const MOST_OPINION: usize = 4000;

/// A domain held against the criteria.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The domain.
    pub domain: Domain,
    /// Why it needs an extra confirmation.
    pub guards: Vec<Guard>,
    /// Each criterion.
    pub checks: Vec<Check>,
    /// What was found on it, as far as the actor may see.
    pub exhibits: Vec<Exhibit>,
    /// For INTERPOL: whether it is on the list; for others never.
    pub listed: bool,
}

impl Checked {
    /// Whether all criteria hold that can be said before the review.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds != Holds::No)
    }
}

/// Holds criteria and guards against a domain, by the evidence that the actor may see.
pub async fn check(tx: &Tx, with: &Domains, domain: &str) -> Result<(Checked, Act)> {
    let domain = Domain::parse("domain", domain)?;
    Ok((checked(tx, with, domain).await?, Act::Checked))
}

async fn checked(tx: &Tx, with: &Domains, domain: Domain) -> Result<Checked> {
    let guards = guards(tx, &domain).await?;
    let exhibits = evidence::on(tx, &domain).await?;
    let checks = criteria::check(&with.rule, &evidence::facts(&exhibits), tx.now());
    let listed = store::entry_is(tx, &domain).await?;
    Ok(Checked { domain, guards, checks, exhibits, listed })
}

/// Guards of a domain, next to what is listed; an agency does not learn what is.
pub(super) async fn guards(tx: &Tx, domain: &Domain) -> Result<Vec<Guard>> {
    let like = store::entries_drawn_like(tx, domain, &guard::skeleton_of(domain)).await?;
    Ok(guard::check("domain", domain, like.iter().map(String::as_str))?)
}

/// Proposes a domain.
pub async fn propose(tx: &Tx, with: &Domains, domain: &str, opinion: &str) -> Result<(ProposalId, Act)> {
    let author = me(tx).await?;
    let domain = Domain::parse("domain", domain)?;
    let opinion = self::opinion(opinion)?;
    let found = checked(tx, with, domain).await?;
    hold(&found.checks)?;
    alone(tx, &found).await?;
    let state = model::Proposal::begin(author.clone(), !found.guards.is_empty())?;
    let new = Listing {
        rule: with.rule.name.clone(),
        stage: state.stage.at(),
        guards: found.guards,
        ..Listing::new(tx.id(ProposalId::new)?, found.domain, tx.now())
    };
    store::proposal_add(tx, &new, &guard::skeleton_of(&new.domain), &state).await?;
    version(tx, &new, &author, &opinion, &found.checks, &found.exhibits).await?;
    store::event_add(tx, new.id, new.version, "proposed", &author, None).await?;
    Ok((new.id, Act::Proposed(new.id)))
}

/// Writes a version with its exhibits.
pub(super) async fn version(
    tx: &Tx,
    of: &Listing,
    author: &model::Actor,
    opinion: &str,
    checks: &[Check],
    exhibits: &[Exhibit],
) -> Result<()> {
    let checks = serde_json::to_string(checks).map_err(|_| storage::Error::Stored("domain_version.checks"))?;
    store::version_add(tx, of.id, of.version, opinion, &checks, author).await?;
    store::exhibits_add(tx, of.id, of.version, exhibits).await
}

/// Criteria that do not hold are told by name.
pub(super) fn hold(checks: &[Check]) -> Result<()> {
    let missing: Vec<&str> =
        checks.iter().filter(|check| check.holds == Holds::No).map(|check| said(check.criterion)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let reason = format!("the criteria do not hold for what you may see of this domain: {}", missing.join("; "));
    Err(Error::conflict("domain-criteria", "domain", reason))
}

const fn said(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::ByPerson => "too few items that a person judged",
        Criterion::Severe => "too few of a class that counts",
        Criterion::Real => "too few that show somebody real",
        Criterion::Age => "too few of an age that counts",
        Criterion::Online => "too few that were online lately",
        Criterion::Together => "too few items hold all criteria at once",
        Criterion::Agencies => "too few agencies",
    }
}

/// INTERPOL has one proposal for a domain at a time. An agency is refused for its own alone: what others proposed, it does
/// not learn.
async fn alone(tx: &Tx, found: &Checked) -> Result<()> {
    if found.listed {
        return Err(Error::conflict("domain-listed", "domain", "this domain is on the list already"));
    }
    let open = |p: &Listing| p.stage.is_open() || p.stage.is_listed();
    let others = match tx.actor().kind {
        OrgKind::Interpol => store::proposals_of_domain(tx, &found.domain).await?,
        OrgKind::Hotline | OrgKind::Lea | OrgKind::Asp | OrgKind::Network => {
            let own = store::proposals(tx, Which::Own, None, 200).await?;
            own.into_iter().filter(|p| p.domain == found.domain).collect()
        }
    };
    match others.iter().any(open) {
        true => {
            Err(Error::conflict("domain-proposed", "domain", "this domain is proposed already, look at that proposal"))
        }
        false => Ok(()),
    }
}

/// A new version by INTERPOL, or asked for by the agency that made the proposal. What was said about the one before is void.
pub async fn revise(tx: &Tx, with: &Domains, id: ProposalId, text: &str) -> Result<Act> {
    look::written(tx, id).await?;
    match tx.actor().kind {
        OrgKind::Interpol => edit(tx, with, id, text).await,
        OrgKind::Hotline | OrgKind::Lea | OrgKind::Asp | OrgKind::Network => {
            Ok(review::say(tx, with, id, Word::Edit.word(), text).await?.1)
        }
    }
}

/// INTERPOL writes a new version, with the evidence as it is now.
async fn edit(tx: &Tx, with: &Domains, id: ProposalId, text: &str) -> Result<Act> {
    let who = me(tx).await?;
    // Before the version is read: of two edits at once, the second follows the first.
    store::proposal_lock(tx, id).await?;
    let before = store::proposal(tx, id).await?;
    let opinion = opinion(text)?;
    let found = checked(tx, with, before.domain.clone()).await?;
    hold(&found.checks)?;
    rewrite(tx, with, &before, &who, &opinion, &found).await
}

/// A new version by whoever may write one.
pub(super) async fn rewrite(
    tx: &Tx,
    with: &Domains,
    before: &Listing,
    who: &model::Actor,
    opinion: &str,
    found: &Checked,
) -> Result<Act> {
    super::desk::apply(tx, with, before.id, who, &Event::Edit(!found.guards.is_empty())).await?;
    let after = Listing { version: before.version + 1, ..before.clone() };
    store::proposal_version(tx, after.id, after.version, &found.guards).await?;
    version(tx, &after, who, opinion, &found.checks, &found.exhibits).await?;
    Ok(Act::Edited(after.id, after.version))
}

/// The opinion of a version.
pub(super) fn opinion(text: &str) -> Result<String> {
    Ok(base::text("opinion", text, MOST_OPINION)?)
}
