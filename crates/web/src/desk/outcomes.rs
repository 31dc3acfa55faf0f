//! `/desk/outcomes`: what came of the hotline's reports, for whoever wants to know.

use crate::{
    App,
    api::shape::Paging,
    caller::SeesReports,
    error::Result,
    names::Names,
    page,
    params::{Form, Params},
    show,
    view::dialogue::{FedView, OutcomesPage},
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use reports::{Act, outcome};
use serde::Deserialize;

/// The feed.
pub async fn list(
    State(app): State<App>,
    SeesReports(who): SeesReports,
    Params(paging): Params<Paging>,
) -> Result<Response> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (found, off) = outcome::feed(&tx, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::FeedRead).await?;
    let fed = |o: &reports::CaseOutcome| FedView {
        report_id: o.report.to_string(),
        reference: show::reference(o.report),
        source_url: o.source_url.clone(),
        outcome: show::outcome(&o.outcome, &names),
    };
    page::show(&OutcomesPage {
        base: page::frame(&app, &who, "from_police", None),
        rows: found.items.iter().map(fed).collect(),
        off,
        next: found.next.map(|c| format!("/desk/outcomes?cursor={c}")),
    })
}

/// Whether to be told, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    off: bool,
}

/// Chooses whether to be told; a person's own choice.
pub async fn choose(
    State(app): State<App>,
    SeesReports(who): SeesReports,
    Form(choice): Form<Choice>,
) -> Result<Response> {
    app.act(&who, async |tx| Ok(outcome::choose_feed(tx, choice.off).await?)).await?;
    Ok(Redirect::to("/desk/outcomes").into_response())
}
