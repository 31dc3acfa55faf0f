//! Tables `domain_evidence`, `domain_candidate` and `domain_exhibit`.

use super::scoped;
use crate::iwol::{
    Domain, Result,
    criteria::Evidence,
    evidence::{Candidate, Exhibit},
};
use base::{BlobId, ItemId, ProposalId, ReportId, Time};
use reports::{domains::Known, live};
use sea_orm::FromQueryResult;
use storage::{
    Tx,
    sql::{self, one_more, word},
};
use uuid::Uuid;

/// What evidence and exhibits have in common, of alias `e`.
const FACTS: &str = "e.item_id, e.report_id, e.url, e.class, e.synthetic, e.age_group, e.by_person, e.judged_by,
    e.judged_at, e.seen_at, e.sha256, e.ip, e.country, e.network, e.registrar, e.registrant, e.picture_id";
/// INTERPOL sees all of it, an LEA what it was told of.
fn visible(now: usize) -> String {
    let live = live::live("d", now);
    format!("($1 = 1 OR EXISTS (SELECT 1 FROM disclosure d WHERE d.item_id = e.item_id AND d.lea_id = $2 AND {live}))")
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    item_id: Uuid,
    report_id: Uuid,
    url: String,
    class: String,
    synthetic: String,
    age_group: String,
    by_person: bool,
    judged_by: String,
    judged_at: i64,
    seen_at: i64,
    sha256: Vec<u8>,
    ip: Option<String>,
    country: Option<String>,
    network: Option<String>,
    registrar: Option<String>,
    registrant: Option<String>,
    picture_id: Option<Uuid>,
}

fn exhibit(row: Row) -> Result<Exhibit> {
    Ok(Exhibit {
        id: row.id,
        item: ItemId(row.item_id),
        report: ReportId(row.report_id),
        url: row.url,
        facts: Evidence {
            class: word(&row.class, "domain_evidence.class")?,
            synthetic: word(&row.synthetic, "domain_evidence.synthetic")?,
            age_group: word(&row.age_group, "domain_evidence.age_group")?,
            by_person: row.by_person,
            seen_at: Time::from_micros(row.seen_at),
        },
        judged_by: row.judged_by,
        judged_at: Time::from_micros(row.judged_at),
        sha256: row.sha256,
        ip: row.ip,
        country: row.country,
        network: row.network,
        registrar: row.registrar,
        registrant: row.registrant,
        picture: row.picture_id.map(BlobId),
    })
}

/// Writes what is known of an item now.
pub async fn evidence_put(tx: &Tx, domain: &Domain, known: &Known) -> Result<()> {
    let sql = "INSERT INTO domain_evidence (item_id, report_id, domain, url, class, synthetic, age_group, by_person,
            judged_by, judged_at, seen_at, sha256, ip, country, network, registrar, registrant, picture_id, agreement,
            clause, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        ON CONFLICT (item_id) DO UPDATE SET domain = excluded.domain, url = excluded.url, class = excluded.class,
            synthetic = excluded.synthetic, age_group = excluded.age_group, by_person = excluded.by_person,
            judged_by = excluded.judged_by, judged_at = excluded.judged_at, seen_at = excluded.seen_at,
            sha256 = excluded.sha256, ip = excluded.ip, country = excluded.country, network = excluded.network,
            registrar = excluded.registrar, registrant = excluded.registrant, picture_id = excluded.picture_id,
            agreement = excluded.agreement, clause = excluded.clause, changed_at = excluded.changed_at,
            withdrawn_at = NULL";
    let values = vec![
        known.item.0.into(),
        known.report.0.into(),
        domain.as_str().into(),
        known.url.clone().into(),
        known.class.word().into(),
        known.synthetic.word().into(),
        known.age_group.word().into(),
        known.by_person.into(),
        known.judged_by.clone().into(),
        known.judged_at.micros().into(),
        known.seen_at.micros().into(),
        known.sha256.clone().into(),
        known.ip.clone().into(),
        known.country.map(|c| c.to_string()).into(),
        known.network.clone().into(),
        known.registrar.clone().into(),
        known.registrant.map(|c| c.to_string()).into(),
        known.picture.map(|b| b.0).into(),
        known.agreement.clone().into(),
        known.clause.clone().into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Name {
    domain: String,
}

/// Takes an item back, from exhibits too; the domain it stood for, if it did.
pub async fn evidence_withdraw(tx: &Tx, item: ItemId) -> Result<Option<Domain>> {
    let values = || vec![tx.now().micros().into(), item.0.into()];
    let sql = "UPDATE domain_exhibit SET withdrawn_at = $1 WHERE item_id = $2 AND withdrawn_at IS NULL";
    sql::run(tx, sql, values()).await?;
    let sql =
        "UPDATE domain_evidence SET withdrawn_at = $1 WHERE item_id = $2 AND withdrawn_at IS NULL RETURNING domain";
    let row: Option<Name> = sql::one(tx, sql, values()).await?;
    Ok(row.map(|r| Domain::stored(r.domain)))
}

/// The domain that an item stands for now.
pub async fn evidence_domain(tx: &Tx, item: ItemId) -> Result<Option<Domain>> {
    let sql = "SELECT domain FROM domain_evidence WHERE item_id = $1 AND withdrawn_at IS NULL";
    let row: Option<Name> = sql::one(tx, sql, vec![item.0.into()]).await?;
    Ok(row.map(|r| Domain::stored(r.domain)))
}

/// Most exhibits of a proposal.
pub const MOST_EXHIBITS: u64 = 200;

/// Evidence on a domain that the actor may see, newest first, at most [`MOST_EXHIBITS`]. A domain below a registered one
/// has what was found on itself: `registered` is what evidence is filed under.
pub async fn evidence_of(tx: &Tx, registered: &str) -> Result<Vec<Exhibit>> {
    let sql = format!(
        "SELECT e.item_id AS id, {FACTS} FROM domain_evidence e
         WHERE {} AND e.domain = $4 AND e.withdrawn_at IS NULL ORDER BY e.seen_at DESC, e.item_id LIMIT $5",
        visible(3)
    );
    let values = scoped(tx, [live::at(tx), registered.into(), i64::try_from(MOST_EXHIBITS).unwrap_or(i64::MAX).into()]);
    sql::all::<Row>(tx, &sql, values).await?.into_iter().map(exhibit).collect()
}

/// Keeps exhibits as they are now, for a version.
pub async fn exhibits_add(tx: &Tx, id: ProposalId, version: i64, exhibits: &[Exhibit]) -> Result<()> {
    let sql =
        "INSERT INTO domain_exhibit (id, proposal_id, version, item_id, report_id, url, class, synthetic, age_group,
            by_person, judged_by, judged_at, seen_at, sha256, ip, country, network, registrar, registrant, picture_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    for e in exhibits {
        let own: Uuid = tx.id(base::EntryId::new)?.0;
        let values = vec![
            own.into(),
            id.0.into(),
            version.into(),
            e.item.0.into(),
            e.report.0.into(),
            e.url.clone().into(),
            e.facts.class.word().into(),
            e.facts.synthetic.word().into(),
            e.facts.age_group.word().into(),
            e.facts.by_person.into(),
            e.judged_by.clone().into(),
            e.judged_at.micros().into(),
            e.facts.seen_at.micros().into(),
            e.sha256.clone().into(),
            e.ip.clone().into(),
            e.country.clone().into(),
            e.network.clone().into(),
            e.registrar.clone().into(),
            e.registrant.clone().into(),
            e.picture.map(|b| b.0).into(),
        ];
        sql::run(tx, sql, values).await?;
    }
    Ok(())
}

/// Exhibits of a version that nobody took back. Whoever asks was entitled to the proposal.
pub async fn exhibits_of(tx: &Tx, id: ProposalId, version: i64) -> Result<Vec<Exhibit>> {
    let sql = format!(
        "SELECT e.id, {FACTS} FROM domain_exhibit e WHERE e.proposal_id = $1 AND e.version = $2 AND e.withdrawn_at IS NULL
         ORDER BY e.seen_at DESC, e.id"
    );
    sql::all::<Row>(tx, &sql, vec![id.0.into(), version.into()]).await?.into_iter().map(exhibit).collect()
}

/// How many exhibits of a version were taken back.
pub async fn exhibits_gone(tx: &Tx, id: ProposalId, version: i64) -> Result<i64> {
    let sql =
        "SELECT COUNT(*) AS n FROM domain_exhibit WHERE proposal_id = $1 AND version = $2 AND withdrawn_at IS NOT NULL";
    let row: Option<Number> = sql::one(tx, sql, vec![id.0.into(), version.into()]).await?;
    Ok(row.map_or(0, |r| r.n))
}

#[derive(FromQueryResult)]
struct Number {
    n: i64,
}

/// Writes whether a domain is a candidate, and by how many items.
pub async fn candidate_put(tx: &Tx, domain: &Domain, items: i64, seen: Time) -> Result<()> {
    let sql = "INSERT INTO domain_candidate (domain, id, items, since, seen_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (domain) DO UPDATE SET items = excluded.items, seen_at = excluded.seen_at";
    let id: Uuid = tx.id(base::EntryId::new)?.0;
    let values = vec![domain.as_str().into(), id.into(), items.into(), tx.now().micros().into(), seen.micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn candidate_remove(tx: &Tx, domain: &Domain) -> Result<()> {
    sql::run(tx, "DELETE FROM domain_candidate WHERE domain = $1", vec![domain.as_str().into()]).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct CandidateRow {
    domain: String,
    id: Uuid,
    items: i64,
    since: i64,
    seen_at: i64,
}

/// Candidates that nobody has proposed and that are not on the list, seen last first. For INTERPOL.
pub async fn candidates(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<Candidate>> {
    let (seen, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = "SELECT c.domain, c.id, c.items, c.since, c.seen_at FROM domain_candidate c
        WHERE $1 = 1 AND $2 = $2 AND (c.seen_at, c.id) < ($3, $4)
            AND NOT EXISTS (SELECT 1 FROM domain_entry e WHERE e.domain = c.domain)
            AND NOT EXISTS (SELECT 1 FROM domain_proposal p WHERE p.domain = c.domain
                AND p.stage IN ('desk', 'review', 'returned', 'listed', 'leaving'))
        ORDER BY c.seen_at DESC, c.id DESC LIMIT $5";
    let values = scoped(tx, [seen.into(), id.into(), one_more(limit)]);
    let rows: Vec<CandidateRow> = sql::all(tx, sql, values).await?;
    let row = |r: CandidateRow| Candidate {
        domain: Domain::stored(r.domain),
        id: r.id,
        items: r.items,
        since: Time::from_micros(r.since),
        seen_at: Time::from_micros(r.seen_at),
    };
    Ok(rows.into_iter().map(row).collect())
}
