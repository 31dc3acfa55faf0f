//! `GET /api/v1/audit`: the own organisation's log, newest first.

use crate::params::Params;
use crate::{
    App,
    api::shape::{self, List},
    caller::MayReadAudit,
    error::{Problem, Result},
};
use agreements::{
    Act,
    directory::{self, Person},
};
use axum::{Json, extract::State};
use base::{Refusal, Time};
use serde::{Deserialize, Serialize};
use storage::{
    audit_log::{self, Numbered},
    keyset,
};
use utoipa::{IntoParams, ToSchema};

/// What to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Not before this, RFC 3339.
    pub from: Option<String>,
    /// Before this, RFC 3339.
    pub until: Option<String>,
    /// Name of the act, such as `item.opened`.
    pub act: Option<String>,
    /// Id of the person who acted.
    pub person: Option<String>,
    /// Id of the thing it was about.
    pub subject: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when not given.
    pub limit: Option<u64>,
}

impl Filter {
    /// The filter, checked, and the rows on a page.
    pub fn checked(&self) -> Result<(audit_log::Filter, u64), Refusal> {
        let (after, limit) = shape::paging(self.cursor.as_deref(), self.limit)?;
        let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        let time = |field, text: Option<String>| {
            text.map(|t| t.parse::<Time>().map_err(|e| Refusal::new(field, "bad-time", e))).transpose()
        };
        let id = |field, text: Option<String>| {
            text.map(|t| t.parse().map_err(|_| Refusal::new(field, "bad-id", "this is not an id"))).transpose()
        };
        let filter = audit_log::Filter {
            from: time("from", given(&self.from))?,
            until: time("until", given(&self.until))?,
            act: given(&self.act),
            person: id("person", given(&self.person))?,
            subject: id("subject", given(&self.subject))?,
            after,
        };
        Ok((filter, limit))
    }
}

/// One entry of the log.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// When.
    pub at: String,
    /// What was done.
    pub act: String,
    /// Operation by LED art. 25: collect, alter, consult, disclose, combine, erase.
    pub verb: &'static str,
    /// The person, where one acted.
    pub person: Option<Actor>,
    /// The part of the exchange that acted by itself.
    pub machine: Option<String>,
    /// The actor's role at that moment.
    pub role: String,
    /// What it was about.
    pub subject: Subject,
    /// Why, where the actor had to say.
    pub purpose: Option<String>,
    /// Further facts.
    pub detail: Option<serde_json::Value>,
    /// Its number in the chain; null for the moment until it is chained.
    pub seq: Option<i64>,
}

/// Who acted.
#[derive(Serialize, ToSchema)]
pub struct Actor {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: Option<String>,
}

/// What an entry is about.
#[derive(Serialize, ToSchema)]
pub struct Subject {
    /// Kind of thing.
    pub kind: String,
    /// Which one; null for a list.
    pub id: Option<String>,
}

impl Entry {
    /// The entry with names.
    pub fn new(numbered: Numbered, people: &[Person]) -> Self {
        let Numbered { entry, seq, .. } = numbered;
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string(),
            act: entry.act,
            verb: entry.verb.word(),
            person: entry.person.map(|id| Actor { id: id.to_string(), name: shape::person_name(people, id) }),
            machine: entry.machine,
            role: entry.role,
            subject: Subject { kind: entry.subject_kind, id: entry.subject.map(|id| id.to_string()) },
            purpose: entry.purpose,
            detail: entry.detail.and_then(|text| serde_json::from_str(&text).ok()),
            seq,
        }
    }
}

/// Read the own organisation's log.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(Filter),
    responses((status = 200, body = List<Entry>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadAudit(who): MayReadAudit,
    Params(filter): Params<Filter>,
) -> Result<Json<List<Entry>>> {
    let (filter, limit) = filter.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let rows = audit_log::entries(&tx, &filter, limit).await?;
    let people = directory::people(&tx).await?;
    tx.commit(&Act::AuditRead).await?;
    let page = keyset::page(rows, limit, |n| (n.entry.at.micros(), n.entry.id.0))?;
    Ok(Json(List { items: page.items.into_iter().map(|n| Entry::new(n, &people)).collect(), next: page.next }))
}
