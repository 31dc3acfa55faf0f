//! `/police/cases/{id}/contact`: an officer asks to be put in touch with another interested unit, or is asked.

use crate::{
    App,
    caller::{self, SeesAsk},
    error::Result,
    params::Form,
    police::case::back,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{ApproachId, CaseId};
use reports::deconflict;
use serde::Deserialize;

/// Asks.
pub async fn ask(State(app): State<App>, SeesAsk(who): SeesAsk, Path(id): Path<String>) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    let hinted = deconflict::hint(&app.db, id).await?;
    app.act(&who, async |tx| Ok(deconflict::ask(tx, id, hinted).await?.1)).await?;
    Ok(back(id, "contact-asked", "contact"))
}

/// What the unit says, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    consents: bool,
}

/// Says whether the unit wants to be put in touch.
pub async fn answer(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    Path((id, approach)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let (id, approach): (CaseId, ApproachId) = (caller::id(&id)?, caller::id(&approach)?);
    app.act(&who, async |tx| Ok(deconflict::answer(tx, id, approach, said.consents).await?)).await?;
    Ok(back(id, "contact-answered", "contact"))
}
