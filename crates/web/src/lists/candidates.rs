//! `/lists/{id}/candidates`: a publisher takes the chosen candidates onto its list, or leaves them out.

use crate::{
    App, Error,
    api::lists::take::chosen,
    caller::{self, SeesPublish},
    error::Result,
    lists::acts,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::Response,
};
use base::ListId;
use hashlists::candidate;
use url::form_urlencoded;

/// Accepts or declines what was chosen: a box for each candidate, a button for each answer.
pub async fn answer(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    form: Result<RawForm, axum::extract::rejection::RawFormRejection>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let RawForm(bytes) = form.map_err(|e| Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    let (mut ids, mut what, mut why) = (Vec::new(), String::new(), String::new());
    for (name, value) in form_urlencoded::parse(&bytes) {
        match &*name {
            "candidate" => ids.push(value.into_owned()),
            "do" => what = value.into_owned(),
            "why" => why = value.into_owned(),
            _ => {}
        }
    }
    let declines = what == "decline";
    let done = store(&app, &who, id, &ids, declines, &why).await;
    acts::again(&app, &who, id, done, if declines { "candidates-declined" } else { "candidates-accepted" }).await
}

async fn store(app: &App, who: &SignedIn, id: ListId, ids: &[String], declines: bool, why: &str) -> Result<()> {
    let ids = chosen(ids);
    let tx = app.db.begin(&who.actor).await?;
    hashlists::list::own(&tx, id).await?;
    let act = if declines {
        candidate::decline(&tx, id, &ids?, why).await?
    } else {
        candidate::accept(&tx, id, &ids?).await?.1
    };
    Ok(tx.commit(&act).await?)
}
