//! `/complaints`: anybody says that a domain is blocked wrongly, without an account, and learns by a code what became of it.
//! The answer is the same whether the domain is on the list or not.

use crate::{
    App,
    error::Result,
    page,
    params::Form,
    view::domains::{ComplainPage, ReceiptPage},
};
use axum::{extract::State, response::Response};
use exchange::iwol::complaint;
use serde::Deserialize;

const DAY: i64 = 86_400;

/// The form, and what is published.
pub async fn form(State(app): State<App>) -> Result<Response> {
    page::show(&drawn(&app).await?)
}

async fn drawn(app: &App) -> Result<ComplainPage> {
    let counts = complaint::counts(&app.db).await?;
    Ok(ComplainPage {
        base: page::bare_frame(app),
        days: app.domains.config.complaint_days,
        counts: (counts.received, counts.upheld, counts.rejected, counts.open),
        // Begun days count.
        median_days: counts.median_seconds.map(|seconds| (seconds + DAY - 1) / DAY),
        ..ComplainPage::default()
    })
}

/// A complaint as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    domain: String,
    text: String,
    #[serde(default)]
    contact: String,
}

/// `POST /complaints`: takes it in and shows the code, once.
pub async fn submit(State(app): State<App>, Form(new): Form<New>) -> Result<Response> {
    match complaint::submit(&app.db, &app.domains, &new.domain, &new.text, &new.contact).await {
        Ok((code, due)) => page::show(&ReceiptPage {
            base: page::bare_frame(&app),
            domain: new.domain.trim().to_owned(),
            code: Some(code),
            state: complaint::State::Open.word().into(),
            at: None,
            due: due.minute(),
            reason: None,
        }),
        Err(error) => {
            let (error, errors) = page::field_errors(error.into(), "domain")?;
            let New { domain, text, contact } = new;
            page::show_refused(&ComplainPage { domain, text, contact, errors, ..drawn(&app).await? }, &error)
        }
    }
}

/// A code.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    code: String,
}

/// `POST /complaints/state`: what became of it. By POST, so that no code stands in an address.
pub async fn state(State(app): State<App>, Form(asked): Form<Code>) -> Result<Response> {
    match complaint::ask(&app.db, &asked.code).await {
        Ok(found) => page::show(&ReceiptPage {
            base: page::bare_frame(&app),
            domain: found.domain.to_string(),
            code: None,
            state: found.state.word().into(),
            at: Some(found.at.minute()),
            due: found.due_at.minute(),
            reason: found.reason,
        }),
        Err(error) => {
            let (error, errors) = page::field_errors(error.into(), "code")?;
            page::show_refused(&ComplainPage { errors, ..drawn(&app).await? }, &error)
        }
    }
}
