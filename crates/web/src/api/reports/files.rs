//! `POST /api/v1/reports/{id}/files`: files are added to a report; each becomes an item.

use crate::{
    App,
    api::shape::Item,
    caller::{self, MayReport},
    error::{Problem, Result},
    files::{self, Upload},
    names::Names,
    once::{self, Answer, Once},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{FromRequest, Multipart, Path, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base::ReportId;
use reports::{facts, look};
use serde::Serialize;
use utoipa::ToSchema;

/// The items made of the files, in the order they were sent.
#[derive(Serialize, ToSchema)]
pub struct Added {
    items: Vec<Item>,
}

/// A multipart form: parts named `file`, and `url` parts before them that say where they were found, in the same order.
#[derive(ToSchema)]
pub struct FilesForm {
    /// JPEG or PNG; repeatable.
    #[schema(value_type = Vec<String>, format = Binary)]
    #[expect(dead_code, reason = "documents the form")]
    file: Vec<u8>,
    /// URL of a file; the first for the first file, and so on. Empty: not known.
    #[expect(dead_code, reason = "documents the form")]
    url: Option<String>,
}

/// Add files to a report.
#[utoipa::path(post, path = "/api/v1/reports/{id}/files", tag = "reports",
    params(("id" = String, Path, description = "the report"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    request_body(content = FilesForm, content_type = "multipart/form-data"),
    responses((status = 201, body = Added), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn add(
    State(app): State<App>,
    MayReport(who): MayReport,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response> {
    let id: ReportId = caller::id(&id)?;
    let key = once::key(request.headers())?;
    let place = request.uri().path().to_owned();
    may_add(&app, &who, id).await?;
    let form = Multipart::from_request(request, &app)
        .await
        .map_err(|e| crate::Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    let mut upload = Upload::default();
    files::read(&app, who.actor.org, form, &mut upload).await?;
    let again = upload.once(key, &place);
    let answered = again.answered(&app, &who).await;
    if let Ok(None) = answered {
        return attach(&app, &who, id, upload, &again).await;
    }
    facts::discard(&app.vault, &upload.files).await;
    answered?.ok_or(crate::Error::NOT_FOUND)
}

/// Whether there is such a report for this caller, before any file is read.
async fn may_add(app: &App, who: &SignedIn, id: ReportId) -> Result<()> {
    let tx = app.db.look(&who.actor).await?;
    let (full, act) = look::report(&tx, id).await?;
    tx.commit(&act).await?;
    if full.report.reporter == who.actor.org { Ok(()) } else { Err(crate::Error::NOT_FOUND) }
}

async fn attach(app: &App, who: &SignedIn, id: ReportId, upload: Upload, once: &Once) -> Result<Response> {
    let attached = attach_in_tx(app, who, id, &upload, once).await;
    if attached.is_err() {
        facts::discard(&app.vault, &upload.files).await;
    }
    Ok(attached?.into_response())
}

async fn attach_in_tx(app: &App, who: &SignedIn, id: ReportId, upload: &Upload, once: &Once) -> Result<Answer> {
    if upload.files.is_empty() {
        return Err(files::FileTrouble::None.into());
    }
    let tx = app.db.begin(&who.actor).await?;
    let (attached, act) = facts::attach(&tx, &app.vault, &app.lists, id, app.config.max_files, &upload.files).await?;
    let names = Names::read(&tx).await?;
    let mut items = Vec::with_capacity(attached.len());
    for one in &attached {
        let (item, _) = look::item(&tx, one.id).await?;
        items.push(Item::new(&item, &[], &names));
    }
    let answer = Answer::created(&Added { items });
    once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer)
}
