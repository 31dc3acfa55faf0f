//! `/police`: what was disclosed to the officer's LEA, newest first.

use crate::{App, api::shape::Paging, caller::SeesCases, error::Result, page, params::Params, show, view};
use axum::{extract::State, response::Response};
use reports::{Act, Case, case};
use view::police::{InboxPage, InboxRow};

/// The inbox.
pub async fn list(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    Params(paging): Params<Paging>,
) -> Result<Response> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let found = case::inbox(&tx, after, limit).await?;
    tx.commit(&Act::CasesRead).await?;
    page::show(&InboxPage {
        base: page::frame(&app, &who, "inbox", None),
        rows: found.items.iter().map(row).collect(),
        next: found.next.map(|c| format!("/police?cursor={c}")),
    })
}

/// New, opened or answered.
pub fn status(case: &Case) -> &'static str {
    match (case.outcome, case.opened_at) {
        (Some(_), _) => "answered",
        (None, Some(_)) => "opened",
        (None, None) => "new",
    }
}

fn row(case: &Case) -> InboxRow {
    InboxRow {
        id: case.id.to_string(),
        reference: show::reference(case.id),
        reason: case.why.clone(),
        agreement: case.agreement.clone(),
        clause: case.clause.clone(),
        class: case.class.word().into(),
        rank: None,
        items: show::count(case.items),
        hosting_country: case.hosting_country.map(|c| c.to_string()),
        disclosed: case.created_at.minute(),
        status: status(case).into(),
        outcome: case.outcome.map(|o| o.word().to_owned()),
    }
}
