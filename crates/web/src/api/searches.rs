//! `/api/v1/case-searches`: filters of the inbox with an id of their own, and where mail about them goes.

use crate::{
    App,
    api::{cases::shape::Empty, shape::List},
    caller::{self, MayOrganise, MayReadCases},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::SearchId;
use reports::{
    Act,
    inbox::{self, Assigned, Filter, Typed},
    search::{self, Keep, Search},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What cases have to be; what is not given lets all through.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterShape {
    /// baseline or national.
    #[serde(skip_serializing_if = "String::is_empty")]
    class: String,
    /// infant, prepubescent, pubescent, adolescent or unknown.
    #[serde(skip_serializing_if = "String::is_empty")]
    age_group: String,
    /// new or known.
    #[serde(skip_serializing_if = "String::is_empty")]
    known: String,
    /// new, opened or answered.
    #[serde(skip_serializing_if = "String::is_empty")]
    status: String,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "String::is_empty")]
    hosting: String,
    /// Clause of the agreement.
    #[serde(skip_serializing_if = "String::is_empty")]
    clause: String,
    /// me, nobody, somebody or a colleague's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    assigned: String,
    /// Only what the caller has not read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unread: bool,
    /// A folder's id.
    #[serde(skip_serializing_if = "String::is_empty")]
    folder: String,
    /// Disclosed from then on: RFC 3339 or a day.
    #[serde(skip_serializing_if = "String::is_empty")]
    from: String,
    /// Disclosed before: RFC 3339 or a day.
    #[serde(skip_serializing_if = "String::is_empty")]
    until: String,
    /// Words that the case shows, all of them: reference, host, domain, path, digest, note.
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
}

impl FilterShape {
    fn read(&self) -> Result<Filter, base::Refusal> {
        Filter::read(&Typed {
            class: &self.class,
            age: &self.age_group,
            known: &self.known,
            status: &self.status,
            hosting: &self.hosting,
            clause: &self.clause,
            assigned: &self.assigned,
            unread: self.unread,
            folder: &self.folder,
            from: &self.from,
            until: &self.until,
            text: &self.text,
        })
    }
}

impl From<&Filter> for FilterShape {
    fn from(f: &Filter) -> Self {
        let text = |word: Option<&str>| word.unwrap_or_default().to_owned();
        Self {
            class: text(f.class.map(base::Class::word)),
            age_group: text(f.age.map(base::AgeGroup::word)),
            known: text(f.fresh.map(|fresh| if fresh { "new" } else { "known" })),
            status: text(f.status.map(inbox::Status::word)),
            hosting: f.hosting.map(|c| c.to_string()).unwrap_or_default(),
            clause: text(f.clause.as_deref()),
            assigned: match f.assigned {
                Some(Assigned::Me) => "me".into(),
                Some(Assigned::Nobody) => "nobody".into(),
                Some(Assigned::Somebody) => "somebody".into(),
                Some(Assigned::To(person)) => person.to_string(),
                None => String::new(),
            },
            unread: f.unread,
            folder: f.folder.map(|id| id.to_string()).unwrap_or_default(),
            from: f.from.map(|t| t.to_string()).unwrap_or_default(),
            until: f.until.map(|t| t.to_string()).unwrap_or_default(),
            text: text(f.text.as_deref()),
        }
    }
}

/// A search to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSearch {
    /// What to look for.
    filter: FilterShape,
    /// Its name; without one it is not kept on purpose.
    name: Option<String>,
    /// Whether the unit sees it.
    #[serde(default)]
    shared: bool,
    /// Whether the caller gets mail when it finds something new.
    #[serde(default)]
    alert: bool,
}

/// How to keep a search.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptSearch {
    /// Its name.
    name: String,
    /// Whether the unit sees it.
    #[serde(default)]
    shared: bool,
    /// Whether the caller gets mail when it finds something new.
    #[serde(default)]
    alert: bool,
}

/// A search.
#[derive(Serialize, ToSchema)]
pub struct SearchShape {
    /// Its id.
    id: String,
    /// Its name.
    name: Option<String>,
    /// Whether the unit sees it.
    shared: bool,
    /// Whether its owner gets mail.
    alert: bool,
    /// Whether it is the caller's own.
    own: bool,
    /// What it looks for.
    filter: FilterShape,
    /// Cases that it finds, counted up to 10,000; only where one search was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<i64>,
}

fn shape(search: &Search, who: &agreements::sign_in::SignedIn, found: Option<i64>) -> SearchShape {
    SearchShape {
        id: search.id.to_string(),
        name: search.name.clone(),
        shared: search.shared,
        alert: search.alert,
        own: Some(search.person) == who.actor.person(),
        filter: (&search.filter).into(),
        found,
    }
}

/// A search's id.
#[derive(Serialize, ToSchema)]
pub struct SearchMade {
    /// Its id: `GET /api/v1/cases?search=…`.
    id: String,
}

/// List searches with a name that the caller may use, by name.
#[utoipa::path(get, path = "/api/v1/case-searches", tag = "cases",
    responses((status = 200, body = List<SearchShape>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadCases(who): MayReadCases) -> Result<Json<List<SearchShape>>> {
    let tx = app.db.look(&who.actor).await?;
    let all = search::all(&tx).await?;
    tx.commit(&Act::SearchesRead).await?;
    Ok(Json(List { items: all.iter().map(|s| shape(s, &who, None)).collect(), next: None }))
}

/// Make a search.
#[utoipa::path(post, path = "/api/v1/case-searches", tag = "cases", request_body = NewSearch,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = SearchMade), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn make(State(app): State<App>, MayOrganise(who): MayOrganise, body: Body<NewSearch>) -> Result<Response> {
    let Body { value, once } = body;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let filter = value.filter.read()?;
    let tx = app.db.begin(&who.actor).await?;
    let keep = Keep { name: value.name.as_deref(), shared: value.shared, alert: value.alert };
    let (id, act) = search::make(&tx, &filter, &keep).await?;
    once.end(tx, &act, Answer::created(&SearchMade { id: id.to_string() })).await
}

/// Read a search, and how many cases it finds.
#[utoipa::path(get, path = "/api/v1/case-searches/{id}", tag = "cases", params(("id" = String, Path, description = "the search")),
    responses((status = 200, body = SearchShape), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
) -> Result<Json<SearchShape>> {
    let tx = app.db.look(&who.actor).await?;
    let found = search::find(&tx, caller::id(&id)?).await?;
    let count = inbox::count(&tx, &found.filter).await?;
    tx.commit(&Act::SearchesRead).await?;
    Ok(Json(shape(&found, &who, Some(count))))
}

/// Keep one of the caller's own searches under a name, share it, switch its mail on or off.
#[utoipa::path(patch, path = "/api/v1/case-searches/{id}", tag = "cases", request_body = KeptSearch,
    params(("id" = String, Path, description = "the search")),
    responses((status = 200, body = SearchMade), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn keep(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<KeptSearch>,
) -> Result<Response> {
    let Body { value, once } = body;
    let id: SearchId = caller::id(&id)?;
    let tx = app.db.begin(&who.actor).await?;
    let keep = Keep { name: Some(&value.name), shared: value.shared, alert: value.alert };
    let act = search::keep(&tx, id, &keep).await?;
    once.end(tx, &act, Answer::ok(&SearchMade { id: id.to_string() })).await
}

/// Remove one of the caller's own searches.
#[utoipa::path(post, path = "/api/v1/case-searches/{id}/end", tag = "cases", request_body = Empty,
    params(("id" = String, Path, description = "the search"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = SearchMade), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn end(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<Empty>,
) -> Result<Response> {
    let (id, once): (SearchId, _) = (caller::id(&id)?, body.once);
    once.run(&app, &who, async |tx| {
        let act = search::end(tx, id).await?;
        Ok((act, Answer::created(&SearchMade { id: id.to_string() })))
    })
    .await
}

/// Where mail reaches the caller.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailAddress {
    /// The address; empty when there is none.
    address: String,
}

/// Read where mail reaches the caller.
#[utoipa::path(get, path = "/api/v1/mail-address", tag = "cases",
    responses((status = 200, body = MailAddress), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn address(State(app): State<App>, MayOrganise(who): MayOrganise) -> Result<Json<MailAddress>> {
    let tx = app.db.look(&who.actor).await?;
    let address = search::address(&tx).await?;
    tx.commit(&Act::SearchesRead).await?;
    Ok(Json(MailAddress { address: address.unwrap_or_default() }))
}

/// Say where mail reaches the caller.
#[utoipa::path(put, path = "/api/v1/mail-address", tag = "cases", request_body = MailAddress,
    responses((status = 200, body = MailAddress), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn set_address(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    body: Body<MailAddress>,
) -> Result<Response> {
    let Body { value, once } = body;
    let tx = app.db.begin(&who.actor).await?;
    let act = search::set_address(&tx, &value.address).await?;
    once.end(tx, &act, Answer::ok(&value)).await
}
