//! `/desk/owned`: items of other hotlines, hosted in this one's country, that wait for its own word.

use crate::{
    App, Error,
    caller::{self, SeesAssess},
    error::Result,
    names::Names,
    page::{self, Done},
    params::Params,
    show, view,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use reports::{Act, assess, look};
use view::desk::{OwnedItem, OwnedPage};

/// The list.
pub async fn list(State(app): State<App>, SeesAssess(who): SeesAssess, Params(done): Params<Done>) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let waiting = look::to_confirm(&tx).await?;
    let names = Names::read(&tx).await?;
    let reports = look::reports_of(&tx, waiting.iter().map(|item| item.report).collect()).await?;
    let mut items = Vec::with_capacity(waiting.len());
    for item in &waiting {
        let report = reports.get(&item.report).ok_or(Error::NOT_FOUND)?;
        items.push(OwnedItem {
            item: show::item(item, &names),
            reporter: names.of(item.reporter),
            reported: report.created_at.minute(),
            hosting_country: report.hosting.country.map(|c| c.to_string()),
        });
    }
    tx.commit(&Act::ItemsRead).await?;
    page::show(&OwnedPage { base: page::frame(&app, &who, "owned", done.done), items, next: None })
}

/// Confirms one item.
pub async fn confirm(State(app): State<App>, SeesAssess(who): SeesAssess, Path(id): Path<String>) -> Result<Response> {
    let id = caller::id(&id)?;
    app.act(&who, async |tx| Ok(assess::confirm(tx, id).await?)).await?;
    Ok(Redirect::to("/desk/owned?done=confirmed").into_response())
}
