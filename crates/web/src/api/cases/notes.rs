//! `/api/v1/cases/{id}/notes` and, for hotlines, `/api/v1/reports/{id}/notes`.

use crate::{
    App,
    api::{cases::shape::NoteShape, shape::List},
    caller::{self, MayOrganise, MayReadCases, MayReadReports},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, ReportId};
use reports::{
    Act, case,
    team::{self, Reach},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A note to write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// At most 4,000 characters.
    body: String,
    /// Who reads it: private, unit or hotline. Private when not given.
    #[serde(default)]
    reach: String,
}

/// The note that was written.
#[derive(Serialize, ToSchema)]
pub struct WrittenNote {
    /// Its id.
    id: String,
}

/// List the notes on a case that the caller may read, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/notes", tag = "cases", params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = List<NoteShape>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
) -> Result<Json<List<NoteShape>>> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let notes = team::notes(&tx, id).await?;
    tx.commit(&Act::NotesRead(id)).await?;
    Ok(Json(List { items: notes.iter().map(Into::into).collect(), next: None }))
}

/// Write a note on a case. It stays as it was written.
#[utoipa::path(post, path = "/api/v1/cases/{id}/notes", tag = "cases", request_body = NewNote,
    params(("id" = String, Path, description = "the case"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = WrittenNote), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn write(
    State(app): State<App>,
    MayOrganise(who): MayOrganise,
    Path(id): Path<String>,
    body: Body<NewNote>,
) -> Result<Response> {
    let Body { value, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        case::exists(tx, id).await?;
        let (note, act) = team::note(tx, id, &value.body, Reach::read(&value.reach)?).await?;
        Ok((act, Answer::created(&WrittenNote { id: note.to_string() })))
    })
    .await
}

/// List the notes that police share on a report, oldest first.
#[utoipa::path(get, path = "/api/v1/reports/{id}/notes", tag = "reports", params(("id" = String, Path, description = "the report")),
    responses((status = 200, body = List<NoteShape>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn shared(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Json<List<NoteShape>>> {
    let id: ReportId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let notes = team::shared_notes(&tx, id).await?;
    tx.commit(&Act::SharedNotesRead(id)).await?;
    Ok(Json(List { items: notes.iter().map(Into::into).collect(), next: None }))
}
