//! `/desk/reports/{id}/captures`, `/trace`, `/hosting`, `/site` and `/desk/news/{id}/seen`: what the report page's small forms do.

use crate::{
    App, Error,
    caller::{self, SeesReport, SeesReports},
    desk::report,
    error::Result,
    page,
    params::Form,
    view::desk::ReportPage,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{Country, NewsId, ReportId};
use reports::{capture, intake, news, trace};
use serde::Deserialize;

/// Fetches the page, again if it was fetched before.
pub async fn fetch(State(app): State<App>, SeesReport(who): SeesReport, Path(id): Path<String>) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    app.act(&who, async |tx| Ok(capture::ask(tx, id, app.reach()).await?.1)).await?;
    Ok(back(id, "capture-asked"))
}

/// Looks the host up again.
pub async fn look_up(State(app): State<App>, SeesReport(who): SeesReport, Path(id): Path<String>) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    app.act(&who, async |tx| Ok(trace::ask(tx, id, app.reach()).await?)).await?;
    Ok(back(id, "trace-asked"))
}

/// An analyst's word on where the host is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    #[serde(default)]
    country: String,
    #[serde(default)]
    reason: String,
    #[serde(default, rename = "do")]
    what: String,
}

/// Sets the country, or takes such a word back.
pub async fn overrule(
    State(app): State<App>,
    SeesReport(who): SeesReport,
    Path(id): Path<String>,
    Form(word): Form<Word>,
) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    match set(&app, &who, id, &word).await {
        Ok(()) => Ok(back(id, "host-set")),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            let drawn = report::drawn(&app, &who, id, None, errors).await?;
            page::show_refused(&ReportPage { overrule_failed: true, ..drawn }, &error)
        }
    }
}

async fn set(app: &App, who: &SignedIn, id: ReportId, word: &Word) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    trace::own(&tx, id).await?;
    let act = if word.what == "take_back" {
        trace::take_back(&tx, id, &word.reason).await?
    } else {
        let country = Country::parse("country", word.country.trim()).map_err(Error::Refused)?;
        trace::overrule(&tx, id, country, &word.reason).await?
    };
    Ok(tx.commit(&act).await?)
}

/// What kind of site it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    #[serde(default)]
    site_type: String,
}

/// Says what kind of site the report is about.
pub async fn say_site(
    State(app): State<App>,
    SeesReport(who): SeesReport,
    Path(id): Path<String>,
    Form(site): Form<Site>,
) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    let done: Result<()> = async {
        let tx = app.db.begin(&who.actor).await?;
        trace::own(&tx, id).await?;
        let act = intake::set_site(&tx, id, &site.site_type).await?;
        Ok(tx.commit(&act).await?)
    }
    .await;
    match done {
        Ok(()) => Ok(back(id, "site-set")),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "site_type")?;
            page::show_refused(&report::drawn(&app, &who, id, None, errors).await?, &error)
        }
    }
}

/// Puts a piece of news away.
pub async fn see(State(app): State<App>, SeesReports(who): SeesReports, Path(id): Path<String>) -> Result<Response> {
    let id: NewsId = caller::id(&id)?;
    app.act(&who, async |tx| Ok(news::see(tx, id).await?)).await?;
    Ok(Redirect::to("/desk").into_response())
}

fn back(id: ReportId, done: &str) -> Response {
    Redirect::to(&format!("/desk/reports/{id}?done={done}")).into_response()
}
