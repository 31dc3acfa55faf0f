//! `/police/cases/{id}`: one case, why it is here, what was kept back, and what came of it.

use crate::{
    App, Error,
    caller::{self, SeesAnswer, SeesCases},
    error::Result,
    names::Names,
    page::{self, Done},
    params::{Form, Params},
    police::{inbox, listing},
    show, view,
};
use agreements::{Doing, may, sign_in::SignedIn};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, OutcomeKind};
use reports::{OpenCase, case, outcome};
use serde::Deserialize;
use view::{
    desk::EventView,
    police::{CaseItemView, CasePage, WithheldView},
};

/// The case.
pub async fn read(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    Path(id): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, done.done).await?)
}

/// What came of it, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    note: String,
}

/// Records what came of it.
pub async fn answer(
    State(app): State<App>,
    SeesAnswer(who): SeesAnswer,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    match record(&app, &who, id, &said).await {
        Ok(()) => Ok(Redirect::to(&format!("/police/cases/{id}?done=outcome-recorded")).into_response()),
        Err(error) => {
            let (error, mut errors) = page::field_errors(error, "kind")?;
            for error in errors.iter_mut().filter(|e| e.field == "outcome") {
                error.field = "kind".into();
            }
            let page = CasePage { errors, outcome_note: said.note, ..drawn(&app, &who, id, None).await? };
            page::show_refused(&page, &error)
        }
    }
}

async fn record(app: &App, who: &SignedIn, id: CaseId, said: &Said) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    case::exists(&tx, id).await?;
    let kind: OutcomeKind = said.kind.parse().map_err(Error::Refused)?;
    let (_, act) = outcome::record(&tx, id, kind, Some(&said.note)).await?;
    Ok(tx.commit(&act).await?)
}

pub(super) async fn drawn(app: &App, who: &SignedIn, id: CaseId, done: Option<String>) -> Result<CasePage> {
    let tx = app.db.begin(&who.actor).await?;
    let (open, act) = case::open(&tx, id).await?;
    let listing = listing::view(&tx, who, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    let OpenCase { case, page: source, hosting, .. } = &open;
    Ok(CasePage {
        base: page::frame(app, who, "inbox", done),
        id: id.to_string(),
        reference: show::reference(id),
        status: inbox::status(case).into(),
        class: case.class.word().into(),
        reporter: names.of(open.reporter),
        reason: case.why.clone(),
        agreement: case.agreement.clone(),
        version: show::count(case.version),
        clause: case.clause.clone(),
        width: case.width.word().into(),
        media: open.items.iter().any(|i| i.media),
        disclosed: case.created_at.minute(),
        opened: case.opened_at.map(|t| t.minute()),
        source_url: source.as_ref().map(|p| p.source_url.clone()),
        received: source.as_ref().map(|p| p.received_at.minute()),
        note: source.as_ref().and_then(|p| p.note.clone()),
        hosting_ip: hosting.ip.map(|ip| ip.to_string()),
        hosting_country: hosting.country.map(|c| c.to_string()),
        hosting_network: hosting.network.clone(),
        traced: open.trace.as_ref().map(show::trace),
        captures: open.captures.iter().map(show::capture_row).collect(),
        items: open.items.iter().map(|i| item(i, &names)).collect(),
        withheld: withheld(&open),
        outcomes: open.outcomes.iter().map(|o| show::outcome(o, &names)).collect(),
        timeline: timeline(&open),
        listing,
        may_answer: may(who.actor.kind, who.actor.role, Doing::Answer),
        outcome_note: String::new(),
        errors: Vec::new(),
    })
}

fn item(item: &reports::CaseItem, names: &Names) -> CaseItemView {
    let facts = item.detail.as_ref().map(|(url, media)| {
        let reference = show::reference(item.id);
        show::facts(media, &reference, url.as_deref())
    });
    CaseItemView {
        id: item.id.to_string(),
        assessment: show::assessment(&item.assessment, names),
        facts,
        media: item.media,
        preview: item.media && item.preview,
        width: item.disclosure.width.word().into(),
        clause: item.disclosure.clause.clone(),
    }
}

/// What was kept back; the same reason for several items is said once, with their number.
fn withheld(open: &OpenCase) -> Vec<WithheldView> {
    let mut said: Vec<WithheldView> = Vec::new();
    for kept in &open.withheld {
        match said.iter_mut().find(|s| s.what == kept.what && s.reason == kept.reason) {
            Some(same) => same.items += 1,
            None => said.push(WithheldView {
                what: kept.what.clone(),
                clause: kept.clause.clone(),
                reason: view::base::sentence(&kept.reason),
                items: 1,
            }),
        }
    }
    said
}

fn timeline(open: &OpenCase) -> Vec<EventView> {
    let event = |at: base::Time, what: &str| EventView { at: at.minute(), what: what.into(), who: None };
    let mut events = vec![event(open.case.created_at, "case.received")];
    events.extend(open.case.opened_at.map(|at| event(at, "case.read")));
    events.extend(open.outcomes.iter().rev().map(|o| event(o.at, "case.answered")));
    events
}
