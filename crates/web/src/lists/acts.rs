//! `/lists/{id}/…`: what the small forms of a list's page do. Each does one verb and shows the page again.

use crate::{
    App, Error,
    caller::{self, SeesAgree, SeesAssess, SeesPublish, SeesVote},
    error::Result,
    lists::list,
    page,
    params::Form,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{HashId, ListId, OrgId, Refusal, SubscriptionId, TermsId, VoteId};
use hashlists::{VoteAnswer, VoteWord, entry, subscription, terms, vote};
use reports::settle::{self, Batch};
use serde::Deserialize;

/// What a small form says; each has some of these.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    why: String,
    organisation: String,
    may_settle: Option<String>,
    #[serde(rename = "do")]
    what: String,
}

/// The page again: with what was done, or with what was refused.
pub async fn again(app: &App, who: &SignedIn, id: ListId, done: Result<()>, word: &str) -> Result<Response> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/lists/{id}?done={word}")).into_response()),
        Err(error) => refused(app, who, id, error).await,
    }
}

async fn refused(app: &App, who: &SignedIn, id: ListId, error: Error) -> Result<Response> {
    let (error, errors) = page::field_errors(error, "why")?;
    page::show_refused(&list::drawn(app, who, id, list::Asked::default(), errors).await?, &error)
}

/// Accepts the terms offered.
pub async fn accept(State(app): State<App>, SeesAgree(who): SeesAgree, Path(id): Path<String>) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(terms::accept(tx, id).await?));
    again(&app, &who, id, done.await, "terms-accepted").await
}

/// Offers the list.
pub async fn offer(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let done = app.act(&who, async |tx| {
        let refuse = |_| Refusal::new("organisation", "unknown-organisation", "choose an organisation");
        let to: Result<OrgId, _> = said.organisation.parse().map_err(refuse);
        hashlists::list::own(tx, id).await?;
        Ok(terms::offer(tx, id, to?, said.may_settle.is_some()).await?.1)
    });
    again(&app, &who, id, done.await, "terms-offered").await
}

/// Ends terms, as publisher or reader.
pub async fn end(
    State(app): State<App>,
    SeesAgree(who): SeesAgree,
    Path((id, which)): Path<(String, String)>,
) -> Result<Response> {
    let (id, which): (ListId, TermsId) = (caller::id(&id)?, caller::id(&which)?);
    app.act(&who, async |tx| Ok(terms::end(tx, id, which).await?)).await?;
    // Who read it by these terms does not know of it any more.
    Ok(Redirect::to("/lists?done=terms-ended").into_response())
}

/// Stops the list or lets it settle again.
pub async fn state(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let resumes = said.what == "resume";
    let done = app.act(&who, async |tx| {
        let act = if resumes {
            hashlists::list::resume(tx, id).await?
        } else {
            hashlists::list::own(tx, id).await?;
            hashlists::list::suspend(tx, id, &said.why).await?
        };
        Ok(act)
    });
    again(&app, &who, id, done.await, if resumes { "list-resumed" } else { "list-suspended" }).await
}

/// Withdraws an entry.
pub async fn withdraw(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path((id, which)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let (id, which): (ListId, HashId) = (caller::id(&id)?, caller::id(&which)?);
    let done = app.act(&who, async |tx| {
        entry::find(tx, id, which).await?;
        Ok(entry::withdraw(tx, id, which, &said.why).await?)
    });
    again(&app, &who, id, done.await, "entry-withdrawn").await
}

/// Confirms or disputes an entry.
pub async fn say(
    State(app): State<App>,
    SeesVote(who): SeesVote,
    Path((id, which)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let (id, which): (ListId, HashId) = (caller::id(&id)?, caller::id(&which)?);
    let done = app.act(&who, async |tx| {
        entry::find(tx, id, which).await?;
        let word: VoteWord = said.what.parse()?;
        Ok(vote::vote(tx, id, which, word, Some(&said.why)).await?.1)
    });
    again(&app, &who, id, done.await, "entry-voted").await
}

/// Answers a dispute.
pub async fn answer(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path((id, which)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let (id, which): (ListId, VoteId) = (caller::id(&id)?, caller::id(&which)?);
    let done = app.act(&who, async |tx| {
        hashlists::list::own(tx, id).await?;
        let word: VoteAnswer = said.what.parse()?;
        Ok(vote::answer(tx, id, which, word, Some(&said.why)).await?)
    });
    again(&app, &who, id, done.await, "dispute-answered").await
}

/// Ends a subscription.
pub async fn unsubscribe(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Path((id, which)): Path<(String, String)>,
) -> Result<Response> {
    let (id, which): (ListId, SubscriptionId) = (caller::id(&id)?, caller::id(&which)?);
    let done = app.act(&who, async |tx| Ok(subscription::end(tx, id, which).await?));
    again(&app, &who, id, done.await, "subscription-ended").await
}

/// Takes back everything that the list settled at the own hotline.
pub async fn undo(
    State(app): State<App>,
    SeesAssess(who): SeesAssess,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: ListId = caller::id(&id)?;
    let done = app.act(&who, async |tx| {
        hashlists::list::readable(tx, id).await?;
        Ok(settle::undo(tx, Batch::List(id), &said.why).await?.1)
    });
    again(&app, &who, id, done.await, "settling-undone").await
}
