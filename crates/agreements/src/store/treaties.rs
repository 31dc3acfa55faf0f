//! Tables `agreement`, `agreement_version` and `agreement_suspension`. A party sees its own, the secretariat and the
//! exchange's machinery see all.

use crate::{Result, entity::agreement_version};
use base::{AgreementId, OrgId, OrgKind, PersonId, SuspensionId, Time};
use sea_orm::FromQueryResult;
use storage::{Tx, sql};
use uuid::Uuid;

/// An agreement with one of its versions.
#[derive(Clone, Debug, FromQueryResult)]
pub struct TreatyRow {
    pub id: Uuid,
    pub name: String,
    pub suspended_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub ended_by: Option<Uuid>,
    pub ended_why: Option<String>,
    pub version: i64,
    pub hotline_id: Uuid,
    pub lea_id: Uuid,
    pub document: String,
    pub valid_from: i64,
    pub valid_until: Option<i64>,
    pub signed_hotline_at: Option<i64>,
    pub signed_lea_at: Option<i64>,
    pub signed_network_at: Option<i64>,
    pub live_from: Option<i64>,
    pub live_until: Option<i64>,
    pub revision: i64,
    pub drafted_by: Option<Uuid>,
    pub discarded_at: Option<i64>,
}

const TREATY: &str = "SELECT a.id, a.name, a.suspended_at, a.ended_at, a.ended_by, a.ended_why, v.version, v.hotline_id,
    v.lea_id, v.document, v.valid_from, v.valid_until, v.signed_hotline_at, v.signed_lea_at, v.signed_network_at, v.live_from,
    v.live_until, v.revision, v.drafted_by, v.discarded_at
    FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id";
/// Agreements the actor is party to; the secretariat and the exchange's machinery see all.
const PARTY: &str = "($1 = 1 OR a.hotline_id = $2 OR a.lea_id = $2)";

fn party(tx: &Tx) -> [sea_orm::Value; 2] {
    let all = tx.actor().scope() == base::Scope::Exchange || tx.actor().kind == OrgKind::Network;
    [i64::from(all).into(), tx.actor().org.0.into()]
}

pub async fn treaties(tx: &Tx) -> Result<Vec<TreatyRow>> {
    let sql = format!("{TREATY} WHERE {PARTY} ORDER BY a.name, a.id, v.version DESC");
    Ok(sql::all(tx, &sql, party(tx).into()).await?)
}

pub async fn treaty_versions(tx: &Tx, id: AgreementId) -> Result<Vec<TreatyRow>> {
    let sql = format!("{TREATY} WHERE {PARTY} AND a.id = $3 ORDER BY v.version DESC");
    let [all, org] = party(tx);
    Ok(sql::all(tx, &sql, vec![all, org, id.0.into()]).await?)
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// The agreement that two organisations have.
pub async fn agreement_between(tx: &Tx, hotline: OrgId, lea: OrgId) -> Result<Option<AgreementId>> {
    let sql = format!("SELECT a.id FROM agreement a WHERE {PARTY} AND a.hotline_id = $3 AND a.lea_id = $4");
    let [all, org] = party(tx);
    let row: Option<Found> = sql::one(tx, &sql, vec![all, org, hotline.0.into(), lea.0.into()]).await?;
    Ok(row.map(|r| AgreementId(r.id)))
}

pub async fn agreement_add(
    tx: &Tx,
    id: AgreementId,
    name: &str,
    hotline: OrgId,
    lea: OrgId,
) -> std::result::Result<(), storage::Error> {
    let sql = "INSERT INTO agreement (id, name, hotline_id, lea_id, created_at) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![id.0.into(), name.into(), hotline.0.into(), lea.0.into(), tx.now().micros().into()];
    sql::run(tx, sql, values).await?;
    Ok(())
}

pub async fn version_add(tx: &Tx, row: agreement_version::Model) -> std::result::Result<(), storage::Error> {
    sql::add(tx, row).await
}

/// Changes a draft that is still as the writer saw it and that nobody has signed. Returns whether it was.
pub async fn version_change(
    tx: &Tx,
    id: AgreementId,
    version: i64,
    revision: i64,
    document: &str,
    valid: (Time, Option<Time>),
) -> Result<bool> {
    let sql = "UPDATE agreement_version SET document = $1, valid_from = $2, valid_until = $3, revision = revision + 1
        WHERE agreement_id = $4 AND version = $5 AND revision = $6 AND signed_hotline_at IS NULL AND signed_lea_at IS NULL
        AND discarded_at IS NULL";
    let values = vec![
        document.into(),
        valid.0.micros().into(),
        valid.1.map(Time::micros).into(),
        id.0.into(),
        version.into(),
        revision.into(),
    ];
    Ok(sql::run(tx, sql, values).await? == 1)
}

/// Puts a draft away that the secretariat has not countersigned. Returns whether it was one.
pub async fn version_discard(tx: &Tx, id: AgreementId, version: i64) -> Result<bool> {
    let sql = "UPDATE agreement_version SET discarded_at = $1 WHERE agreement_id = $2 AND version = $3
        AND signed_network_at IS NULL AND discarded_at IS NULL";
    Ok(sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into(), version.into()]).await? == 1)
}

/// Sets one signature on a text that is still as the signer saw it, once; the secretariat's only after both parties'.
/// Returns whether it was set.
pub async fn version_sign(
    tx: &Tx,
    id: AgreementId,
    version: i64,
    revision: i64,
    who: OrgKind,
    person: PersonId,
) -> Result<bool> {
    let both = "signed_hotline_at IS NOT NULL AND signed_lea_at IS NOT NULL";
    let (column, first) = match who {
        OrgKind::Hotline => ("signed_hotline", "1 = 1"),
        OrgKind::Lea => ("signed_lea", "1 = 1"),
        OrgKind::Network => ("signed_network", both),
        OrgKind::Interpol | OrgKind::Asp => return Ok(false),
    };
    let sql = format!(
        "UPDATE agreement_version SET {column}_by = $1, {column}_at = $2 WHERE agreement_id = $3 AND version = $4
         AND revision = $5 AND {column}_at IS NULL AND discarded_at IS NULL AND {first}"
    );
    let values = vec![person.0.into(), tx.now().micros().into(), id.0.into(), version.into(), revision.into()];
    Ok(sql::run(tx, &sql, values).await? == 1)
}

/// Puts a countersigned version in force for a span of time and ends the older ones where it begins.
pub async fn version_begin(tx: &Tx, id: AgreementId, version: i64, from: Time, until: Option<Time>) -> Result<()> {
    let sql = "UPDATE agreement_version SET live_from = $1, live_until = $2 WHERE agreement_id = $3 AND version = $4";
    let end = until.map_or(i64::MAX, Time::micros);
    sql::run(tx, sql, vec![from.micros().into(), end.into(), id.0.into(), version.into()]).await?;
    let sql = "UPDATE agreement_version SET live_until = $1 WHERE agreement_id = $2 AND version < $3
        AND live_from IS NOT NULL AND live_until > $1";
    sql::run(tx, sql, vec![from.micros().into(), id.0.into(), version.into()]).await?;
    let sql = "UPDATE agreement SET ended_at = NULL, ended_by = NULL, ended_why = NULL WHERE id = $1";
    sql::run(tx, sql, vec![id.0.into()]).await?;
    Ok(())
}

/// Ends every version of an agreement now. Returns whether any was in force or to come.
pub async fn agreement_end(tx: &Tx, id: AgreementId, why: &str) -> Result<bool> {
    let now = tx.now().micros();
    let sql = "UPDATE agreement_version SET live_until = $1 WHERE agreement_id = $2 AND live_from IS NOT NULL
        AND live_until > $1";
    let ended = sql::run(tx, sql, vec![now.into(), id.0.into()]).await? > 0;
    if ended {
        let sql = "UPDATE agreement SET ended_at = $1, ended_by = $2, ended_why = $3 WHERE id = $4";
        sql::run(tx, sql, vec![now.into(), tx.actor().org.0.into(), why.into(), id.0.into()]).await?;
    }
    Ok(ended)
}

/// One organisation's suspension of an agreement.
#[derive(Clone, Debug, FromQueryResult)]
pub struct SuspensionRow {
    pub org_id: Uuid,
    pub reason: String,
    pub at: i64,
    pub ended_at: Option<i64>,
}

/// Suspensions of an agreement that the actor has found, newest first.
pub async fn suspensions(tx: &Tx, id: AgreementId) -> Result<Vec<SuspensionRow>> {
    let sql = "SELECT s.org_id, s.reason, s.at, s.ended_at FROM agreement_suspension s WHERE s.agreement_id = $1
        ORDER BY s.at DESC, s.id DESC";
    Ok(sql::all(tx, sql, vec![id.0.into()]).await?)
}

/// Suspends an agreement for the actor's organisation. A second time while the first is open is a duplicate.
pub async fn suspension_add(
    tx: &Tx,
    suspension: SuspensionId,
    id: AgreementId,
    parties: (OrgId, OrgId),
    person: PersonId,
    reason: &str,
) -> std::result::Result<(), storage::Error> {
    let sql = "INSERT INTO agreement_suspension (id, agreement_id, hotline_id, lea_id, org_id, person_id, reason, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        suspension.0.into(),
        id.0.into(),
        parties.0.0.into(),
        parties.1.0.into(),
        tx.actor().org.0.into(),
        person.0.into(),
        reason.into(),
        tx.now().micros().into(),
    ];
    sql::run(tx, sql, values).await?;
    let sql = "UPDATE agreement SET suspended_at = $1 WHERE id = $2 AND suspended_at IS NULL";
    sql::run(tx, sql, vec![tx.now().micros().into(), id.0.into()]).await?;
    Ok(())
}

/// Ends the suspension of the actor's organisation. Returns whether there was one.
pub async fn suspension_end(tx: &Tx, id: AgreementId, person: PersonId) -> Result<bool> {
    let sql = "UPDATE agreement_suspension SET ended_at = $1, ended_by = $2
        WHERE agreement_id = $3 AND org_id = $4 AND ended_at IS NULL";
    let values = vec![tx.now().micros().into(), person.0.into(), id.0.into(), tx.actor().org.0.into()];
    let ended = sql::run(tx, sql, values).await? == 1;
    let sql = "UPDATE agreement SET suspended_at = (SELECT MIN(s.at) FROM agreement_suspension s
        WHERE s.agreement_id = agreement.id AND s.ended_at IS NULL) WHERE id = $1";
    sql::run(tx, sql, vec![id.0.into()]).await?;
    Ok(ended)
}

#[derive(FromQueryResult)]
struct Next {
    at: Option<i64>,
}

/// The next time at which a version of an agreement begins or ends by itself.
pub async fn next_change(tx: &Tx, id: AgreementId) -> Result<Option<Time>> {
    let sql = "SELECT MIN(t.at) AS at FROM (
            SELECT live_from AS at FROM agreement_version WHERE agreement_id = $1 AND live_from > $2 AND live_until > live_from
            UNION ALL SELECT live_until AS at FROM agreement_version
                WHERE agreement_id = $1 AND live_from IS NOT NULL AND live_until > $2 AND live_until < $3) AS t";
    let row: Option<Next> = sql::one(tx, sql, vec![id.0.into(), tx.now().micros().into(), i64::MAX.into()]).await?;
    Ok(row.and_then(|r| r.at).map(Time::from_micros))
}
