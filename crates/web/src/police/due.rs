//! `/police/due`: the LEA's cases whose outcome is owed, longest first.

use crate::{App, api::shape::Paging, caller::SeesAnswer, error::Result, page, params::Params, show, view::dialogue};
use axum::{extract::State, response::Response};
use base::Time;
use dialogue::{DuePage, DueRow};
use reports::{Act, Case, outcome};

/// The list.
pub async fn list(
    State(app): State<App>,
    SeesAnswer(who): SeesAnswer,
    Params(paging): Params<Paging>,
) -> Result<Response> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (found, now) = (outcome::due(&tx, after, limit).await?, tx.now());
    tx.commit(&Act::CasesRead).await?;
    page::show(&DuePage {
        base: page::frame(&app, &who, "due", None),
        rows: found.items.iter().map(|case| row(case, now)).collect(),
        next: found.next.map(|c| format!("/police/due?cursor={c}")),
    })
}

fn row(case: &Case, now: Time) -> DueRow {
    let (asked, due) = match outcome::owed(case, now) {
        outcome::Owed::Asked(asked, due) => (asked, Some(due)),
        outcome::Owed::Later(due) => (0, Some(due)),
        outcome::Owed::Nothing => (0, None),
    };
    DueRow {
        id: case.id.to_string(),
        reference: show::reference(case.id),
        class: case.class.word().into(),
        disclosed: case.created_at.minute(),
        due: due.map(Time::minute).unwrap_or_default(),
        late: due.is_some_and(|at| at <= now),
        asked,
    }
}
