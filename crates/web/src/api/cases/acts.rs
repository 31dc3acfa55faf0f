//! What colleagues do with cases between them: `/api/v1/cases/{id}/assignment`, `…/read`, `/api/v1/case-acts` for many, and
//! `/api/v1/colleagues`.

use crate::{
    App,
    api::{
        cases::shape::{ColleagueShape, DoneWith, RankedCase},
        shape::{List, Paging},
    },
    caller::{self, MayOrganise, MayReadCases},
    error::{Problem, Result},
    once::{Answer, Json as Body},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, FolderId, PersonId, Refusal};
use reports::{
    Act, case, inbox,
    team::{self, Do, Done},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// Who works on a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// A colleague's id; null: nobody.
    person: Option<String>,
}

/// Whether the caller has read a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadMark {
    /// Whether.
    read: bool,
}

/// Something done with many cases.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManyCases {
    /// Ids of 1 to 200 cases.
    cases: Vec<String>,
    /// assign, folder, read or unread.
    r#do: String,
    /// For assign: a colleague's id; not given: nobody.
    person: Option<String>,
    /// For folder: its id.
    folder: Option<String>,
}

fn person(id: Option<&str>) -> Result<Option<PersonId>, Refusal> {
    let unknown = || Refusal::new("person", "unknown-person", "there is no such colleague in your unit");
    id.map(|id| id.parse().map_err(|_| unknown())).transpose()
}

/// Assign a case to a colleague, or to nobody.
#[utoipa::path(post, path = "/api/v1/cases/{id}/assignment", tag = "cases", request_body = Assignment,
    params(("id" = String, Path, description = "the case"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = DoneWith), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn assign(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<Assignment>,
) -> Result<Response> {
    let Body { value, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        case::exists(tx, id).await?;
        let act = team::act_on(tx, id, Do::Assign(person(value.person.as_deref())?)).await?;
        Ok((act, Answer::created(&DoneWith { done: 1, unknown: 0 })))
    })
    .await
}

/// Mark a case as read or as not, for the caller alone.
#[utoipa::path(post, path = "/api/v1/cases/{id}/read", tag = "cases", request_body = ReadMark,
    params(("id" = String, Path, description = "the case"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = DoneWith), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<ReadMark>,
) -> Result<Response> {
    let Body { value, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let act = team::act_on(tx, id, Do::Read(value.read)).await?;
        Ok((act, Answer::created(&DoneWith { done: 1, unknown: 0 })))
    })
    .await
}

/// Do something with many cases. What is no case of the caller's unit is counted and hinders nobody.
#[utoipa::path(post, path = "/api/v1/case-acts", tag = "cases", request_body = ManyCases,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = DoneWith), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn many(State(app): State<App>, MayOrganise(who): MayOrganise, body: Body<ManyCases>) -> Result<Response> {
    let Body { value, once } = body;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let cases: Vec<CaseId> = value.cases.iter().filter_map(|id| id.parse().ok()).collect();
    let strange = value.cases.len() - cases.len();
    let tx = app.db.begin(&who.actor).await?;
    let what = match value.r#do.as_str() {
        "assign" => Do::Assign(person(value.person.as_deref())?),
        "folder" => Do::Folder(caller::id::<FolderId>(value.folder.as_deref().unwrap_or_default())?),
        "read" => Do::Read(true),
        "unread" => Do::Read(false),
        _ => return Err(Refusal::new("do", "unknown-act", "write `assign`, `folder`, `read` or `unread`").into()),
    };
    let (done, act) = team::act(&tx, &cases, what).await?;
    let done = Done { unknown: done.unknown + strange, ..done };
    once.end(tx, &act, Answer::created(&DoneWith::from(&done))).await
}

/// List people of the caller's unit who work on cases.
#[utoipa::path(get, path = "/api/v1/colleagues", tag = "cases",
    responses((status = 200, body = List<ColleagueShape>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn colleagues(State(app): State<App>, MayReadCases(who): MayReadCases) -> Result<Json<List<ColleagueShape>>> {
    let tx = app.db.look(&who.actor).await?;
    let all = team::colleagues(&tx).await?;
    tx.commit(&Act::ColleaguesRead).await?;
    Ok(Json(List { items: all.iter().map(Into::into).collect(), next: None }))
}

/// List cases with the very same files as one, that included.
#[utoipa::path(get, path = "/api/v1/cases/{id}/alike", tag = "cases", params(("id" = String, Path, description = "the case"), Paging),
    responses((status = 200, body = List<RankedCase>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn alike(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
    Params(paging): Params<Paging>,
) -> Result<Json<List<RankedCase>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (page, act) = inbox::alike(&tx, caller::id(&id)?, after, limit).await?;
    tx.commit(&act).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
