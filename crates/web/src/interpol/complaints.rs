//! `/interpol/domains/complaints`: what people say against the list, and decisions about it.

use crate::{
    App,
    caller::{self, SeesDomains},
    domains::shown,
    error::Result,
    page,
    params::{Form, Params},
    view::domains::{ComplaintRow, ComplaintsPage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ComplaintId, Time};
use exchange::iwol::complaint::{self, Complaint, State as Decision};
use serde::Deserialize;

/// Which, from where on, and what was just done.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    state: Option<String>,
    cursor: Option<String>,
    done: Option<String>,
}

/// The list.
pub async fn list(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, asked).await?)
}

async fn drawn(app: &App, who: &SignedIn, asked: Asked) -> Result<ComplaintsPage> {
    let (after, limit) = crate::api::shape::paging(asked.cursor.as_deref(), None)?;
    let state = asked.state.as_deref().map_or(Ok(Decision::Open), str::parse)?;
    let tx = app.db.look(&who.actor).await?;
    let now = tx.now();
    let (found, act) = complaint::list(&tx, state, after, limit).await?;
    tx.commit(&act).await?;
    Ok(ComplaintsPage {
        base: page::frame(app, who, "domains", asked.done),
        state: state.word().into(),
        rows: found.items.iter().map(|c| row(c, now)).collect(),
        next: found.next.map(|c| format!("/interpol/domains/complaints?state={}&cursor={c}", state.word())),
        ..ComplaintsPage::default()
    })
}

fn row(c: &Complaint, now: Time) -> ComplaintRow {
    let by = c.decider.as_ref().zip(c.decided_at);
    ComplaintRow {
        id: c.id.to_string(),
        name: shown::name(&c.domain),
        text: c.text.clone(),
        contact: c.contact.clone(),
        at: c.at.minute(),
        due: c.due_at.minute(),
        late: c.state == Decision::Open && c.due_at <= now,
        state: c.state.word().into(),
        decided: by.map(|(by, at)| (format!("{by} · {}", at.minute()), c.reason.clone().unwrap_or_default())),
    }
}

/// A decision and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    decision: String,
    #[serde(default)]
    reason: String,
}

/// `POST …/{id}`: decides.
pub async fn decide(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: ComplaintId = caller::id(&id)?;
    let done =
        app.act(&who, async |tx| Ok(complaint::decide(tx, &app.domains, id, &said.decision, &said.reason).await?));
    match done.await {
        Ok(()) => Ok(Redirect::to("/interpol/domains/complaints?done=complaint-decided").into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            let page = drawn(&app, &who, Asked::default()).await?;
            page::show_refused(&ComplaintsPage { errors, refused: id.to_string(), reason: said.reason, ..page }, &error)
        }
    }
}
