//! `/api/v1/folders`: cases that belong together.

use crate::{
    App,
    api::{
        cases::shape::{DoneWith, Empty, RankedCase},
        shape::{List, Paging},
    },
    caller::{self, MayOrganise, MayReadCases},
    error::{Problem, Result},
    once::{Answer, Json as Body, expected_version},
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use base::{CaseId, FolderId};
use reports::{
    Act,
    folder::{self, Words},
    inbox::{self, Filter, Of},
    team::{self, Do, Done},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a folder says about itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFolder {
    /// Its name.
    name: String,
    /// What it is for.
    note: Option<String>,
    /// Whether only the caller sees it.
    #[serde(default)]
    private: bool,
}

/// A folder.
#[derive(Serialize, ToSchema)]
pub struct FolderShape {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What it is for.
    note: Option<String>,
    /// Whether only its maker sees it.
    private: bool,
    /// Whether the caller made it.
    own: bool,
    /// Cases in it, counted up to 1,000.
    cases: i64,
    /// Counts changes; the ETag.
    version: i64,
}

fn shape(f: &folder::Folder, who: &agreements::sign_in::SignedIn) -> FolderShape {
    FolderShape {
        id: f.id.to_string(),
        name: f.name.clone(),
        note: f.note.clone(),
        private: f.private,
        own: Some(f.person) == who.actor.person(),
        cases: f.cases,
        version: f.version,
    }
}

/// A folder's id.
#[derive(Serialize, ToSchema)]
pub struct FolderMade {
    /// Its id.
    id: String,
}

/// Cases for a folder.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CasesIn {
    /// Ids of 1 to 200 cases.
    cases: Vec<String>,
}

/// List the folders that the caller sees, by name.
#[utoipa::path(get, path = "/api/v1/folders", tag = "cases",
    responses((status = 200, body = List<FolderShape>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadCases(who): MayReadCases) -> Result<Json<List<FolderShape>>> {
    let tx = app.db.look(&who.actor).await?;
    let all = folder::all(&tx).await?;
    tx.commit(&Act::FoldersRead).await?;
    Ok(Json(List { items: all.iter().map(|f| shape(f, &who)).collect(), next: None }))
}

/// Make a folder.
#[utoipa::path(post, path = "/api/v1/folders", tag = "cases", request_body = NewFolder,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = FolderMade), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn make(State(app): State<App>, MayOrganise(who): MayOrganise, body: Body<NewFolder>) -> Result<Response> {
    let Body { value, once } = body;
    once.run(&app, &who, async |tx| {
        let words = Words { name: &value.name, note: value.note.as_deref(), private: value.private };
        let (id, act) = folder::make(tx, &words).await?;
        Ok((act, Answer::created(&FolderMade { id: id.to_string() })))
    })
    .await
}

/// Read a folder.
#[utoipa::path(get, path = "/api/v1/folders/{id}", tag = "cases", params(("id" = String, Path, description = "the folder")),
    responses((status = 200, body = FolderShape), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
) -> Result<Json<FolderShape>> {
    let id: FolderId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let found = folder::find(&tx, id).await?;
    tx.commit(&Act::FolderRead(id)).await?;
    Ok(Json(shape(&found, &who)))
}

/// Change what a folder of the caller's own says.
#[utoipa::path(patch, path = "/api/v1/folders/{id}", tag = "cases", request_body = NewFolder,
    params(("id" = String, Path, description = "the folder"), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = FolderShape), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn change(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body<NewFolder>,
) -> Result<Response> {
    let Body { value, once } = body;
    let id: FolderId = caller::id(&id)?;
    let tx = app.db.begin(&who.actor).await?;
    folder::find(&tx, id).await?;
    let words = Words { name: &value.name, note: value.note.as_deref(), private: value.private };
    let (changed, act) = folder::change(&tx, id, &words, expected_version(&headers)?).await?;
    once.end(tx, &act, Answer::ok(&shape(&changed, &who)).tagged(changed.version)).await
}

/// End a folder of the caller's own; its cases stay.
#[utoipa::path(post, path = "/api/v1/folders/{id}/end", tag = "cases", request_body = Empty,
    params(("id" = String, Path, description = "the folder"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = FolderMade), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn end(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<Empty>,
) -> Result<Response> {
    let (id, once): (FolderId, _) = (caller::id(&id)?, body.once);
    once.run(&app, &who, async |tx| {
        let act = folder::end(tx, id).await?;
        Ok((act, Answer::created(&FolderMade { id: id.to_string() })))
    })
    .await
}

/// List the cases in a folder, most urgent first.
#[utoipa::path(get, path = "/api/v1/folders/{id}/cases", tag = "cases", params(("id" = String, Path, description = "the folder"), Paging),
    responses((status = 200, body = List<RankedCase>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn cases(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
    Params(paging): Params<Paging>,
) -> Result<Json<List<RankedCase>>> {
    let (id, (after, limit)): (FolderId, _) = (caller::id(&id)?, paging.checked()?);
    let tx = app.db.look(&who.actor).await?;
    folder::find(&tx, id).await?;
    let inside = Filter { folder: Some(id), ..Filter::default() };
    let page = inbox::list(&tx, Of::Filtered(&inside), after, limit).await?;
    tx.commit(&Act::FolderRead(id)).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}

/// Put cases into a folder. What is no case of the caller's unit is counted and hinders nobody.
#[utoipa::path(post, path = "/api/v1/folders/{id}/cases", tag = "cases", request_body = CasesIn,
    params(("id" = String, Path, description = "the folder"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = DoneWith), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn fill(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<CasesIn>,
) -> Result<Response> {
    let Body { value, once } = body;
    let id: FolderId = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let cases: Vec<CaseId> = value.cases.iter().filter_map(|id| id.parse().ok()).collect();
    let strange = value.cases.len() - cases.len();
    let tx = app.db.begin(&who.actor).await?;
    folder::find(&tx, id).await?;
    let (done, act) = team::act(&tx, &cases, Do::Folder(id)).await?;
    let done = Done { unknown: done.unknown + strange, ..done };
    once.end(tx, &act, Answer::created(&DoneWith::from(&done))).await
}

/// Take a case out of a folder.
#[utoipa::path(post, path = "/api/v1/folders/{id}/cases/{case}/end", tag = "cases", request_body = Empty,
    params(("id" = String, Path, description = "the folder"), ("case" = String, Path, description = "the case"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = DoneWith), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn take_out(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path((id, case)): Path<(String, String)>,
    body: Body<Empty>,
) -> Result<Response> {
    let once = body.once;
    let (id, case): (FolderId, CaseId) = (caller::id(&id)?, caller::id(&case)?);
    once.run(&app, &who, async |tx| {
        let act = folder::take_out(tx, id, case).await?;
        Ok((act, Answer::created(&DoneWith { done: 1, unknown: 0 })))
    })
    .await
}
