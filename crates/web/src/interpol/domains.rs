//! `/interpol/domains`: what waits, candidates and proposals; the list with a search; the history of one domain.

use crate::{
    App,
    caller::SeesDomains,
    domains::shown,
    error::Result,
    names::Names,
    page,
    params::Params,
    view::domains::{CandidateRow, ChangeRow, DeskPage, EntryRow, HistoryPage, ListPage, TaskRow},
};
use axum::{extract::State, response::Response};
use base::Time;
use exchange::iwol::{
    Domain,
    evidence::{self, Candidate},
    look::{self, Changed, Entry},
    model::At,
    tasks::{self, About, Task},
};
use serde::Deserialize;

/// Rows that the desk's parts show.
const FEW: u64 = 50;

/// Which stage, and from where on.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    stage: Option<String>,
    cursor: Option<String>,
}

/// The desk.
pub async fn desk(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let stage = asked.stage.as_deref().and_then(|s| s.parse().ok()).unwrap_or(At::Review);
    let (after, limit) = crate::api::shape::paging(asked.cursor.as_deref(), Some(FEW))?;
    let tx = app.db.look(&who.actor).await?;
    let now = tx.now();
    let (tasks, _) = tasks::all(&tx).await?;
    let (candidates, _) = evidence::candidates(&tx, None, FEW).await?;
    let (found, act) = look::proposals(&tx, Some(stage.word()), after, limit).await?;
    tx.commit(&act).await?;
    page::show(&DeskPage {
        base: page::frame(&app, &who, "domains", None),
        rule: app.domains.rule.text.clone(),
        tasks: tasks.iter().map(task).collect(),
        candidates: candidates.items.iter().map(candidate).collect(),
        rows: found.items.iter().map(|p| shown::row(p, "/domains/proposals", now)).collect(),
        stage,
        next: found.next.map(|c| format!("/interpol/domains?stage={stage}&cursor={c}")),
    })
}

fn candidate(c: &Candidate) -> CandidateRow {
    CandidateRow { name: shown::name(&c.domain), items: c.items, seen: c.seen_at.minute(), since: c.since.minute() }
}

fn task(t: &Task) -> TaskRow {
    TaskRow {
        href: match t.about {
            About::Proposal(id) => format!("/domains/proposals/{id}"),
            About::Complaint(id) => format!("/interpol/domains/complaints#complaint-{id}"),
        },
        task: t.kind.word().into(),
        name: shown::name(&t.domain),
        due: t.due.map(Time::minute),
        urgent: t.urgent,
    }
}

/// What is searched for, and from where on.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Search {
    q: String,
    cursor: Option<String>,
}

/// The list.
pub async fn list(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Params(search): Params<Search>,
) -> Result<Response> {
    let (after, limit) = crate::api::shape::paging(search.cursor.as_deref(), None)?;
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = look::entries(&tx, &search.q, after, limit).await?;
    tx.commit(&act).await?;
    let query: String = url::form_urlencoded::byte_serialize(search.q.as_bytes()).collect();
    page::show(&ListPage {
        base: page::frame(&app, &who, "domains", None),
        rows: found.items.iter().map(entry).collect(),
        next: found.next.map(|c| format!("/interpol/domains/list?q={query}&cursor={c}")),
        q: search.q,
    })
}

fn entry(e: &Entry) -> EntryRow {
    EntryRow {
        name: shown::name(&e.domain),
        href: format!("/domains/proposals/{}", e.proposal),
        serial: e.serial,
        at: e.listed_at.minute(),
        due: e.due_at.map(Time::minute),
        found: e.found.clone(),
    }
}

/// Which domain.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Which {
    domain: String,
}

/// The history of one domain.
pub async fn history(
    State(app): State<App>,
    SeesDomains(who): SeesDomains,
    Params(which): Params<Which>,
) -> Result<Response> {
    let page = HistoryPage {
        base: page::frame(&app, &who, "domains", None),
        q: which.domain.clone(),
        ..HistoryPage::default()
    };
    if which.domain.trim().is_empty() {
        return page::show(&page);
    }
    let domain = match Domain::parse("domain", &which.domain) {
        Ok(domain) => domain,
        Err(refusal) => {
            let (error, errors) = page::field_errors(refusal.into(), "domain")?;
            return page::show_refused(&HistoryPage { errors, ..page }, &error);
        }
    };
    let tx = app.db.look(&who.actor).await?;
    let now = tx.now();
    let (changes, proposals, act) = look::history(&tx, &domain).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    page::show(&HistoryPage {
        name: Some(shown::name(&domain)),
        changes: changes.iter().map(|c| change(c, &names)).collect(),
        proposals: proposals.iter().map(|p| shown::row(p, "/domains/proposals", now)).collect(),
        ..page
    })
}

fn change(c: &Changed, names: &Names) -> ChangeRow {
    ChangeRow {
        serial: c.serial,
        kind: c.kind.clone(),
        reason: c.reason.clone(),
        at: c.at.minute(),
        first: names.of(c.first.1),
        second: c.second.map(|(_, org)| names.of(org)),
    }
}
