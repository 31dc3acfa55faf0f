//! `/desk/cases/{id}`: one case as its hotline talks about it with police: messages, requests, holds.

use crate::{
    App,
    caller::{self, SeesAnswerPolice},
    error::Result,
    names::Names,
    page::{self, Done},
    params::{Form, Params},
    show,
    view::dialogue::ThreadPage,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, MessageId};
use reports::{Act, ground, message, request};
use serde::Deserialize;
use takedown::hold;

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesAnswerPolice(who): SeesAnswerPolice,
    Path(id): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, done.done).await?)
}

async fn drawn(app: &App, who: &SignedIn, id: CaseId, done: Option<String>) -> Result<ThreadPage> {
    let tx = app.db.look(&who.actor).await?;
    let ground = ground::of(&tx, id).await?;
    let now = tx.now();
    let requests = request::of_case(&tx, id).await?;
    let holds = hold::of_case(&tx, id).await?;
    let messages = message::of_case(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ThreadRead(id)).await?;
    Ok(ThreadPage {
        base: page::frame(app, who, "from_police", done),
        id: id.to_string(),
        report_id: ground.report.to_string(),
        reference: show::reference(ground.report),
        organisation: names.of(ground.lea),
        requests: requests.iter().map(|r| show::request(r, now, &names, false)).collect(),
        holds: holds.iter().map(|h| show::hold(h, now, &names, false)).collect(),
        messages: messages.iter().map(|m| show::message(m, &names, who.actor.org)).collect(),
        ..ThreadPage::default()
    })
}

/// A message, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    #[serde(default)]
    text: String,
}

/// Writes a message.
pub async fn write(
    State(app): State<App>,
    SeesAnswerPolice(who): SeesAnswerPolice,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.begin(&who.actor).await?;
    match message::write(&tx, id, &written.text).await {
        Ok((_, act)) => {
            tx.commit(&act).await?;
            Ok(Redirect::to(&format!("/desk/cases/{id}?done=message-sent")).into_response())
        }
        Err(error) => {
            drop(tx);
            let (error, errors) = page::field_errors(error.into(), "text")?;
            let page = ThreadPage { errors, text: written.text, ..drawn(&app, &who, id, None).await? };
            page::show_refused(&page, &error)
        }
    }
}

/// Says that a message was read.
pub async fn receipt(
    State(app): State<App>,
    SeesAnswerPolice(who): SeesAnswerPolice,
    Path((id, message)): Path<(String, String)>,
) -> Result<Response> {
    let (id, message): (CaseId, MessageId) = (caller::id(&id)?, caller::id(&message)?);
    app.act(&who, async |tx| Ok(message::read(tx, id, message).await?)).await?;
    Ok(Redirect::to(&format!("/desk/cases/{id}?done=message-read")).into_response())
}
