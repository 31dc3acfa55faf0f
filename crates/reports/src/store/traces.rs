//! Tables `trace` and `news`.

use super::{
    Stored,
    live::{at, live},
    scope, scoped, word_opt,
};
use crate::{
    HostingFacts, News, NewsKind, Result, Traced, TracedBy,
    entity::{news, trace},
};
use base::{NewsId, PersonId, ReportId, Time};
use storage::{Tx, sql};

/// A hotline sees where a report's host is when it sees the report; police see it wider than metadata.
fn visible(now: usize) -> String {
    format!(
        "($1 = 1 OR EXISTS (SELECT 1 FROM report r WHERE r.id = t.report_id AND r.reporter_id = $2)
        OR EXISTS (SELECT 1 FROM item i WHERE i.report_id = t.report_id AND i.owner_id = $2)
        OR EXISTS (SELECT 1 FROM disclosure d WHERE d.report_id = t.report_id AND d.lea_id = $2
            AND d.width <> 'metadata' AND {}))",
        live("d", now)
    )
}

pub async fn trace_add(tx: &Tx, row: trace::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// The history of where a report's host is, newest first, at most 200 entries.
pub async fn traces_of(tx: &Tx, report: ReportId) -> Result<Vec<Traced>> {
    let sql = format!(
        "SELECT t.* FROM trace t WHERE {} AND t.report_id = $3 ORDER BY t.at DESC, t.id DESC LIMIT 200",
        visible(4)
    );
    let rows: Vec<trace::Model> = sql::all(tx, &sql, scoped(tx, [report.0.into(), at(tx)])).await?;
    Ok(rows.into_iter().map(traced_of).collect::<Stored<_>>()?)
}

fn traced_of(row: trace::Model) -> Stored<Traced> {
    let broken = |_| storage::Error::Stored("trace.found");
    Ok(Traced {
        at: Time::from_micros(row.at),
        kind: TracedBy::from_word(&row.kind).ok_or(storage::Error::Stored("trace.kind"))?,
        person: row.person_id.map(PersonId),
        reason: row.reason,
        hosting: HostingFacts {
            ip: word_opt(row.ip, "trace.ip")?,
            country: word_opt(row.country, "trace.country")?,
            network: row.network,
        },
        found: row.found.map(|f| serde_json::from_str(&f)).transpose().map_err(broken)?,
    })
}

/// Notes where a report's host is now.
pub async fn report_set_hosting(tx: &Tx, id: ReportId, hosting: &HostingFacts) -> Result<()> {
    let sql = "UPDATE report SET hosting_ip = $1, hosting_country = $2, hosting_network = $3, changed_at = $4
               WHERE id = $5";
    let values = vec![
        hosting.ip.map(|ip| ip.to_string()).into(),
        hosting.country.map(|c| c.to_string()).into(),
        hosting.network.clone().into(),
        tx.now().micros().into(),
        id.0.into(),
    ];
    sql::run(tx, sql, values).await?;
    Ok(())
}

/// Makes every judged item of a report wait for routing again.
pub async fn items_unroute(tx: &Tx, id: ReportId) -> Result<()> {
    sql::run(tx, "UPDATE item SET routed_at = NULL, version = version + 1 WHERE report_id = $1", vec![id.0.into()])
        .await?;
    Ok(())
}

pub async fn news_add(tx: &Tx, row: news::Model) -> Stored<()> {
    sql::add(tx, row).await
}

/// What the actor's hotline was told and nobody there has put away, newest first, at most 50.
pub async fn news_unseen(tx: &Tx) -> Result<Vec<News>> {
    let sql = "SELECT n.* FROM news n WHERE ($1 = 1 OR n.org_id = $2) AND n.seen_at IS NULL
               ORDER BY n.at DESC, n.id DESC LIMIT 50";
    let rows: Vec<news::Model> = sql::all(tx, sql, scope(tx)).await?;
    Ok(rows.into_iter().map(news_of).collect::<Stored<_>>()?)
}

/// Puts a piece of news away; says whether it was there for the actor.
pub async fn news_see(tx: &Tx, id: NewsId) -> Result<bool> {
    let sql = "UPDATE news SET seen_at = $4 WHERE ($1 = 1 OR org_id = $2) AND id = $3 AND seen_at IS NULL";
    Ok(sql::run(tx, sql, scoped(tx, [id.0.into(), tx.now().micros().into()])).await? == 1)
}

fn news_of(row: news::Model) -> Stored<News> {
    let kind = match row.kind.as_str() {
        "host_moved" => NewsKind::HostMoved,
        "victim_identified" => NewsKind::VictimIdentified,
        "not_illegal_here" => NewsKind::NotIllegalHere,
        _ => return Err(storage::Error::Stored("news.kind")),
    };
    let (id, report) = (NewsId(row.id), ReportId(row.report_id));
    Ok(News { id, report, kind, was: row.was, becomes: row.becomes, at: Time::from_micros(row.at) })
}
