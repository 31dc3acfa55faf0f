//! Table `link_release`. INTERPOL and the secretariat see every row; nobody else asks.

use crate::icse::release::{Hand, Release, Standing};
use base::{OrgId, OrgKind, PersonId, ReleaseId, Time};
use sea_orm::FromQueryResult;
use storage::{Error, Result, Tx, sql};
use uuid::Uuid;

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    destination: Vec<u8>,
    said: String,
    reason: String,
    proposed_at: i64,
    proposed_by: Uuid,
    proposed_org: Uuid,
    proposed_kind: String,
    proposer: String,
    confirmed_at: Option<i64>,
    confirmed_by: Option<Uuid>,
    confirmed_org: Option<Uuid>,
    confirmed_kind: Option<String>,
    confirmer: Option<String>,
    ended_at: Option<i64>,
    ender: Option<String>,
    end_reason: Option<String>,
}

const RELEASE: &str = "SELECT r.id, r.destination, r.said, r.reason, r.proposed_at, r.proposed_by, r.proposed_org,
    p.kind AS proposed_kind, r.proposer, r.confirmed_at, r.confirmed_by, r.confirmed_org, c.kind AS confirmed_kind, r.confirmer,
    r.ended_at, r.ender, r.end_reason FROM link_release r JOIN organisation p ON p.id = r.proposed_org
    LEFT JOIN organisation c ON c.id = r.confirmed_org";

fn release_of(row: Row) -> Result<Release> {
    let kind = |text: &str| text.parse::<OrgKind>().map_err(|_| Error::Stored("organisation.kind"));
    let confirmed = match (row.confirmed_by, row.confirmed_org, &row.confirmed_kind) {
        (Some(person), Some(org), Some(of)) => {
            Some(Hand { person: PersonId(person), org: OrgId(org), kind: kind(of)? })
        }
        _ => None,
    };
    let proposed =
        Hand { person: PersonId(row.proposed_by), org: OrgId(row.proposed_org), kind: kind(&row.proposed_kind)? };
    let at = Time::from_micros;
    Ok(Release {
        id: ReleaseId(row.id),
        standing: Standing {
            destination: row.destination.try_into().map_err(|_| Error::Stored("link_release.destination"))?,
            proposed,
            confirmed,
            ended: row.ended_at.is_some(),
        },
        said: row.said,
        reason: row.reason,
        proposer: (row.proposer, at(row.proposed_at)),
        confirmer: row.confirmer.zip(row.confirmed_at.map(at)),
        ender: row.ender.zip(row.ended_at.map(at)).zip(row.end_reason).map(|((who, when), why)| (who, when, why)),
    })
}

/// Every release, newest first.
pub async fn releases(tx: &Tx) -> Result<Vec<Release>> {
    let sql = format!("{RELEASE} ORDER BY r.proposed_at DESC, r.id DESC LIMIT 200");
    let rows: Vec<Row> = sql::all(tx, &sql, vec![]).await?;
    rows.into_iter().map(release_of).collect()
}

/// A release.
pub async fn release_find(tx: &Tx, id: ReleaseId) -> Result<Option<Release>> {
    let row: Option<Row> = sql::one(tx, &format!("{RELEASE} WHERE r.id = $1"), vec![id.0.into()]).await?;
    row.map(release_of).transpose()
}

/// Adds a proposal.
pub async fn release_add(tx: &Tx, release: &Release) -> Result<()> {
    let sql =
        "INSERT INTO link_release (id, destination, said, reason, proposed_at, proposed_by, proposed_org, proposer)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let by = &release.standing.proposed;
    let values = vec![
        release.id.0.into(),
        release.standing.destination.to_vec().into(),
        release.said.clone().into(),
        release.reason.clone().into(),
        release.proposer.1.micros().into(),
        by.person.0.into(),
        by.org.0.into(),
        release.proposer.0.clone().into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Confirms one that nobody has confirmed or ended meanwhile.
pub async fn release_confirm(tx: &Tx, id: ReleaseId, by: &Hand, name: &str) -> Result<bool> {
    let sql = "UPDATE link_release SET confirmed_at = $1, confirmed_by = $2, confirmed_org = $3, confirmer = $4
               WHERE id = $5 AND confirmed_at IS NULL AND ended_at IS NULL";
    let values = vec![tx.now().micros().into(), by.person.0.into(), by.org.0.into(), name.into(), id.0.into()];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Ends one that nobody has ended meanwhile.
pub async fn release_end(tx: &Tx, id: ReleaseId, by: &Hand, name: &str, reason: &str) -> Result<bool> {
    let sql = "UPDATE link_release SET ended_at = $1, ended_by = $2, ender = $3, end_reason = $4
               WHERE id = $5 AND ended_at IS NULL";
    let values = vec![tx.now().micros().into(), by.person.0.into(), name.into(), reason.into(), id.0.into()];
    Ok(sql::run(tx, sql, values).await? == 1)
}
