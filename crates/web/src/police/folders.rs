//! `/police/folders`: cases that belong together.

use crate::{
    App, Error,
    caller::{self, SeesCases, SeesOrder},
    error::Result,
    page::{self, Done},
    params::{Form, Params},
    police::inbox::{self, Place, Shown, folder_view},
    view::inbox::{FolderForm, FoldersPage, InboxPage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::FolderId;
use reports::{
    Act,
    folder::{self, Words},
};

/// The folders that the officer sees.
pub async fn list(State(app): State<App>, SeesCases(who): SeesCases, Params(done): Params<Done>) -> Result<Response> {
    page::show(&drawn(&app, &who, done.done).await?)
}

async fn drawn(app: &App, who: &SignedIn, done: Option<String>) -> Result<FoldersPage> {
    let tx = app.db.look(&who.actor).await?;
    let all = folder::all(&tx).await?;
    tx.commit(&Act::FoldersRead).await?;
    Ok(FoldersPage {
        base: page::frame(app, who, "inbox", done),
        rows: all.iter().map(|f| folder_view(f, who)).collect(),
        ..FoldersPage::default()
    })
}

fn words(form: &FolderForm) -> Words<'_> {
    Words { name: &form.name, note: Some(&form.note), private: !form.private.is_empty() }
}

/// Makes a folder.
pub async fn make(State(app): State<App>, SeesOrder(who): SeesOrder, Form(form): Form<FolderForm>) -> Result<Response> {
    let stored = async {
        let tx = app.db.begin(&who.actor).await?;
        let (id, act) = folder::make(&tx, &words(&form)).await?;
        tx.commit(&act).await?;
        Ok::<_, Error>(id)
    };
    match stored.await {
        Ok(id) => Ok(Redirect::to(&format!("/police/folders/{id}?done=folder-made")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "name")?;
            let page = FoldersPage { errors, form, ..drawn(&app, &who, None).await? };
            page::show_refused(&page, &error)
        }
    }
}

/// Changes what a folder says about itself.
pub async fn change(
    State(app): State<App>,
    SeesOrder(who): SeesOrder,
    Path(id): Path<String>,
    Form(form): Form<FolderForm>,
) -> Result<Response> {
    let id: FolderId = caller::id(&id)?;
    let stored = app.act(&who, async |tx| Ok(folder::change(tx, id, &words(&form), None).await?.1));
    match stored.await {
        Ok(()) => Ok(Redirect::to(&format!("/police/folders/{id}?done=folder-changed")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "name")?;
            let shown = inbox::drawn(&app, &who, &Shown::Folder(id), &Place::default()).await?;
            page::show_refused(&InboxPage { errors, ..shown }, &error)
        }
    }
}

/// Ends a folder; its cases stay.
pub async fn end(State(app): State<App>, SeesOrder(who): SeesOrder, Path(id): Path<String>) -> Result<Response> {
    app.act(&who, async |tx| Ok(folder::end(tx, caller::id(&id)?).await?)).await?;
    Ok(Redirect::to("/police/folders?done=folder-ended").into_response())
}
