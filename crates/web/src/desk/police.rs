//! `/desk/police`: what police asked for, wrote and hold, from all cases that the hotline answers. A request is granted by
//! `g` and Enter, declined by `d`, a reason and Enter.

use crate::{
    App,
    api::requests::answer::said,
    api::shape::Paging,
    caller::{self, SeesAnswerPolice},
    error::Result,
    names::Names,
    page::{self, Done},
    params::{Form, Params},
    show,
    view::dialogue::{FromPolicePage, HoldView, WishView},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ContactId, RequestId};
use reports::{Act, deconflict, message, request};
use serde::Deserialize;
use takedown::hold;

/// Holds and messages shown at once.
const SHOWN: u64 = 50;

/// Which page of requests, and what just happened.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    cursor: Option<String>,
    done: Option<String>,
}

/// The page.
pub async fn list(
    State(app): State<App>,
    SeesAnswerPolice(who): SeesAnswerPolice,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let paging = Paging { cursor: asked.cursor, limit: None };
    page::show(&drawn(&app, &who, &paging, Done { done: asked.done }).await?)
}

async fn drawn(app: &App, who: &SignedIn, paging: &Paging, done: Done) -> Result<FromPolicePage> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let now = tx.now();
    let requests = request::waiting(&tx, after, limit).await?;
    let holds = hold::in_force(&tx, None, SHOWN).await?;
    let messages = message::unread(&tx, None, SHOWN).await?;
    let wishes = deconflict::waiting(&tx).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::DialogueRead).await?;
    let wish = |c: &reports::Contact| WishView {
        id: c.id.to_string(),
        report_id: c.report.to_string(),
        reference: show::reference(c.report),
        organisation: names.of(c.lea),
        author: c.author.clone(),
        at: c.at.minute(),
    };
    let held = |h: &takedown::Hold| HoldView {
        reference: Some(show::reference(h.report)),
        ..show::hold(h, now, &names, false)
    };
    Ok(FromPolicePage {
        base: page::frame(app, who, "from_police", done.done),
        requests: requests.items.iter().map(|r| show::request(r, now, &names, false)).collect(),
        holds: holds.items.iter().map(held).collect(),
        messages: messages.items.iter().map(|m| show::message(m, &names, who.actor.org)).collect(),
        wishes: wishes.iter().map(wish).collect(),
        next: requests.next.map(|c| format!("/desk/police?cursor={c}")),
        ..FromPolicePage::default()
    })
}

/// An answer, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    // Enter in the reason's field sends no button: it declines.
    #[serde(default = "decline")]
    answer: String,
    #[serde(default)]
    reason: String,
}

fn decline() -> String {
    "decline".into()
}

/// Grants or declines.
pub async fn answer(
    State(app): State<App>,
    SeesAnswerPolice(who): SeesAnswerPolice,
    Path(id): Path<String>,
    Form(form): Form<Said>,
) -> Result<Response> {
    let id: RequestId = caller::id(&id)?;
    match send(&app, &who, id, &form).await {
        Ok(()) => {
            let done = if form.answer == "grant" { "request-granted" } else { "request-declined" };
            Ok(Redirect::to(&format!("/desk/police?done={done}")).into_response())
        }
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            let drawn = drawn(&app, &who, &Paging::default(), Done::default()).await?;
            let page = FromPolicePage { errors, refused: id.to_string(), reason: form.reason, ..drawn };
            page::show_refused(&page, &error)
        }
    }
}

async fn send(app: &App, who: &SignedIn, id: RequestId, form: &Said) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    request::exists(&tx, id).await?;
    let act = request::answer(&tx, id, said(&form.answer, Some(&form.reason))?, app.reach()).await?;
    Ok(tx.commit(&act).await?)
}

/// Passes a wish to be put in touch on.
pub async fn forward(
    State(app): State<App>,
    SeesAnswerPolice(who): SeesAnswerPolice,
    Path(id): Path<String>,
) -> Result<Response> {
    let id: ContactId = caller::id(&id)?;
    app.act(&who, async |tx| Ok(deconflict::forward(tx, id).await?)).await?;
    Ok(Redirect::to("/desk/police?done=contact-forwarded").into_response())
}
