//! Table `report`, and `outcome` as a hotline sees it.

use super::{Stored, one_more, places, scoped, word, word_opt};
use crate::{
    CaseOutcome, HostingFacts, Listed, Outcome, Report, Result,
    entity::{outcome, report},
    flow::{Rows, State},
};
use base::{BlobId, OrgId, OutcomeId, PersonId, ReportId, SiteType, Time};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use storage::{Tx, sql};
use uuid::Uuid;

/// A hotline sees a report that it took in or owns an item of.
const VISIBLE: &str = "($1 = 1 OR r.reporter_id = $2
    OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = r.id AND i.owner_id = $2))";

pub async fn report_add(tx: &Tx, row: report::Model) -> Stored<()> {
    sql::add(tx, row).await
}

pub async fn report_find(tx: &Tx, id: ReportId) -> Result<Option<Report>> {
    let sql = format!("SELECT r.* FROM report r WHERE {VISIBLE} AND r.id = $3");
    let row: Option<report::Model> = sql::one(tx, &sql, scoped(tx, [id.0.into()])).await?;
    Ok(row.map(report_of).transpose()?)
}

/// Among reports those that the actor may see.
pub async fn reports_among(tx: &Tx, ids: &[ReportId]) -> Result<BTreeMap<ReportId, Report>> {
    let sql = format!("SELECT r.* FROM report r WHERE {VISIBLE} AND r.id IN ({})", places(3, ids.len()));
    let rows: Vec<report::Model> = sql::all(tx, &sql, scoped(tx, ids.iter().map(|id| id.0.into()))).await?;
    Ok(rows.into_iter().map(|row| Ok((ReportId(row.id), report_of(row)?))).collect::<Stored<_>>()?)
}

#[derive(FromQueryResult)]
struct Counts {
    report_id: Uuid,
    items: i64,
    to_assess: i64,
    outcome: Option<String>,
}

/// The hotline's own reports, newest first.
pub async fn reports_page(
    tx: &Tx,
    state: Option<State>,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Listed>> {
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let state = state.map_or("", State::word);
    let sql = "SELECT r.* FROM report r WHERE ($1 = 1 OR r.reporter_id = $2) AND (r.created_at, r.id) < ($3, $4)
               AND ($5 = '' OR r.state = $5) ORDER BY r.created_at DESC, r.id DESC LIMIT $6";
    let values = scoped(tx, [at.into(), id.into(), state.into(), one_more(limit)]);
    let rows: Vec<report::Model> = sql::all(tx, sql, values).await?;
    let counts = counts(tx, &rows).await?;
    let listed = rows.into_iter().map(|row| {
        let of = counts.iter().find(|c| c.report_id == row.id);
        let (items, to_assess) = of.map_or((0, 0), |c| (c.items, c.to_assess));
        let outcome = word_opt(of.and_then(|c| c.outcome.clone()), "outcome.kind")?;
        Ok(Listed { report: report_of(row)?, items, to_assess, outcome })
    });
    Ok(listed.collect::<Stored<_>>()?)
}

/// Item counts and the newest outcome of the reports on one page.
async fn counts(tx: &Tx, rows: &[report::Model]) -> Result<Vec<Counts>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT i.report_id, COUNT(*) AS items, COUNT(CASE WHEN i.class IS NULL AND i.compared_at IS NOT NULL THEN 1 END) AS to_assess,
           (SELECT o.kind FROM outcome o WHERE o.report_id = i.report_id ORDER BY o.at DESC LIMIT 1) AS outcome
         FROM item i WHERE i.report_id IN ({}) GROUP BY i.report_id",
        sql::places(1, rows.len())
    );
    Ok(sql::all(tx, &sql, rows.iter().map(|r| r.id.into()).collect()).await?)
}

/// What a report's state follows from.
pub async fn report_rows(tx: &Tx, id: ReportId) -> Result<Rows> {
    let sql = "SELECT COUNT(*) AS items, COUNT(CASE WHEN compared_at IS NULL THEN 1 END) AS uncompared,
        COUNT(CASE WHEN class IS NULL THEN 1 END) AS unassessed,
        (SELECT COUNT(*) FROM capture c WHERE c.report_id = $1 AND c.ended_at IS NOT NULL AND c.failed IS NULL) AS captured,
        (SELECT COUNT(*) FROM item i2 JOIN media_object m ON m.id = i2.media_id
            WHERE i2.report_id = $1 AND m.described_at IS NULL) AS undescribed,
        COUNT(CASE WHEN class IS NOT NULL AND routed_at IS NULL THEN 1 END) AS unrouted,
        (SELECT COUNT(*) FROM disclosure d WHERE d.report_id = $1 AND d.withdrawn_at IS NULL) AS disclosed,
        (SELECT COUNT(*) FROM police_case c WHERE c.report_id = $1 AND c.items > 0 AND c.opened_at IS NOT NULL) AS opened,
        (SELECT COUNT(*) FROM police_case c WHERE c.report_id = $1 AND c.items > 0 AND c.outcome IS NOT NULL) AS answered
        FROM item WHERE report_id = $1";
    Ok(sql::one(tx, sql, vec![id.0.into()]).await?.unwrap_or_default())
}

pub async fn report_set_state(tx: &Tx, id: ReportId, state: State) -> Result<()> {
    let sql = "UPDATE report SET state = $1, changed_at = $2 WHERE id = $3";
    sql::run(tx, sql, vec![state.word().into(), tx.now().micros().into(), id.0.into()]).await?;
    Ok(())
}

pub async fn report_set_site(tx: &Tx, id: ReportId, site: SiteType) -> Result<()> {
    let sql = "UPDATE report SET site_type = $1, changed_at = $2 WHERE id = $3";
    sql::run(tx, sql, vec![site.word().into(), tx.now().micros().into(), id.0.into()]).await?;
    Ok(())
}

/// Outcomes of a report, newest first. The caller has found the report for the actor.
pub async fn outcomes_of_report(tx: &Tx, id: ReportId) -> Result<Vec<Outcome>> {
    let sql = "SELECT * FROM outcome WHERE report_id = $1 ORDER BY at DESC, id DESC";
    let rows: Vec<outcome::Model> = sql::all(tx, sql, vec![id.0.into()]).await?;
    Ok(rows.into_iter().map(outcome_of).collect::<Stored<_>>()?)
}

/// Outcomes of reports that the actor's hotline took in or owns an item of, newest first.
pub async fn outcomes_feed(tx: &Tx, after: Option<(i64, Uuid)>, limit: u64) -> Result<Vec<CaseOutcome>> {
    let (at, id) = after.unwrap_or((i64::MAX, Uuid::max()));
    let sql = format!(
        "SELECT o.* FROM outcome o JOIN report r ON r.id = o.report_id WHERE {VISIBLE} AND (o.at, o.id) < ($3, $4)
         ORDER BY o.at DESC, o.id DESC LIMIT $5"
    );
    let rows: Vec<outcome::Model> = sql::all(tx, &sql, scoped(tx, [at.into(), id.into(), one_more(limit)])).await?;
    let mut feed = Vec::with_capacity(rows.len());
    for row in rows {
        let report = report_find(tx, ReportId(row.report_id)).await?;
        let source_url = report.map(|r| r.source_url).unwrap_or_default();
        feed.push(CaseOutcome { report: ReportId(row.report_id), source_url, outcome: outcome_of(row)? });
    }
    Ok(feed)
}

/// Whether a person does not want to be told what came of reports.
pub async fn feed_is_off(tx: &Tx, person: PersonId) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Choice {
        #[expect(dead_code, reason = "the row's presence is the answer")]
        at: i64,
    }
    let sql = "SELECT at FROM feed_choice WHERE org_id = $1 AND person_id = $2";
    let row: Option<Choice> = sql::one(tx, sql, vec![tx.actor().org.0.into(), person.0.into()]).await?;
    Ok(row.is_some())
}

pub async fn feed_set(tx: &Tx, person: PersonId, off: bool) -> Result<()> {
    let sql = "DELETE FROM feed_choice WHERE org_id = $1 AND person_id = $2";
    sql::run(tx, sql, vec![tx.actor().org.0.into(), person.0.into()]).await?;
    if off {
        let sql = "INSERT INTO feed_choice (person_id, org_id, at) VALUES ($1, $2, $3)";
        sql::run(tx, sql, vec![person.0.into(), tx.actor().org.0.into(), tx.now().micros().into()]).await?;
    }
    Ok(())
}

pub(super) fn outcome_of(row: outcome::Model) -> Stored<Outcome> {
    let kind = word(&row.kind, "outcome.kind")?;
    let (id, lea) = (OutcomeId(row.id), OrgId(row.lea_id));
    let missing = row.missing.as_deref().unwrap_or_default().split(',').filter_map(|w| w.parse().ok()).collect();
    Ok(Outcome { id, lea, kind, note: row.note, missing, at: Time::from_micros(row.at) })
}

pub(super) fn report_of(row: report::Model) -> Stored<Report> {
    Ok(Report {
        id: ReportId(row.id),
        reporter: OrgId(row.reporter_id),
        source_url: row.source_url,
        source_host: row.source_host,
        received_at: Time::from_micros(row.received_at),
        submitted_by: PersonId(row.submitted_by),
        state: State::from_word(&row.state).ok_or(storage::Error::Stored("report.state"))?,
        hosting: HostingFacts {
            ip: word_opt(row.hosting_ip, "report.hosting_ip")?,
            country: word_opt(row.hosting_country, "report.hosting_country")?,
            network: row.hosting_network,
        },
        site_type: word(&row.site_type, "report.site_type")?,
        note: row.note,
        referrer: row.referrer,
        login: row.login_id.map(BlobId),
        created_at: Time::from_micros(row.created_at),
        changed_at: Time::from_micros(row.changed_at),
    })
}
