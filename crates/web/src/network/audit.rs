//! `/audit`: the own organisation's log, newest first.

use crate::{
    App,
    api::{audit::Filter, shape},
    caller::SeesAudit,
    error::Result,
    page,
    params::Params,
    show, view,
};
use agreements::{
    Act,
    directory::{self, Person},
    sign_in::SignedIn,
};
use axum::{extract::State, response::Response};
use serde::Deserialize;
use storage::{
    audit_log::{self, Numbered},
    keyset,
};
use view::{
    audit::{AuditFilter, AuditPage, AuditRow, PersonOption},
    base::FieldError,
};

/// What is looked for, as the form sends it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    from: String,
    to: String,
    act: String,
    person: String,
    cursor: Option<String>,
}

/// Acts that can be looked for.
const ACTS: [&str; 16] = [
    "report.accepted",
    "report.files_added",
    "report.read",
    "item.assessed",
    "item.confirmed",
    "item.disclosed",
    "item.withdrawn",
    "item.previewed",
    "item.purpose_given",
    "item.opened",
    "case.received",
    "case.read",
    "case.answered",
    "agreement.signed",
    "person.signed_in",
    "audit.read",
];

/// The page.
pub async fn read(State(app): State<App>, SeesAudit(who): SeesAudit, Params(asked): Params<Asked>) -> Result<Response> {
    let given = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
    let filter = Filter {
        from: given(&asked.from).map(|t| page::utc(&t)),
        until: given(&asked.to).map(|t| page::utc(&t)),
        act: given(&asked.act),
        person: given(&asked.person),
        subject: None,
        cursor: asked.cursor.clone(),
        limit: None,
    };
    match filter.checked() {
        Ok((filter, limit)) => page::show(&drawn(&app, &who, &asked, &filter, limit, Vec::new()).await?),
        Err(refused) => {
            let (error, mut errors) = page::field_errors(refused.into(), "from")?;
            for error in errors.iter_mut().filter(|e| e.field == "until") {
                error.field = "to".into();
            }
            let nothing = audit_log::Filter::default();
            page::show_refused(
                &drawn(&app, &who, &asked, &nothing, shape::Paging::default().checked()?.1, errors).await?,
                &error,
            )
        }
    }
}

async fn drawn(
    app: &App,
    who: &SignedIn,
    asked: &Asked,
    filter: &audit_log::Filter,
    limit: u64,
    errors: Vec<FieldError>,
) -> Result<AuditPage> {
    let tx = app.db.look(&who.actor).await?;
    let rows = audit_log::entries(&tx, filter, limit).await?;
    let mut people = directory::people(&tx).await?;
    tx.commit(&Act::AuditRead).await?;
    people.retain(|p| p.org == who.actor.org);
    let found = keyset::page(rows, limit, |n| (n.entry.at.micros(), n.entry.id.0))?;
    let Asked { from, to, act, person, .. } = asked.clone();
    let next = found.next.map(|c| format!("/audit?from={from}&to={to}&act={act}&person={person}&cursor={c}"));
    Ok(AuditPage {
        base: page::frame(app, who, "audit", None),
        rows: found.items.iter().map(|n| row(n, &people)).collect(),
        filter: AuditFilter { from, to, act, person },
        acts: ACTS.map(str::to_owned).into(),
        people: people.iter().map(|p| PersonOption { id: p.id.to_string(), name: p.name.clone() }).collect(),
        next,
        errors,
    })
}

fn row(numbered: &Numbered, people: &[Person]) -> AuditRow {
    let entry = &numbered.entry;
    let person = entry.person.and_then(|id| shape::person_name(people, id));
    AuditRow {
        number: show::count(numbered.seq.unwrap_or(0)),
        at: entry.at.minute(),
        person: person.or_else(|| entry.machine.clone()).unwrap_or_default(),
        act: entry.act.clone(),
        subject_kind: entry.subject_kind.clone(),
        subject: entry.subject.map(|id| id.to_string()),
        purpose: entry.purpose.clone(),
    }
}
