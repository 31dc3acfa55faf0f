//! `/desk/reports/{id}`: one report with everything about it, and the form that adds files.

use crate::{
    App, Error,
    caller::{self, SeesReport, SeesReports},
    error::Result,
    files::{self, FileTrouble, Upload},
    names::Names,
    once::Answer,
    page::{self, Done},
    params::Params,
    show, view,
};
use agreements::{
    Doing,
    directory::{self, Person},
    may,
    sign_in::SignedIn,
};
use axum::{
    extract::{FromRequest, Multipart, Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use base::{ItemId, ReportId};
use reports::{
    capture, facts, ground,
    look::{self, FullReport},
    settle, trace,
};
use serde_json::json;
use storage::{
    Tx,
    audit_log::{self, Numbered},
};
use takedown::hold;
use view::{
    base::FieldError,
    desk::{DisclosureView, EventView, NotToldView, ReportPage, ThreadLink},
    item::ItemView,
};

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesReports(who): SeesReports,
    Path(id): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, done.done, Vec::new()).await?)
}

/// Adds files, then shows the page.
pub async fn add_files(
    State(app): State<App>,
    SeesReport(who): SeesReport,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    // A foreign report is "not found" before a file is read.
    let found = drawn(&app, &who, id, None, Vec::new()).await?;
    if !found.may_add {
        return Err(Error::NOT_FOUND);
    }
    let form = Multipart::from_request(request, &app)
        .await
        .map_err(|e| Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    let mut upload = Upload::default();
    let added = match files::read(&app, who.actor.org, form, &mut upload).await {
        Ok(()) => attach(&app, &who, id, &upload).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(()) => Ok(Redirect::to(&format!("/desk/reports/{id}?done=files-added")).into_response()),
        Err(error) => {
            facts::discard(&app.vault, &upload.files).await;
            let (error, errors) = page::field_errors(error, "files")?;
            page::show_refused(&ReportPage { errors, ..found }, &error)
        }
    }
}

async fn attach(app: &App, who: &SignedIn, id: ReportId, upload: &Upload) -> Result<()> {
    if upload.files.is_empty() {
        return Err(FileTrouble::None.into());
    }
    let once = upload.once(upload.field("idempotency_key").map(str::to_owned), &format!("files of {id}"));
    if once.answered_body(app, who).await?.is_some() {
        facts::discard(&app.vault, &upload.files).await;
        return Ok(());
    }
    let tx = app.db.begin(&who.actor).await?;
    let (_, act) = facts::attach(&tx, &app.vault, &app.lists, id, app.config.max_files, &upload.files).await?;
    once.remember(&tx, &Answer::created(&json!({}))).await?;
    Ok(tx.commit(&act).await?)
}

/// The page as it stands, with what was refused.
pub(super) async fn drawn(
    app: &App,
    who: &SignedIn,
    id: ReportId,
    done: Option<String>,
    errors: Vec<FieldError>,
) -> Result<ReportPage> {
    let tx = app.db.look(&who.actor).await?;
    let (full, act) = look::report(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let people = directory::people(&tx).await?;
    let filter = audit_log::Filter { subject: Some(id.0), ..audit_log::Filter::default() };
    let log = audit_log::entries(&tx, &filter, 200).await?;
    let captures = capture::of_report(&tx, id).await?;
    let history = trace::history(&tx, id).await?;
    let items = items(&tx, &full, &names).await?;
    let notes = reports::team::shared_notes(&tx, id).await?;
    let threads = threads(&tx, id, &names).await?;
    tx.commit(&act).await?;
    let report = &full.report;
    let name_of = |person: base::PersonId| people.iter().find(|p| p.id == person).map(|p| p.name.clone());
    Ok(ReportPage {
        base: page::frame(app, who, "reports", done),
        id: id.to_string(),
        reference: show::reference(id),
        state: report.state.word().into(),
        source_url: report.source_url.clone(),
        received: report.received_at.minute(),
        created: report.created_at.minute(),
        submitted_by: name_of(report.submitted_by),
        hosting_ip: report.hosting.ip.map(|ip| ip.to_string()),
        hosting_country: report.hosting.country.map(|c| c.to_string()),
        hosting_network: report.hosting.network.clone(),
        site_type: report.site_type.word().into(),
        note: report.note.clone(),
        referrer: report.referrer.clone(),
        has_login: report.login.is_some(),
        under_way: captures.iter().any(|c| c.ended_at.is_none()) || full.items.iter().any(|i| !i.compared),
        captures: captures.iter().map(show::capture_row).collect(),
        may_capture: app.capture.enabled,
        traced: history.iter().find_map(|t| t.found.as_ref()).map(show::trace),
        overruled: trace::overruled(&history),
        history: show::history(&history, name_of),
        may_trace: app.trace.is_on(),
        overrule_failed: false,
        items,
        threads,
        victim_identified: full.outcomes.iter().any(|o| o.kind == base::OutcomeKind::VictimIdentified),
        to_assess: full.items.iter().filter(|item| item.compared && item.assessment.is_none()).count() as u64,
        disclosures: full.disclosures.iter().map(|d| disclosure(d, &full, &names)).collect(),
        not_told: full.withheld.iter().filter(|w| w.what == "everything").map(|w| not_told(w, &full, &names)).collect(),
        outcomes: full.outcomes.iter().map(|o| show::outcome(o, &names)).collect(),
        notes: notes.iter().map(|n| show::note(n, &names.of(n.lea))).collect(),
        timeline: log.iter().rev().filter(|n| !n.entry.act.ends_with("read")).map(|n| event(n, &people)).collect(),
        may_add: report.reporter == who.actor.org && may(who.actor.kind, who.actor.role, Doing::Report),
        idempotency_key: page::form_key(app)?,
        errors,
    })
}

/// Cases of the report that this hotline answers, each with the hold in force.
async fn threads(tx: &Tx, id: ReportId, names: &Names) -> Result<Vec<ThreadLink>> {
    let (now, holds) = (tx.now(), hold::of_report(tx, id).await?);
    let held = |case| holds.iter().filter(|h| h.case == case && h.holds(now)).map(|h| h.until).max();
    let link = |ground: &ground::Ground| ThreadLink {
        case_id: ground.case.to_string(),
        organisation: names.of(ground.lea),
        held_until: held(ground.case).map(|until| until.minute()),
    };
    Ok(ground::of_report(tx, id).await?.iter().map(link).collect())
}

/// Items with what lists did about them.
async fn items(tx: &Tx, full: &FullReport, names: &Names) -> Result<Vec<ItemView>> {
    let ids: Vec<ItemId> = full.items.iter().map(|item| item.id).collect();
    let settled = settle::of_items(tx, &ids).await?;
    let like = settle::suggestions(tx, &ids).await?;
    let view = |item: &reports::Item| ItemView {
        settled: settled.iter().find(|(id, _)| *id == item.id).map(|(_, by)| show::settled(by)),
        suggestion: like.iter().find(|s| s.item == item.id).map(show::suggestion),
        ..show::item(item, names)
    };
    Ok(full.items.iter().map(view).collect())
}

fn file_name(full: &FullReport, item: ItemId) -> String {
    full.items.iter().find(|i| i.id == item).map(|i| i.file_name.clone()).unwrap_or_default()
}

fn disclosure(d: &reports::Disclosure, full: &FullReport, names: &Names) -> DisclosureView {
    DisclosureView {
        file_name: file_name(full, d.item),
        organisation: names.of(d.lea),
        agreement: d.agreement.clone(),
        version: show::count(d.version),
        clause: d.clause.clone(),
        width: d.width.word().into(),
        media: d.media,
        reason: d.reason.clone(),
        at: d.at.minute(),
    }
}

fn not_told(w: &reports::Withheld, full: &FullReport, names: &Names) -> NotToldView {
    NotToldView {
        file_name: file_name(full, w.item),
        organisation: w.lea.map(|l| names.of(l)),
        what: w.what.clone(),
        reason: w.reason.clone(),
    }
}

fn event(numbered: &Numbered, people: &[Person]) -> EventView {
    let entry = &numbered.entry;
    let name = |id| people.iter().find(|p| p.id.0 == id).map(|p| p.name.clone());
    EventView { at: entry.at.minute(), what: entry.act.clone(), who: entry.person.and_then(name) }
}
