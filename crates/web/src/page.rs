//! What every page shares: its frame, the way it is rendered, and errors as pages.

use crate::{App, Error, Mode, error::Result, view};
use agreements::{
    Doing, may,
    sign_in::{self, SignedIn},
};
use askama::Template;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use base::OrgKind;
use serde::Deserialize;
use view::base::{Base, FieldError, NavItem, PersonView};

/// What just happened, carried over a redirect: a word of the `flash` vocabulary.
#[derive(Default, Deserialize)]
pub struct Done {
    /// The word.
    pub done: Option<String>,
}

/// Draws a page.
pub fn show(page: &impl Template) -> Result<Response> {
    Ok(Html(page.render()?).into_response())
}

/// Draws a form again, with what was refused.
pub fn show_refused(page: &impl Template, error: &Error) -> Result<Response> {
    let status = StatusCode::from_u16(error.problem().status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    Ok((status, Html(page.render()?)).into_response())
}

/// The refusal as a form shows it: the field at fault, or the form's first field named here. Anything that is not the
/// reader's to mend is not for the form.
pub fn field_errors(error: Error, otherwise: &str) -> Result<(Error, Vec<FieldError>)> {
    let problem = error.problem();
    if !matches!(problem.status, 400 | 409 | 412 | 413 | 415 | 422) {
        return Err(error);
    }
    let field = problem.field.unwrap_or(otherwise).to_owned();
    Ok((error, vec![FieldError { field, message: problem.detail }]))
}

/// The frame of a page for somebody signed in; `current` is the navigation's word for where they are.
pub fn frame(app: &App, who: &SignedIn, current: &str, done: Option<String>) -> Base {
    let actor = &who.actor;
    let place = |href: &str, label: &str| NavItem { href: href.into(), label: label.into(), current: label == current };
    let mut nav = Vec::new();
    let can = |doing| may(actor.kind, actor.role, doing);
    if can(Doing::ReadReports) {
        nav.push(place("/desk", "reports"));
    }
    if can(Doing::Assess) {
        nav.push(place("/desk/assess", "assess"));
        nav.push(place("/desk/owned", "owned"));
        nav.push(place("/desk/doubts", "doubts"));
    }
    if can(Doing::AnswerPolice) {
        nav.push(place("/desk/police", "from_police"));
    }
    if can(Doing::ReadCases) {
        nav.push(place("/police", "inbox"));
        nav.push(place("/police/due", "due"));
    }
    if can(Doing::RunDomains) {
        nav.push(place("/interpol/domains", "domains"));
    } else if can(Doing::ReviewDomain) {
        nav.push(place("/police/domains", "domains"));
    }
    if matches!(actor.kind, OrgKind::Asp) && can(Doing::ReadDirectory) {
        nav.push(place("/partner", "partner"));
    }
    if can(Doing::RunLink) {
        nav.push(place("/interpol", "link"));
    }
    if can(Doing::ReadDirectory) {
        nav.push(place("/network", "network"));
    }
    if can(Doing::ReleaseLink) && !can(Doing::RunLink) {
        nav.push(place("/interpol", "link"));
    }
    if can(Doing::ReadLists) {
        nav.push(place("/lists", "lists"));
    }
    if can(Doing::ReadAudit) {
        nav.push(place("/audit", "audit"));
    }
    let person = PersonView {
        name: who.name.clone(),
        role: actor.role.word().into(),
        organisation: who.organisation.clone(),
        country: actor.country.map(|c| c.to_string()),
    };
    Base { demo: app.mode == Mode::Demo, person: Some(person), nav, flash: done }
}

/// The frame of a page for nobody in particular.
pub fn bare_frame(app: &App) -> Base {
    Base { demo: app.mode == Mode::Demo, ..Base::default() }
}

/// Where somebody begins: the first place of their navigation.
pub fn start(app: &App, who: &SignedIn) -> String {
    frame(app, who, "", None).nav.first().map_or_else(|| "/".into(), |place| place.href.clone())
}

#[derive(Deserialize)]
struct Told {
    status: u16,
    detail: String,
}

/// Whether a script asks, which reads JSON, and not a person.
pub fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|v| v.as_bytes().starts_with(b"application/json"))
}

/// Turns problem details into a page, except for scripts that ask for JSON. Who is not signed in is sent to sign in.
pub async fn errors(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let wants_json = wants_json(headers);
    let session = crate::caller::cookie(headers).map(str::to_owned);
    let response = next.run(request).await;
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v == "application/problem+json");
    if wants_json || !is_problem {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let told = to_bytes(body, 64 << 10).await.ok().and_then(|b| serde_json::from_slice::<Told>(&b).ok());
    let Some(Told { status, detail }) = told else {
        return parts.status.into_response();
    };
    if status == StatusCode::UNAUTHORIZED.as_u16() {
        return Redirect::to(if app.mode == Mode::Demo { "/" } else { "/sign-in" }).into_response();
    }
    let who = match session {
        Some(session) => sign_in::by_session(&app.db, &session).await.ok(),
        None => None,
    };
    let base = who.as_ref().map_or_else(|| bare_frame(&app), |who| frame(&app, who, "", None));
    let back = who.as_ref().map(|who| start(&app, who));
    let page = view::public::ErrorPage { base, status, detail, back };
    let text = page.render().unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    Response::from_parts(parts, Body::from(text))
}

/// A time as `datetime-local` sends it, taken as UTC: `2026-11-24T11:49` or with seconds.
pub fn utc(text: &str) -> String {
    let text = text.trim();
    match text.len() {
        16 => format!("{text}:00Z"),
        19 => format!("{text}Z"),
        _ => text.to_owned(),
    }
}

/// An idempotency key for a form that is about to be shown.
pub fn form_key(app: &App) -> Result<String> {
    let bytes: [u8; 16] = app.db.chance().bytes()?;
    Ok(base::hex(&bytes))
}
