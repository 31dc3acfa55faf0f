//! `/desk`: the hotline's reports, newest first.

use crate::{
    App, api::reports::list::Filter, api::shape, caller::SeesReports, error::Result, page, params::Params, show, view,
};
use agreements::{Doing, may};
use axum::{extract::State, response::Response};
use reports::{Act, Listed, flow, look, news};
use view::{
    desk::{ReportRow, ReportsPage, StateFilter},
    evidence::NewsView,
};

/// The list.
pub async fn list(
    State(app): State<App>,
    SeesReports(who): SeesReports,
    Params(filter): Params<Filter>,
) -> Result<Response> {
    let (after, limit) = shape::paging(filter.cursor.as_deref(), filter.limit)?;
    let state = filter.state()?;
    let tx = app.db.look(&who.actor).await?;
    let found = look::reports(&tx, state, after, limit).await?;
    let to_assess = look::count_to_assess(&tx).await?;
    let to_confirm = look::to_confirm(&tx).await?.len() as u64;
    let unseen = news::unseen(&tx).await?;
    tx.commit(&Act::ReportsRead).await?;
    let chosen = state.map(flow::State::word);
    let next =
        found.next.map(|c| format!("/desk?cursor={c}{}", chosen.map(|s| format!("&state={s}")).unwrap_or_default()));
    page::show(&ReportsPage {
        base: page::frame(&app, &who, "reports", None),
        rows: found.items.iter().map(row).collect(),
        filters: filters(chosen),
        to_assess: show::count(to_assess),
        to_confirm,
        next,
        news: unseen.iter().map(news_view).collect(),
        may_work: may(who.actor.kind, who.actor.role, Doing::Report),
    })
}

fn news_view(n: &reports::News) -> NewsView {
    NewsView {
        id: n.id.to_string(),
        report_id: n.report.to_string(),
        reference: show::reference(n.report),
        at: n.at.minute(),
        was: n.was.clone(),
        becomes: n.becomes.clone(),
        kind: n.kind.word().into(),
    }
}

fn filters(chosen: Option<&str>) -> Vec<StateFilter> {
    let all = StateFilter { state: None, current: chosen.is_none() };
    let of = |s: &flow::State| StateFilter { state: Some(s.word().into()), current: chosen == Some(s.word()) };
    std::iter::once(all).chain(flow::State::ALL.iter().map(of)).collect()
}

fn row(listed: &Listed) -> ReportRow {
    let report = &listed.report;
    ReportRow {
        id: report.id.to_string(),
        reference: show::reference(report.id),
        received: report.received_at.minute(),
        source_host: report.source_host.clone(),
        source_url: report.source_url.clone(),
        country: report.hosting.country.map(|c| c.to_string()),
        state: report.state.word().into(),
        items: show::count(listed.items),
        to_assess: show::count(listed.to_assess),
        outcome: listed.outcome.map(|o| o.word().to_owned()),
    }
}
