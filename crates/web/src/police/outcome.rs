//! `/police/cases/{id}/outcomes`: what came of a case, in one click.

use crate::{
    App, Error,
    caller::{self, SeesAnswer},
    error::Result,
    page,
    params::Pairs,
    police::case::{self, Looks},
    view::police::{CaseForms, CasePage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, Missing, OutcomeKind};
use reports::outcome;

/// What came of it, as the form sends it: `missing` may come several times.
#[derive(Default)]
struct Said {
    kind: String,
    note: String,
    missing: Vec<String>,
}

impl Said {
    fn read(pairs: Pairs) -> Self {
        let mut said = Self::default();
        for (name, value) in pairs.0 {
            match name.as_str() {
                "kind" => said.kind = value,
                "note" => said.note = value,
                "missing" => said.missing.push(value),
                _ => {}
            }
        }
        said
    }
}

/// Records what came of it.
pub async fn answer(
    State(app): State<App>,
    SeesAnswer(who): SeesAnswer,
    looks: Looks,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    let said = Said::read(pairs);
    match record(&app, &who, id, &said).await {
        Ok(()) => Ok(Redirect::to(&format!("/police/cases/{id}?done=outcome-recorded")).into_response()),
        Err(error) => {
            let (error, mut errors) = page::field_errors(error, "kind")?;
            for error in errors.iter_mut().filter(|e| e.field == "outcome") {
                error.field = "kind".into();
            }
            let forms = CaseForms { open: "outcome".into(), ..CaseForms::default() };
            let drawn = case::drawn(&app, &who, &looks, id).await?;
            page::show_refused(&CasePage { errors, forms, outcome_note: said.note, ..drawn }, &error)
        }
    }
}

async fn record(app: &App, who: &SignedIn, id: CaseId, said: &Said) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    reports::case::exists(&tx, id).await?;
    let kind: OutcomeKind = said.kind.parse().map_err(Error::Refused)?;
    // The boxes are for one kind; ticked and another button pressed, they say nothing.
    let ticked = if kind == OutcomeKind::Insufficient { said.missing.as_slice() } else { &[] };
    let missing = ticked.iter().map(|m| m.parse::<Missing>()).collect::<Result<Vec<_>, _>>()?;
    let (_, act) = outcome::record(&tx, id, outcome::Said { kind, missing: &missing, note: Some(&said.note) }).await?;
    Ok(tx.commit(&act).await?)
}
