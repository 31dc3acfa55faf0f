//! `GET /api/v1/domains`, `/candidates` and `/history`: the list, what could go onto it, and what happened to one domain.

use super::shape::{Candidate, Change, Entry, History, ListedProposal, Task};
use crate::{
    App,
    api::shape::{self, List, Paging},
    caller::MayRunDomains,
    error::{Problem, Result},
    names::Names,
    params::Params,
};
use axum::{Json, extract::State};
use exchange::iwol::{Domain, evidence, look, tasks};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which part of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Only domains with this in them.
    #[serde(default)]
    pub q: String,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

/// The list, newest first.
#[utoipa::path(get, path = "/api/v1/domains", tag = "domains", params(Search),
    responses((status = 200, body = List<Entry>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Params(search): Params<Search>,
) -> Result<Json<List<Entry>>> {
    let (after, limit) = shape::paging(search.cursor.as_deref(), search.limit)?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = look::entries(&tx, &search.q, after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: page.items.iter().map(Entry::from).collect(), next: page.next }))
}

/// Domains on which enough has accumulated and that nobody has proposed, seen last first.
#[utoipa::path(get, path = "/api/v1/domains/candidates", tag = "domains", params(Paging),
    responses((status = 200, body = List<Candidate>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn candidates(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Candidate>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = evidence::candidates(&tx, after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: page.items.iter().map(Candidate::from).collect(), next: page.next }))
}

/// What waits for a person of INTERPOL, what comes first first: a missing second name before everything.
#[utoipa::path(get, path = "/api/v1/domains/tasks", tag = "domains",
    responses((status = 200, body = List<Task>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn waiting(State(app): State<App>, MayRunDomains(who): MayRunDomains) -> Result<Json<List<Task>>> {
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = tasks::all(&tx).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: found.iter().map(Task::from).collect(), next: None }))
}

/// Which domain.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The domain, in either form.
    #[serde(default)]
    pub domain: String,
}

/// What happened to one domain on the list, and every proposal for it.
#[utoipa::path(get, path = "/api/v1/domains/history", tag = "domains", params(Which),
    responses((status = 200, body = History), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn history(
    State(app): State<App>,
    MayRunDomains(who): MayRunDomains,
    Params(which): Params<Which>,
) -> Result<Json<History>> {
    let domain = Domain::parse("domain", &which.domain).map_err(exchange::iwol::Error::from)?;
    let tx = app.db.look(&who.actor).await?;
    let (changes, proposals, act) = look::history(&tx, &domain).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    Ok(Json(History {
        name: (&domain).into(),
        changes: changes.iter().map(|c| Change::new(c, &names)).collect(),
        proposals: proposals.iter().map(ListedProposal::from).collect(),
    }))
}
