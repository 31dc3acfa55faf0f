//! What a hotline's reports are made of, counted by the combinations of facts that a decision can tell apart: a million
//! reports are a few hundred combinations. For the exchange's own machinery, on behalf of an agreement's parties.

use crate::Result;
use base::{OrgId, Time};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use storage::{Tx, sql};

/// How often one combination of facts occurs.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Combination {
    /// The combination, see [`KINDS`].
    pub kind: String,
    /// Items like that.
    pub items: i64,
}

/// How many reports hold the same combinations of facts.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Mixture {
    /// The combinations, with `;` between them.
    pub kinds: String,
    /// Reports like that.
    pub reports: i64,
    /// The newest of them, as hexadecimal digits with or without hyphens.
    pub newest: String,
    /// The oldest of them.
    pub oldest: String,
}

/// A combination is one text: country of the host, class, whether it is illegal in the party hotline's country, age group,
/// whether it was known, kind of site, reality, whether the party hotline reported it, and whether it judged it. Judged items of reports that a hotline took in, or that are hosted with it, since a time. `$1` the hotline, `$2` the
/// time, `$3` the hotline's country.
const KINDS: &str = "SELECT i.report_id, coalesce(r.hosting_country, '') || '|' || i.class || '|'
        || CASE WHEN a.country = $3 THEN '1' ELSE '0' END || '|' || a.age_group || '|'
        || CASE WHEN i.known THEN '1' ELSE '0' END || '|' || r.site_type || '|' || a.synthetic || '|'
        || CASE WHEN i.reporter_id = $1 THEN '1' ELSE '0' END || '|'
        || CASE WHEN i.confirmed_by = $1 OR coalesce(e.org_id, a.org_id) = $1 THEN '1' ELSE '0' END AS kind
    FROM item i JOIN report r ON r.id = i.report_id JOIN assessment a ON a.id = i.assessment_id
    LEFT JOIN assessment e ON e.id = a.inherited_from
    WHERE (i.reporter_id = $1 OR i.owner_id = $1) AND r.created_at >= $2";

/// How many items there are of each combination.
pub async fn combinations(tx: &Tx, hotline: OrgId, since: Time, country: &str) -> Result<Vec<Combination>> {
    let sql = format!("SELECT k.kind, COUNT(*) AS items FROM ({KINDS}) AS k GROUP BY k.kind ORDER BY k.kind");
    Ok(sql::all(tx, &sql, values(hotline, since, country)).await?)
}

/// How many reports there are of each mixture of combinations, and examples.
pub async fn mixtures(tx: &Tx, hotline: OrgId, since: Time, country: &str) -> Result<Vec<Mixture>> {
    let (joined, id) = match tx.get_database_backend() {
        DbBackend::Postgres => ("string_agg(k.kind, ';' ORDER BY k.kind)", "k.report_id::text"),
        _ => ("group_concat(k.kind, ';')", "hex(k.report_id)"),
    };
    let sql = format!(
        "SELECT m.kinds, COUNT(*) AS reports, MAX(m.id) AS newest, MIN(m.id) AS oldest FROM (
            SELECT {id} AS id, {joined} AS kinds
            FROM (SELECT DISTINCT k.report_id, k.kind FROM ({KINDS}) AS k ORDER BY k.report_id, k.kind) AS k
            GROUP BY k.report_id) AS m
         GROUP BY m.kinds ORDER BY m.kinds"
    );
    Ok(sql::all(tx, &sql, values(hotline, since, country)).await?)
}

fn values(hotline: OrgId, since: Time, country: &str) -> Vec<sea_orm::Value> {
    vec![hotline.0.into(), since.micros().into(), country.into()]
}
