//! `/domains/proposals/{id}`: one proposal, for INTERPOL and for the agency that made it, and what each does there.

use super::shown;
use crate::{
    App,
    api::domains::picture,
    caller::{self, SeesDomains, SeesPropose},
    error::Result,
    names::Names,
    page::{self, Done},
    params::{Form, Pairs, Params},
    view::{base::FieldError, domains::ProposalPage},
};
use agreements::{directory, sign_in::SignedIn};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{OrgKind, ProposalId, Time};
use exchange::iwol::{
    desk::{self, Deed},
    look,
    model::At,
    propose,
};
use serde::Deserialize;

/// The page.
pub async fn read(
    State(app): State<App>,
    SeesPropose(who): SeesPropose,
    Path(id): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, done.done, Vec::new()).await?)
}

/// Agencies chosen: pairs of `organisation` and an id.
pub async fn assign(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Path(id): Path<String>,
    Pairs(pairs): Pairs,
) -> Result<Response> {
    let id: ProposalId = caller::id(&id)?;
    let done = app.act(&who, async |tx| {
        let chosen = pairs.iter().filter(|(name, _)| name == "organisation");
        let agencies: Vec<&String> = chosen.map(|(_, agency)| agency).collect();
        Ok(desk::assign(tx, &app.domains, id, &agencies).await?)
    });
    again(&app, &who, id, done.await, "domain-assigned", "organisations").await
}

/// What is done and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(rename = "do")]
    what: String,
    #[serde(default)]
    reason: String,
}

/// What INTERPOL does.
pub async fn act(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Path(id): Path<String>,
    Form(deed): Form<Asked>,
) -> Result<Response> {
    let id: ProposalId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(desk::act(tx, &app.domains, id, &deed.what, &deed.reason).await?));
    again(&app, &who, id, done.await, "domain-done", "reason").await
}

/// What a new version says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    opinion: String,
}

/// A new version, by INTERPOL or by the agency that made the proposal.
pub async fn version(
    State(app): State<App>,
    SeesPropose(who): SeesPropose,
    Path(id): Path<String>,
    Form(new): Form<Version>,
) -> Result<Response> {
    let id: ProposalId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(propose::revise(tx, &app.domains, id, &new.opinion).await?));
    again(&app, &who, id, done.await, "domain-edited", "opinion").await
}

/// Why a picture is opened.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    #[serde(default)]
    purpose: String,
}

/// `POST …/exhibits/{exhibit}/picture`: the offline copy of a page, after the purpose is in the log.
pub async fn open(
    State(app): State<App>,
    SeesPropose(who): SeesPropose,
    Path((id, exhibit)): Path<(String, String)>,
    Form(why): Form<Why>,
) -> Result<Response> {
    picture::open(&app, &who, caller::id(&id)?, caller::id(&exhibit)?, &why.purpose).await
}

async fn again(
    app: &App,
    who: &SignedIn,
    id: ProposalId,
    done: Result<()>,
    word: &str,
    otherwise: &str,
) -> Result<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/domains/proposals/{id}?done={word}")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, otherwise)?;
            page::show_refused(&drawn(app, who, id, None, errors).await?, &error)
        }
    }
}

/// What INTERPOL may do at a stage.
fn deeds(stage: At, guarded: bool, extra: bool) -> Vec<Deed> {
    match stage {
        At::Desk | At::Review if guarded && !extra => vec![Deed::Extra, Deed::Close],
        At::Desk | At::Review | At::Returned => vec![Deed::Close],
        At::Listed => vec![Deed::AskRemoval, Deed::Withdraw],
        At::Leaving => vec![Deed::AgreeRemoval, Deed::Keep, Deed::Withdraw],
        At::Withdrawn => vec![Deed::SecondName],
        At::Removed | At::Closed => Vec::new(),
    }
}

/// Agencies that may be asked: those that are not part of it, of countries that are not.
fn agencies(all: &[directory::Organisation], full: &look::Full) -> Vec<(String, String, String)> {
    let Some(state) = &full.state else { return Vec::new() };
    if !matches!(full.listing.stage, At::Desk | At::Review | At::Listed) {
        return Vec::new();
    }
    let author = all.iter().find(|o| o.id == state.author.org).and_then(|o| o.country);
    let taken: Vec<_> = state.reviewers.iter().map(|(_, country)| *country).chain(author).collect();
    let free = all.iter().filter(|o| o.kind == OrgKind::Lea && o.active);
    let free = free.filter_map(|o| Some((o, o.country?))).filter(|(_, country)| !taken.contains(country));
    free.map(|(o, country)| (o.id.to_string(), o.name.clone(), country.to_string())).collect()
}

async fn drawn(
    app: &App,
    who: &SignedIn,
    id: ProposalId,
    done: Option<String>,
    errors: Vec<FieldError>,
) -> Result<ProposalPage> {
    let tx = app.db.look(&who.actor).await?;
    let (full, act) = look::proposal(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let all = directory::organisations(&tx).await?;
    tx.commit(&act).await?;
    let (listing, desk) = (&full.listing, who.actor.kind == OrgKind::Interpol);
    let extra = full.state.as_ref().is_some_and(|s| s.extra.is_some());
    Ok(ProposalPage {
        base: page::frame(app, who, "domains", done),
        root: shown::root(who.actor.kind).into(),
        id: id.to_string(),
        desk,
        name: shown::name(&listing.domain),
        stage: listing.stage.word().into(),
        version: listing.version,
        rule: listing.rule.clone(),
        at: listing.created_at.minute(),
        due: listing.due_at.map(Time::minute),
        found: listing.found.clone(),
        checks: shown::checks(&full.version.checks),
        guards: shown::guards(&listing.guards),
        exhibits: shown::exhibits(&full.exhibits),
        gone: full.gone,
        opinion: full.version.opinion.clone(),
        words: shown::words(&full.said, listing.version, &names),
        reviewers: full.reviewers.iter().map(|org| names.of(*org)).collect(),
        agencies: agencies(&all, &full),
        deeds: if desk { deeds(listing.stage, !listing.guards.is_empty(), extra) } else { Vec::new() },
        may_edit: listing.stage.is_open(),
        may_renew: !desk && listing.stage == At::Listed,
        asked: full.asked.clone(),
        history: shown::history(&full.history, &names),
        errors,
    })
}
