//! `/police/cases/{id}/messages`: an officer writes to the hotline, and says what was read.

use crate::{
    App,
    caller::{self, SeesDiscuss},
    error::Result,
    page,
    params::Form,
    police::case::{self, Looks, back},
    view::police::{CaseForms, CasePage},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, MessageId};
use reports::message;
use serde::Deserialize;

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
    SeesDiscuss(who): SeesDiscuss,
    looks: Looks,
    Path(id): Path<String>,
    Form(written): Form<Written>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.begin(&who.actor).await?;
    match message::write(&tx, id, &written.text).await {
        Ok((_, act)) => {
            tx.commit(&act).await?;
            Ok(back(id, "message-sent", "messages"))
        }
        Err(error) => {
            drop(tx);
            let (error, errors) = page::field_errors(error.into(), "text")?;
            let forms = CaseForms { open: "message".into(), ..CaseForms::default() };
            let drawn = case::drawn(&app, &who, &looks, id).await?;
            page::show_refused(&CasePage { errors, forms, text: written.text, ..drawn }, &error)
        }
    }
}

/// Says that a message was read.
pub async fn receipt(
    State(app): State<App>,
    SeesDiscuss(who): SeesDiscuss,
    Path((id, message)): Path<(String, String)>,
) -> Result<Response> {
    let (id, message): (CaseId, MessageId) = (caller::id(&id)?, caller::id(&message)?);
    app.act(&who, async |tx| Ok(message::read(tx, id, message).await?)).await?;
    Ok(back(id, "message-read", "messages"))
}
