//! Tables `domain_proposal`, `domain_state`, `domain_event`, `domain_version`, `domain_author` and `domain_reviewer`.

use super::scoped;
use crate::iwol::{
    Domain, Error, Result,
    guard::Guard,
    look::{Happened, Listing, Version},
    model::{Actor, Proposal},
};
use base::{OrgId, PersonId, ProposalId, Time};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, one_more, word},
};
use uuid::Uuid;

const COLUMNS: &str = "t.id, t.domain, t.rule, t.stage, t.version, t.guards, t.created_at, t.changed_at, t.listed_at,
    t.due_at, t.recheck_at, t.rechecked_at, t.found";
/// INTERPOL sees every proposal, an LEA those that it wrote a version of or reviews.
const PARTY: &str = "($1 = 1 OR EXISTS (SELECT 1 FROM domain_author a WHERE a.proposal_id = t.id AND a.org_id = $2)
    OR EXISTS (SELECT 1 FROM domain_reviewer r WHERE r.proposal_id = t.id AND r.lea_id = $2))";

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    domain: String,
    rule: String,
    stage: String,
    version: i64,
    guards: String,
    created_at: i64,
    changed_at: i64,
    listed_at: Option<i64>,
    due_at: Option<i64>,
    recheck_at: Option<i64>,
    rechecked_at: Option<i64>,
    found: Option<String>,
}

fn stored<T: serde::de::DeserializeOwned>(text: &str, place: &'static str) -> Result<T> {
    Ok(serde_json::from_str(text).map_err(|_| storage::Error::Stored(place))?)
}

/// A value as it is stored.
fn text_of(value: &impl serde::Serialize, place: &'static str) -> Result<String> {
    Ok(serde_json::to_string(value).map_err(|_| storage::Error::Stored(place))?)
}

fn listing(row: Row) -> Result<Listing> {
    Ok(Listing {
        id: ProposalId(row.id),
        domain: Domain::stored(row.domain),
        rule: row.rule,
        stage: word(&row.stage, "domain_proposal.stage")?,
        version: row.version,
        guards: stored(&row.guards, "domain_proposal.guards")?,
        created_at: Time::from_micros(row.created_at),
        changed_at: Time::from_micros(row.changed_at),
        listed_at: row.listed_at.map(Time::from_micros),
        due_at: row.due_at.map(Time::from_micros),
        recheck_at: row.recheck_at.map(Time::from_micros),
        rechecked_at: row.rechecked_at.map(Time::from_micros),
        found: row.found,
    })
}

/// A new proposal and where it is by the rules. Its author is written with its first version.
pub async fn proposal_add(tx: &Tx, new: &Listing, skeleton: &str, state: &Proposal) -> Result<()> {
    let sql = "INSERT INTO domain_proposal (id, domain, skeleton, rule, stage, version, guards, created_at, changed_at, changes)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0)";
    let values = vec![
        new.id.0.into(),
        new.domain.as_str().into(),
        skeleton.into(),
        new.rule.clone().into(),
        new.stage.word().into(),
        new.version.into(),
        text_of(&new.guards, "domain_proposal.guards")?.into(),
        new.created_at.micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    let state = text_of(state, "domain_state.state")?;
    let sql = "INSERT INTO domain_state (proposal_id, state) VALUES ($1, $2)";
    sql::run(tx, sql, vec![new.id.0.into(), state.into()]).await?;
    Ok(())
}

/// A proposal that the actor may see; for others there is none.
pub async fn proposal(tx: &Tx, id: ProposalId) -> Result<Listing> {
    proposal_find(tx, id).await?.ok_or(Error::NotFound)
}

/// A proposal that the actor may see.
pub async fn proposal_find(tx: &Tx, id: ProposalId) -> Result<Option<Listing>> {
    let sql = format!("SELECT {COLUMNS} FROM domain_proposal t WHERE {PARTY} AND t.id = $3");
    sql::one::<Row>(tx, &sql, scoped(tx, [id.0.into()])).await?.map(listing).transpose()
}

/// Keeps others from deciding about a proposal until this transaction ends. For INTERPOL and the machinery.
pub async fn proposal_lock(tx: &Tx, id: ProposalId) -> Result<bool> {
    let sql = "UPDATE domain_proposal SET changes = changes + 1 WHERE $1 = 1 AND $2 = $2 AND id = $3";
    Ok(sql::run(tx, sql, scoped(tx, [id.0.into()])).await? == 1)
}

/// Which proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which<'a> {
    /// Those that the actor's organisation wrote a version of; all for INTERPOL.
    Own,
    /// Those that the actor's agency reviews.
    Reviewed,
    /// Of a stage, of those that the actor may see.
    At(&'a str),
    /// Listed, and to be confirmed again by this time.
    DueBy(Time),
    /// Listed, and nothing was found when looked again.
    Gone,
}

/// Proposals, newest first. Not by their last change: an agency would see by the order that another one said something.
pub async fn proposals(tx: &Tx, which: Which<'_>, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Listing>> {
    let own =
        "($1 = 1 OR EXISTS (SELECT 1 FROM domain_author a WHERE a.proposal_id = t.id AND a.org_id = $2)) AND $3 = $3";
    let reviewed =
        "$1 = $1 AND EXISTS (SELECT 1 FROM domain_reviewer r WHERE r.proposal_id = t.id AND r.lea_id = $2) AND $3 = $3";
    let (condition, value): (String, sea_orm::Value) = match which {
        Which::Own => (own.into(), "".into()),
        Which::Reviewed => (reviewed.into(), "".into()),
        Which::At(stage) => (format!("{PARTY} AND t.stage = $3"), stage.into()),
        Which::Gone => (format!("{PARTY} AND t.stage = 'listed' AND t.found = 'gone' AND $3 = $3"), "".into()),
        Which::DueBy(time) => {
            (format!("{PARTY} AND t.stage IN ('listed', 'leaving') AND t.due_at <= $3"), time.micros().into())
        }
    };
    let (made, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "SELECT {COLUMNS} FROM domain_proposal t WHERE {condition} AND (t.created_at, t.id) < ($4, $5)
         ORDER BY t.created_at DESC, t.id DESC LIMIT $6"
    );
    let values = scoped(tx, [value, made.into(), id.into(), one_more(limit)]);
    sql::all::<Row>(tx, &sql, values).await?.into_iter().map(listing).collect()
}

/// Proposals for a domain, newest first. For INTERPOL.
pub async fn proposals_of_domain(tx: &Tx, domain: &Domain) -> Result<Vec<Listing>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM domain_proposal t WHERE $1 = 1 AND $2 = $2 AND t.domain = $3
         ORDER BY t.created_at DESC, t.id DESC LIMIT 200"
    );
    let rows = sql::all::<Row>(tx, &sql, scoped(tx, [domain.as_str().into()])).await?;
    rows.into_iter().map(listing).collect()
}

#[derive(FromQueryResult)]
struct State {
    state: String,
    reason: Option<String>,
}

/// Where a proposal is by the rules, and why it is to be removed, where somebody asked. For INTERPOL and the machinery.
pub async fn state_of(tx: &Tx, id: ProposalId) -> Result<Option<(Proposal, Option<String>)>> {
    let sql = "SELECT s.state, s.reason FROM domain_state s WHERE $1 = 1 AND $2 = $2 AND s.proposal_id = $3";
    let row: Option<State> = sql::one(tx, sql, scoped(tx, [id.0.into()])).await?;
    row.map(|r| Ok((stored(&r.state, "domain_state.state")?, r.reason))).transpose()
}

/// Writes where a proposal is now.
pub async fn state_put(tx: &Tx, id: ProposalId, state: &Proposal, reason: Option<&str>) -> Result<()> {
    let text = text_of(state, "domain_state.state")?;
    let sql = "UPDATE domain_state SET state = $1, reason = $2 WHERE proposal_id = $3";
    sql::run(tx, sql, vec![text.into(), reason.map(str::to_owned).into(), id.0.into()]).await?;
    let sql = "UPDATE domain_proposal SET stage = $1, changed_at = $2 WHERE id = $3";
    sql::run(tx, sql, vec![state.stage.at().word().into(), tx.now().micros().into(), id.0.into()]).await?;
    Ok(())
}

/// Writes that a proposal has a new version, and its guards.
pub async fn proposal_version(tx: &Tx, id: ProposalId, version: i64, guards: &[Guard]) -> Result<()> {
    let guards = text_of(&guards, "domain_proposal.guards")?;
    let sql = "UPDATE domain_proposal SET version = $1, guards = $2 WHERE id = $3";
    sql::run(tx, sql, vec![version.into(), guards.into(), id.0.into()]).await?;
    Ok(())
}

/// When a listing was made or renewed, when it is due again, and when it is looked at again.
pub async fn proposal_times(
    tx: &Tx,
    id: ProposalId,
    listed: bool,
    due: Option<Time>,
    recheck: Option<Time>,
) -> Result<()> {
    let sql = "UPDATE domain_proposal SET listed_at = CASE WHEN $1 = 1 THEN $2 ELSE listed_at END, due_at = $3,
               recheck_at = $4 WHERE id = $5";
    let at = |time: Option<Time>| time.map(Time::micros).into();
    let values = vec![i64::from(listed).into(), tx.now().micros().into(), at(due), at(recheck), id.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// When a listing was looked at, what was found, and when it is looked at again.
pub async fn proposal_rechecked(tx: &Tx, id: ProposalId, found: Option<&str>, next: Time) -> Result<()> {
    let sql = "UPDATE domain_proposal SET rechecked_at = $1, found = $2, recheck_at = $3 WHERE id = $4";
    let values = vec![tx.now().micros().into(), found.map(str::to_owned).into(), next.micros().into(), id.0.into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// A version, with what its author thinks and how the criteria were held; and who wrote it.
pub async fn version_add(tx: &Tx, id: ProposalId, version: i64, opinion: &str, checks: &str, by: &Actor) -> Result<()> {
    let sql = "INSERT INTO domain_author (proposal_id, version, org_id, person_id, name) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![id.0.into(), version.into(), by.org.0.into(), by.person.0.into(), by.name.clone().into()];
    sql::run(tx, sql, values).await?;
    let sql = "INSERT INTO domain_version (proposal_id, version, opinion, checks, at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![id.0.into(), version.into(), opinion.into(), checks.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct VersionRow {
    opinion: String,
    checks: String,
    at: i64,
}

/// A version. Whoever asks was entitled to the proposal.
pub async fn version_of(tx: &Tx, id: ProposalId, version: i64) -> Result<Option<Version>> {
    let sql = "SELECT opinion, checks, at FROM domain_version WHERE proposal_id = $1 AND version = $2";
    let row: Option<VersionRow> = sql::one(tx, sql, vec![id.0.into(), version.into()]).await?;
    row.map(|r| {
        Ok(Version {
            opinion: r.opinion,
            checks: stored(&r.checks, "domain_version.checks")?,
            at: Time::from_micros(r.at),
        })
    })
    .transpose()
}

#[derive(FromQueryResult)]
struct AuthorRow {
    version: i64,
    org_id: Uuid,
    person_id: Uuid,
    name: String,
}

/// Who wrote a version: version, organisation, person, name.
pub type Author = (i64, OrgId, PersonId, String);

/// Versions of a proposal that the actor's organisation wrote; all for INTERPOL.
pub async fn authors_of(tx: &Tx, id: ProposalId) -> Result<Vec<Author>> {
    let sql = "SELECT a.version, a.org_id, a.person_id, a.name FROM domain_author a
               WHERE ($1 = 1 OR a.org_id = $2) AND a.proposal_id = $3 ORDER BY a.version";
    let rows: Vec<AuthorRow> = sql::all(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(rows.into_iter().map(|r| (r.version, OrgId(r.org_id), PersonId(r.person_id), r.name)).collect())
}

/// Has agencies see a proposal, as the rules have it now.
pub async fn reviewers_put(tx: &Tx, id: ProposalId, state: &Proposal) -> Result<()> {
    let sql = "INSERT INTO domain_reviewer (proposal_id, lea_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    for (lea, _) in &state.reviewers {
        sql::run(tx, sql, vec![id.0.into(), lea.0.into(), tx.now().micros().into()]).await?;
    }
    Ok(())
}

#[derive(FromQueryResult)]
struct Lea {
    lea_id: Uuid,
}

/// Agencies that review a proposal, as far as the actor may know: all for INTERPOL, its own for an LEA.
pub async fn reviewers_of(tx: &Tx, id: ProposalId) -> Result<Vec<OrgId>> {
    let sql = "SELECT r.lea_id FROM domain_reviewer r WHERE ($1 = 1 OR r.lea_id = $2) AND r.proposal_id = $3 ORDER BY r.at, r.lea_id";
    let rows: Vec<Lea> = sql::all(tx, sql, scoped(tx, [id.0.into()])).await?;
    Ok(rows.into_iter().map(|r| OrgId(r.lea_id)).collect())
}

/// Writes into a proposal's history what somebody did.
pub async fn event_add(
    tx: &Tx,
    id: ProposalId,
    version: i64,
    what: &str,
    who: &Actor,
    reason: Option<&str>,
) -> Result<()> {
    let own: Uuid = tx.id(base::EntryId::new)?.0;
    let org = (!who.org.0.is_nil()).then_some(who.org.0);
    let sql = "INSERT INTO domain_event (id, proposal_id, version, what, name, org_id, reason, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        own.into(),
        id.0.into(),
        version.into(),
        what.into(),
        who.name.clone().into(),
        org.into(),
        reason.map(str::to_owned).into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct EventRow {
    version: i64,
    what: String,
    name: String,
    org_id: Option<Uuid>,
    reason: Option<String>,
    at: i64,
}

/// A proposal's history, oldest first. For INTERPOL.
pub async fn events_of(tx: &Tx, id: ProposalId) -> Result<Vec<Happened>> {
    let sql = "SELECT v.version, v.what, v.name, v.org_id, v.reason, v.at FROM domain_event v
               WHERE $1 = 1 AND $2 = $2 AND v.proposal_id = $3 ORDER BY v.at, v.id LIMIT 500";
    let rows: Vec<EventRow> = sql::all(tx, sql, scoped(tx, [id.0.into()])).await?;
    let happened = |r: EventRow| Happened {
        version: r.version,
        what: r.what,
        name: r.name,
        org: r.org_id.map(OrgId),
        reason: r.reason,
        at: Time::from_micros(r.at),
    };
    Ok(rows.into_iter().map(happened).collect())
}
