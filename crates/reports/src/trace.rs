//! Where a report's host is: looked up when the report comes in and whenever somebody asks, overruled by an analyst who
//! knows better. A host that turns out to be in another country gives the report another owner: it is routed again, and
//! both hotlines are told.

use crate::{
    Act, Error, Hands, HostingFacts, NewsKind, Report, Result, Traced, TracedBy,
    entity::{news, trace},
    flow::{self, Step},
    intake::Reach,
    store,
};
use ::capture::{Trace, TraceOrder};
use agreements::directory;
use base::{Actor, Country, NewsId, OrgId, OrgKind, ReportId, TraceId};
use std::collections::BTreeSet;
use storage::{Tx, jobs};

/// Asks for a look-up of a report's host.
pub async fn ask(tx: &Tx, report: ReportId, reach: Reach) -> Result<Act> {
    own(tx, report).await?;
    if !reach.trace {
        let reason = "looking up is switched off here, see `trace.country_database` and `trace.rdap`";
        return Err(Error::conflict("trace-off", "id", reason));
    }
    flow::queue(tx, Step::Trace(report)).await?;
    Ok(Act::TraceAsked(report))
}

/// The history of where a report's host is, newest first. It begins with what the report came with.
pub async fn history(tx: &Tx, report: ReportId) -> Result<Vec<Traced>> {
    store::traces_of(tx, report).await
}

/// The same as a look of its own.
pub async fn read(tx: &Tx, report: ReportId) -> Result<(Report, Vec<Traced>, Act)> {
    let found = store::report_find(tx, report).await?.ok_or(Error::NotFound)?;
    Ok((found, history(tx, report).await?, Act::TraceRead(report)))
}

/// An analyst says where a host is, whatever was looked up. The reason is part of the record.
pub async fn overrule(tx: &Tx, report: ReportId, country: Country, reason: &str) -> Result<Act> {
    let found = own(tx, report).await?;
    let reason = base::one_line("reason", reason, 500)?;
    begin_history(tx, &found).await?;
    let hosting = HostingFacts { country: Some(country), ..found.hosting.clone() };
    add(tx, report, TracedBy::Overruled, Some(&reason), &hosting, None).await?;
    settle(tx, &found, hosting).await?;
    Ok(Act::HostOverruled(report, reason))
}

/// An analyst takes such a word back: what was looked up, or what the report came with, counts again.
pub async fn take_back(tx: &Tx, report: ReportId, reason: &str) -> Result<Act> {
    let found = own(tx, report).await?;
    let reason = base::one_line("reason", reason, 500)?;
    let history = store::traces_of(tx, report).await?;
    if !overruled(&history) {
        return Err(Error::conflict("not-overruled", "reason", "nobody has overruled where this host is"));
    }
    let earlier = history
        .iter()
        .find(|t| matches!(t.kind, TracedBy::LookedUp | TracedBy::Reported) && t.hosting.country.is_some());
    let hosting = earlier.map(|t| t.hosting.clone()).unwrap_or_default();
    add(tx, report, TracedBy::TakenBack, Some(&reason), &hosting, None).await?;
    settle(tx, &found, hosting).await?;
    Ok(Act::HostTakenBack(report, reason))
}

/// Whether an analyst's word stands.
pub fn overruled(history: &[Traced]) -> bool {
    history.iter().find(|t| matches!(t.kind, TracedBy::Overruled | TracedBy::TakenBack)).map(|t| t.kind)
        == Some(TracedBy::Overruled)
}

/// The queued step: looks a report's host up and settles where it is.
pub(crate) async fn trace(hands: &Hands, job: &jobs::Job, id: ReportId) -> Result<()> {
    let machine = Actor::machine("trace");
    let tx = hands.db.look(&machine).await?;
    let report = store::report_find(&tx, id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    jobs::hold(&hands.db, job, 180).await?;
    let order = TraceOrder {
        host: report.source_host.clone(),
        trace: (*hands.trace).clone(),
        capture: (*hands.capture).clone(),
    };
    let found = ::capture::trace(&order, &hands.rdap, || hands.db.now()).await;
    let tx = hands.db.begin(&machine).await?;
    jobs::done(&tx, job).await?;
    // Somebody may have spoken meanwhile.
    let report = store::report_find(&tx, id).await?.ok_or(Error::NotFound)?;
    begin_history(&tx, &report).await?;
    let stands = overruled(&store::traces_of(&tx, id).await?);
    let looked_up = hosting(&found);
    add(&tx, id, TracedBy::LookedUp, None, &looked_up, Some(&found)).await?;
    let country = if stands { report.hosting.country } else { looked_up.country.or(report.hosting.country) };
    let now = HostingFacts {
        ip: looked_up.ip.or(report.hosting.ip),
        network: looked_up.network.or_else(|| report.hosting.network.clone()),
        country,
    };
    let moved = settle(&tx, &report, now).await?;
    let said = found.country.map_or_else(|| "unknown".to_owned(), |c| c.to_string());
    store::requests_traced(&tx, id, &said).await?;
    Ok(tx.commit(&Act::Traced { report: id, moved, by: report.reporter }).await?)
}

fn hosting(found: &Trace) -> HostingFacts {
    HostingFacts { ip: found.addresses.first().copied(), country: found.country, network: found.network.clone() }
}

/// The report, if the actor's hotline took it in.
pub async fn own(tx: &Tx, report: ReportId) -> Result<Report> {
    store::report_find(tx, report).await?.filter(|r| r.reporter == tx.actor().org).ok_or(Error::NotFound)
}

/// The history's first entry is what the report came with; written when there is a second.
async fn begin_history(tx: &Tx, report: &Report) -> Result<()> {
    if store::traces_of(tx, report.id).await?.is_empty() {
        add(tx, report.id, TracedBy::Reported, None, &report.hosting, None).await?;
    }
    Ok(())
}

async fn add(
    tx: &Tx,
    report: ReportId,
    kind: TracedBy,
    reason: Option<&str>,
    hosting: &HostingFacts,
    found: Option<&Trace>,
) -> Result<()> {
    let row = trace::Model {
        id: tx.id(TraceId::new)?.0,
        report_id: report.0,
        at: tx.now().micros(),
        kind: kind.word().into(),
        person_id: tx.actor().person().map(|p| p.0),
        reason: reason.map(str::to_owned),
        country: hosting.country.map(|c| c.to_string()),
        ip: hosting.ip.map(|ip| ip.to_string()),
        network: hosting.network.clone(),
        found: found.map(serde_json::to_string).transpose().map_err(|_| storage::Error::Stored("trace.found"))?,
    };
    Ok(store::trace_add(tx, row).await?)
}

/// Notes where a host is now. In another country than before: the report is routed again and the hotlines are told.
async fn settle(tx: &Tx, report: &Report, now: HostingFacts) -> Result<bool> {
    let moved = report.hosting.country != now.country;
    store::report_set_hosting(tx, report.id, &now).await?;
    if moved {
        // Found for the first time is no news.
        if report.hosting.country.is_some() {
            tell(tx, report, now.country).await?;
        }
        store::items_unroute(tx, report.id).await?;
        flow::queue(tx, Step::Route(report.id)).await?;
    }
    Ok(moved)
}

/// The hotline that reported it, the one that owned it, and the one that owns it from now on.
async fn tell(tx: &Tx, report: &Report, becomes: Option<Country>) -> Result<()> {
    let mut told: BTreeSet<OrgId> = BTreeSet::from([report.reporter]);
    told.extend(store::items_of(tx, report.id).await?.iter().filter_map(|item| item.owner));
    let judged = store::items_of(tx, report.id).await?.iter().any(|item| item.assessment.is_some());
    if judged {
        let members = directory::organisations(tx).await?;
        let hotlines = members.iter().filter(|o| o.active && o.kind == OrgKind::Hotline);
        told.extend(hotlines.filter(|o| o.country.is_some() && o.country == becomes).map(|o| o.id));
    }
    for org in told {
        let row = news::Model {
            id: tx.id(NewsId::new)?.0,
            org_id: org.0,
            report_id: report.id.0,
            kind: NewsKind::HostMoved.word().into(),
            was: report.hosting.country.map(|c| c.to_string()),
            becomes: becomes.map(|c| c.to_string()),
            at: tx.now().micros(),
            seen_at: None,
        };
        store::news_add(tx, row).await?;
    }
    Ok(())
}
