//! `/police/cases/{id}/requests`: an officer asks the hotline for more.

use crate::{
    App,
    caller::{self, SeesAsk},
    error::Result,
    page,
    params::Form,
    police::case::{self, Looks, back},
    view::police::{CaseForms, CasePage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, RequestId};
use reports::request;
use serde::Deserialize;

/// What is asked for, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    due: String,
}

/// Asks.
pub async fn ask(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    looks: Looks,
    Path(id): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    match send(&app, &who, id, &asked).await {
        Ok(()) => Ok(back(id, "request-made", "requests")),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            let Asked { kind, reason, due } = asked;
            let forms = CaseForms { open: "request".into(), kind, reason, due, ..CaseForms::default() };
            page::show_refused(&CasePage { errors, forms, ..case::drawn(&app, &who, &looks, id).await? }, &error)
        }
    }
}

async fn send(app: &App, who: &SignedIn, id: CaseId, asked: &Asked) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    let due = page::utc(&asked.due);
    let asked = request::Asked { kind: &asked.kind, reason: &asked.reason, due: &due };
    let (_, act) = request::ask(&tx, id, asked).await?;
    Ok(tx.commit(&act).await?)
}

/// Takes a request back.
pub async fn take_back(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    Path((id, request)): Path<(String, String)>,
) -> Result<Response> {
    let (id, request): (CaseId, RequestId) = (caller::id(&id)?, caller::id(&request)?);
    app.act(&who, async |tx| Ok(request::take_back(tx, id, request).await?)).await?;
    Ok(back(id, "request-taken-back", "requests"))
}
