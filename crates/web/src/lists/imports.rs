//! `/lists/{id}/imports`: a file into a list, how far it is, what was refused, and the way back; and the list as a file.

use crate::{
    App, Error,
    api::lists::{export, progress, refused},
    caller::{self, SeesLists, SeesPublish},
    error::Result,
    exports,
    imports::{self, Source},
    lists::acts,
    page,
    params::{Form, Params},
    show,
    view::lists::{ImportPage, ImportRow, RefusedRow},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{FromRequest, Multipart, Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use base::{ImportId, ListId, Refusal};
use hashlists::{Act, Import, import, list};
use serde::Deserialize;

/// Refused rows on a page.
const AT_ONCE: u64 = 100;
/// Longest text field beside the file, in bytes.
const MOST_TEXT: usize = 400;

/// Takes a file in as it comes, then shows the import.
pub async fn take(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    // A foreign list is "not found" before a byte is read.
    list::own(&app.db.look(&who.actor).await?, id).await?;
    let form = Multipart::from_request(request, &app)
        .await
        .map_err(|e| Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    match read(&app, &who, id, form).await {
        Ok(done) => Ok(Redirect::to(&format!("/lists/{id}/imports/{}?done=imported", done.id)).into_response()),
        Err(error) => acts::again(&app, &who, id, Err(error), "").await,
    }
}

/// The form's fields stand before its file, as browsers send them.
async fn read(app: &App, who: &SignedIn, id: ListId, mut form: Multipart) -> Result<Import> {
    let broken = |e: axum::extract::multipart::MultipartError| Error::Body(e.status(), e.body_text());
    let (mut format, mut profile) = (String::new(), String::new());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file = field.file_name().unwrap_or_default().to_owned();
            if file.is_empty() {
                break;
            }
            let source = Source::checked(app, &format, Some(&profile), Some(file), None)?;
            return imports::run(&app.db, &app.lists, &who.actor, id, source, field).await;
        }
        let text: String = field.text().await.map_err(broken)?.chars().take(MOST_TEXT).collect();
        match name.as_str() {
            "format" => format = text,
            "profile" => profile = text,
            _ => {}
        }
    }
    Err(Refusal::new("file", "missing", "choose a file").into())
}

/// One import.
pub async fn show_one(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path((id, which)): Path<(String, String)>,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let (id, which) = (caller::id(&id)?, caller::id(&which)?);
    page::show(&drawn(&app, &who, id, which, asked).await?)
}

/// Which page of refused rows.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    cursor: Option<String>,
    done: Option<String>,
}

async fn drawn(app: &App, who: &SignedIn, id: ListId, which: ImportId, asked: Asked) -> Result<ImportPage> {
    let after = refused::place(asked.cursor.as_deref())?;
    let tx = app.db.look(&who.actor).await?;
    let found = progress::of_list(&tx, id, which).await?;
    let of = list::own(&tx, id).await?;
    let (rows, next) = import::refusals(&tx, which, after, AT_ONCE).await?;
    tx.commit(&Act::ImportsRead(id)).await?;
    let refused = |r: hashlists::Refused| RefusedRow { line: r.line, field: r.field, reason: r.reason };
    Ok(ImportPage {
        base: page::frame(app, who, "lists", asked.done),
        list_id: id.to_string(),
        list: of.name,
        import: row(&found),
        refused: rows.into_iter().map(refused).collect(),
        next: next.map(|(line, place)| format!("/lists/{id}/imports/{which}?cursor={line}.{place}")),
        errors: Vec::new(),
    })
}

/// What an undo says.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Why {
    why: String,
}

/// Takes an import back.
pub async fn undo(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path((id, which)): Path<(String, String)>,
    Form(said): Form<Why>,
) -> Result<Response> {
    let (id, which): (ListId, ImportId) = (caller::id(&id)?, caller::id(&which)?);
    let done: Result<()> = async {
        let tx = app.db.begin(&who.actor).await?;
        progress::of_list(&tx, id, which).await?;
        let act = import::undo(&tx, which, &said.why).await?;
        Ok(tx.commit(&act).await?)
    }
    .await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/lists/{id}/imports/{which}?done=import-undone")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "why")?;
            let found = drawn(&app, &who, id, which, Asked::default()).await?;
            page::show_refused(&ImportPage { errors, ..found }, &error)
        }
    }
}

/// The list as a file.
pub async fn export(
    State(app): State<App>,
    SeesLists(who): SeesLists,
    Path(id): Path<String>,
    Params(asked): Params<export::Asked>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let (list, form, body) = exports::begin(&app, &who, id, &asked.format, asked.profile.as_deref()).await?;
    let headers = [
        (header::CONTENT_TYPE, exports::media_type(form).to_owned()),
        (header::CONTENT_DISPOSITION, exports::disposition(&list.name, form)),
    ];
    Ok((headers, body).into_response())
}

/// An import as a row.
pub fn row(import: &Import) -> ImportRow {
    let counts = import.counts;
    ImportRow {
        id: import.id.to_string(),
        name: import.name.clone(),
        form: import.form.clone(),
        state: import.state.word().into(),
        lines: show::count(counts.lines),
        added: show::count(counts.added),
        changed: show::count(counts.changed),
        same: show::count(counts.same),
        refused: show::count(counts.refused),
        withdrawn: show::count(counts.withdrawn),
        started: import.started_at.minute(),
        last: import.changed_at.minute(),
        trouble: import.trouble.as_deref().map(crate::view::base::sentence),
    }
}
