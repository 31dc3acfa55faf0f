//! Captures and chains of custody in a browser. Desk and police share them; whoever asks sees what their organisation may.

use crate::{
    App,
    api::captures::open,
    caller::{self, SeesMedia},
    error::Result,
    page,
    params::Form,
    show, view,
};
use ::capture::Exchange;
use agreements::{
    directory::{self, Person},
    sign_in::SignedIn,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CaptureId, OrgKind};
use reports::{
    Capture, Sighting, capture,
    capture::Part,
    case,
    custody::{self, Custody},
};
use serde::Deserialize;
use storage::audit_log::Numbered;
use view::evidence::{CapturePage, CustodyPage, CustodyRow, DifferenceView, ExchangeView, FoundView};

/// `…/captures/{id}`: one capture with its record.
pub async fn read(State(app): State<App>, SeesMedia(who): SeesMedia, Path(id): Path<String>) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?).await?)
}

/// Why, and which part.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    part: String,
}

/// `POST …/captures/{id}/open`: the archive or the picture, after the purpose is in the log.
pub async fn open(
    State(app): State<App>,
    SeesMedia(who): SeesMedia,
    Path(id): Path<String>,
    Form(why): Form<Why>,
) -> Result<Response> {
    let id = caller::id(&id)?;
    let part = if why.part == "picture" { Part::Picture } else { Part::Archive };
    match open::part(&app, &who, id, part, &why.purpose).await {
        Ok(bytes) => Ok(bytes),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "purpose")?;
            let page = CapturePage { errors, purpose: why.purpose, ..drawn(&app, &who, id).await? };
            page::show_refused(&page, &error)
        }
    }
}

/// `…/items/{id}/custody`: the chain of custody of the object behind an item, to be printed.
pub async fn custody(State(app): State<App>, SeesMedia(who): SeesMedia, Path(id): Path<String>) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let (custody, act) = custody::read(&tx, caller::id(&id)?).await?;
    let people = directory::people(&tx).await?;
    tx.commit(&act).await?;
    page::show(&custody_page(&app, &who, &custody, &people))
}

async fn drawn(app: &App, who: &SignedIn, id: CaptureId) -> Result<CapturePage> {
    let police = who.actor.kind == OrgKind::Lea;
    let tx = app.db.look(&who.actor).await?;
    let (found, seen, difference, act) = capture::read(&tx, id).await?;
    let case = if police { case::of_report(&tx, found.report).await? } else { None };
    tx.commit(&act).await?;
    let (back_href, back_label) = match case {
        Some(case) => (format!("/police/cases/{case}"), show::reference(case)),
        None => (format!("/desk/reports/{}", found.report), show::reference(found.report)),
    };
    let page = CapturePage {
        base: page::frame(app, who, if police { "inbox" } else { "reports" }, None),
        root: if police { "/police" } else { "/desk" }.into(),
        id: id.to_string(),
        reference: show::reference(id),
        back_href,
        back_label,
        row: show::capture_row(&found),
        picture: found.picture.is_some(),
        picture_problem: found.picture_problem.clone(),
        found: seen.iter().map(found_view).collect(),
        difference: difference.map(difference_view),
        ..CapturePage::default()
    };
    Ok(with_record(page, &found))
}

fn with_record(page: CapturePage, found: &Capture) -> CapturePage {
    let Some(record) = &found.record else { return page };
    CapturePage {
        url: record.url.to_string(),
        final_url: record.final_url.as_ref().filter(|last| **last != record.url).map(|u| u.to_string()),
        title: record.title.clone(),
        tool: record.tool.clone(),
        time_source: record.time_source.clone(),
        egress: record.egress.clone(),
        started: record.started_at.to_string(),
        ended: record.ended_at.to_string(),
        archive: found.archive.map(|_| (record.archive_sha256.clone(), record.archive_bytes)),
        exchanges: record.exchanges.iter().map(exchange_view).collect(),
        left_out: record.left_out.iter().map(|(url, why)| (url.to_string(), view::base::sentence(why))).collect(),
        ..page
    }
}

fn exchange_view(e: &Exchange) -> ExchangeView {
    let answer = match (&e.failed, e.status) {
        (Some(why), _) => view::base::sentence(&why.to_string()),
        (None, Some(status)) => status.to_string(),
        (None, None) => String::new(),
    };
    let tls = e.tls.as_ref().map(|tls| {
        let days = format!("{} – {}", day(tls.not_before), day(tls.not_after));
        view::words::certificate(&tls.names.join(", "), &tls.issuer, &days, tls.problem.as_deref())
    });
    ExchangeView {
        url: e.url.to_string(),
        answer,
        address: e.connected.map(|a| a.to_string()).unwrap_or_default(),
        at: e.at.to_string(),
        size: e.body_bytes,
        sha256: e.digests.as_ref().map(|[_, _, sha256]| sha256.clone()).unwrap_or_default(),
        cut_short: e.cut_short.clone(),
        from: e.redirected_from.as_ref().map(|u| u.to_string()),
        tls,
        headers: e.headers.clone(),
    }
}

fn day(at: base::Time) -> String {
    at.minute().chars().take(10).collect()
}

fn found_view(s: &Sighting) -> FoundView {
    FoundView {
        item_id: s.item.to_string(),
        url: s.url.clone(),
        by: s.found_by.clone(),
        sha256: base::hex(&s.sha256),
        at: s.at.to_string(),
    }
}

fn difference_view(d: capture::Difference) -> DifferenceView {
    let change = |(what, was, is): (&str, String, String)| (what.to_owned(), was, is);
    DifferenceView {
        before_at: d.before_at.minute(),
        before: d.before.to_string(),
        came: d.came,
        went: d.went,
        stayed: d.stayed as u64,
        changed: d.changed.into_iter().map(change).collect(),
    }
}

fn custody_page(app: &App, who: &SignedIn, c: &Custody, people: &[Person]) -> CustodyPage {
    let police = who.actor.kind == OrgKind::Lea;
    let item = &c.item;
    let (back_href, back_label, name) = match c.case {
        Some(case) => (format!("/police/cases/{case}"), show::reference(case), show::reference(item.id)),
        None => (format!("/desk/reports/{}", item.report), show::reference(item.report), item.file_name.clone()),
    };
    let capture = c.capture.as_ref().and_then(|capture| {
        let record = capture.record.as_ref()?;
        let time = format!("{} – {} ({})", record.started_at, record.ended_at, record.time_source);
        Some((record.tool.clone(), time, record.archive_sha256.clone()))
    });
    CustodyPage {
        base: page::frame(app, who, if police { "inbox" } else { "reports" }, None),
        id: item.id.to_string(),
        reference: show::reference(item.id),
        back_href,
        back_label,
        organisation: who.organisation.clone(),
        printed: c.at.to_string(),
        facts: show::facts(&item.media, &name, None),
        sha1: base::hex(&item.media.sha1),
        md5: base::hex(&item.media.md5),
        object: item.media.blob.map(|b| b.to_string()),
        capture,
        seen: c.sightings.iter().map(found_view).collect(),
        events: c.events.iter().map(|n| custody_row(n, people)).collect(),
    }
}

fn custody_row(n: &Numbered, people: &[Person]) -> CustodyRow {
    let entry = &n.entry;
    let person = entry.person.and_then(|id| people.iter().find(|p| p.id.0 == id)).map(|p| p.name.clone());
    CustodyRow {
        at: entry.at.to_string(),
        act: entry.act.clone(),
        who: person.or_else(|| entry.machine.clone()).unwrap_or_default(),
        purpose: entry.purpose.clone(),
        seq: n.seq.map(|s| s.to_string()),
        link: n.link.as_deref().map(base::hex),
    }
}
