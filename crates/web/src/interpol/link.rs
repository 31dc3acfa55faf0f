//! `/interpol`: the link to victim identification: what waits and since when, what failed and why, what flows from which
//! country, and who lets evidence leave. The secretariat sees the same but for single items.

use crate::{
    App,
    api::link::releases::destination,
    caller::{self, SeesLink, SeesRelease},
    error::Result,
    names::Names,
    page,
    params::{Form, Params},
    show,
    view::{
        base::FieldError,
        link::{DispatchRow, FlowRow, LinkPage, ReleaseRow, StrayRow},
    },
};
use agreements::{Doing, may, sign_in::SignedIn};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{DispatchId, ReleaseId, Time};
use exchange::icse::{
    act::Act,
    desk::{self, Which},
    plan::State as Stage,
    release,
};
use serde::Deserialize;

/// Dispatches on a page.
const AT_ONCE: u64 = 50;

/// What to show.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    which: Option<String>,
    cursor: Option<String>,
    done: Option<String>,
}

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesRelease(who): SeesRelease,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, &asked, Vec::new()).await?)
}

async fn drawn(app: &App, who: &SignedIn, asked: &Asked, errors: Vec<FieldError>) -> Result<LinkPage> {
    let runs = may(who.actor.kind, who.actor.role, Doing::RunLink);
    let (after, _) = crate::api::shape::paging(asked.cursor.as_deref(), None)?;
    let which = asked.which.as_deref().and_then(|w| w.parse().ok()).unwrap_or(Which::Failed);
    let tx = app.db.look(&who.actor).await?;
    let (link, flows, strays) = desk::overview(&tx).await?;
    let releases = release::all(&tx).await?;
    let names = Names::read(&tx).await?;
    let page = if runs { Some(desk::dispatches(&tx, which, after, AT_ONCE).await?) } else { None };
    tx.commit(&Act::LinkRead).await?;
    let now = app.db.now();
    let points = app.destination.as_ref();
    let next = page.as_ref().and_then(|p| p.next.clone());
    let rows = page.iter().flat_map(|p| &p.items).map(|d| row(d, &names)).collect();
    Ok(LinkPage {
        base: page::frame(app, who, "link", asked.done.clone()),
        destination: points.map(|to| to.said.clone()),
        released: points.is_some_and(|to| release::open(releases.iter().map(|r| &r.standing), &to.digest)),
        waiting: flows.iter().map(|f| f.waiting + f.sent).sum(),
        failed: flows.iter().map(|f| f.failed).sum(),
        oldest: flows.iter().filter_map(|f| f.oldest_unsent).min().map(|at| since(at, now)),
        trouble: link.delivery_trouble,
        next_try: link.next_try.map(Time::minute),
        poll_trouble: link.poll_trouble,
        polled: link.polled_at.map(Time::minute),
        flows: flows.iter().map(|f| flow(f, now)).collect(),
        strays: strays.into_iter().map(|s| StrayRow { id: s.id, at: s.at.minute(), why: s.why }).collect(),
        releases: releases.iter().map(|r| released(r, who)).collect(),
        runs,
        which: which.word().into(),
        rows,
        next: next.map(|next| format!("/interpol?which={}&cursor={next}", which.word())),
        errors,
    })
}

fn row(shown: &desk::Shown, names: &Names) -> DispatchRow {
    DispatchRow {
        id: shown.id.to_string(),
        item: show::reference(shown.item),
        hotline: names.of(shown.hotline),
        tells: shown.tells.word().into(),
        state: shown.state.word().into(),
        reason: shown.reason.clone(),
        tries: show::count(shown.tries),
        at: shown.changed_at.minute(),
        failed: matches!(shown.state, Stage::Parked | Stage::Rejected),
    }
}

fn flow(flow: &desk::Flow, now: Time) -> FlowRow {
    FlowRow {
        country: flow.country.map(|c| c.to_string()),
        waiting: show::count(flow.waiting),
        sent: show::count(flow.sent),
        taken: show::count(flow.taken + flow.answered),
        answered: show::count(flow.answered),
        failed: show::count(flow.failed),
        oldest: flow.oldest_unsent.map(|at| since(at, now)),
    }
}

/// Whole hours and minutes that something has waited.
fn since(at: Time, now: Time) -> (i64, i64) {
    let minutes = (now.micros() - at.micros()).max(0) / 60_000_000;
    (minutes / 60, minutes % 60)
}

fn released(of: &release::Release, who: &SignedIn) -> ReleaseRow {
    ReleaseRow {
        id: of.id.to_string(),
        destination: of.said.clone(),
        reason: of.reason.clone(),
        proposed: (of.proposer.0.clone(), of.proposer.1.minute()),
        confirmed: of.confirmer.as_ref().map(|(name, at)| (name.clone(), at.minute())),
        ended: of.ender.as_ref().map(|(name, at, why)| (name.clone(), at.minute(), why.clone())),
        // Whoever cannot confirm it is not offered to; the rule itself is asked again when somebody does.
        confirmable: of.confirmer.is_none()
            && of.ender.is_none()
            && of.standing.proposed.org != who.actor.org
            && of.standing.proposed.kind != who.actor.kind,
    }
}

/// Why something is done.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Why {
    reason: String,
}

/// Proposes that evidence may leave.
pub async fn propose(State(app): State<App>, SeesRelease(who): SeesRelease, Form(why): Form<Why>) -> Result<Response> {
    let done = app.act(&who, async |tx| Ok(release::propose(tx, destination(&app)?, &why.reason).await?.1));
    ended(&app, &who, done.await, "release-proposed").await
}

/// Confirms a proposal.
pub async fn confirm(
    State(app): State<App>,
    SeesRelease(who): SeesRelease,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: ReleaseId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(release::confirm_now(tx, id, destination(&app)?).await?));
    ended(&app, &who, done.await, "release-confirmed").await
}

/// Ends a release or a proposal.
pub async fn end(
    State(app): State<App>,
    SeesRelease(who): SeesRelease,
    Path(id): Path<String>,
    Form(why): Form<Why>,
) -> Result<Response> {
    let id: ReleaseId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(release::end_now(tx, id, &why.reason).await?));
    ended(&app, &who, done.await, "release-ended").await
}

/// Tries a dispatch again.
pub async fn retry(State(app): State<App>, SeesLink(who): SeesLink, Path(id): Path<String>) -> Result<Response> {
    let id: DispatchId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(desk::retry(tx, id).await?));
    ended(&app, &who, done.await, "dispatch-retried").await
}

async fn ended(app: &App, who: &SignedIn, done: Result<()>, flash: &str) -> Result<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/interpol?done={flash}")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            page::show_refused(&drawn(app, who, &Asked::default(), errors).await?, &error)
        }
    }
}
