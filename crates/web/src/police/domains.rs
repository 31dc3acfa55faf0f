//! `/police/domains`: what the agency reviews for the block list and what it proposed; one review, and a word on it.

use crate::{
    App,
    caller::{self, SeesReview},
    domains::shown,
    error::Result,
    names::Names,
    page::{self, Done},
    params::{Form, Params},
    view::{
        base::FieldError,
        domains::{ReviewPage, ReviewsPage},
    },
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{ProposalId, Time};
use exchange::iwol::{
    look,
    model::At,
    review::{self, Word},
};
use serde::Deserialize;

/// Own proposals shown.
const FEW: u64 = 50;

/// The lists.
pub async fn list(
    State(app): State<App>,
    SeesReview(who): SeesReview,
    Params(paging): Params<crate::api::shape::Paging>,
) -> Result<Response> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let now = tx.now();
    let (own, _) = look::proposals(&tx, None, None, FEW).await?;
    let (found, act) = review::waiting(&tx, after, limit).await?;
    tx.commit(&act).await?;
    page::show(&ReviewsPage {
        base: page::frame(&app, &who, "domains", None),
        reviews: found.items.iter().map(|p| shown::row(p, "/police/domains", now)).collect(),
        own: own.items.iter().map(|p| shown::row(p, "/domains/proposals", now)).collect(),
        next: found.next.map(|c| format!("/police/domains?cursor={c}")),
    })
}

/// One review.
pub async fn read(
    State(app): State<App>,
    SeesReview(who): SeesReview,
    Path(id): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, done.done).await?)
}

/// `POST …/{id}/seen`: the evidence was looked at.
pub async fn see(State(app): State<App>, SeesReview(who): SeesReview, Path(id): Path<String>) -> Result<Response> {
    let id: ProposalId = caller::id(&id)?;
    app.act(&who, async |tx| Ok(review::see(tx, id).await?)).await?;
    Ok(Redirect::to(&format!("/police/domains/{id}?done=domain-seen")).into_response())
}

/// A word and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    word: String,
    #[serde(default)]
    reason: String,
}

/// `POST …/{id}/word`: says it.
pub async fn say(
    State(app): State<App>,
    SeesReview(who): SeesReview,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: ProposalId = caller::id(&id)?;
    let done = app.act(&who, async |tx| Ok(review::say(tx, &app.domains, id, &said.word, &said.reason).await?.1));
    match done.await {
        Ok(()) => {
            // Who made the proposal and says that it stays has no review to go back to.
            let tx = app.db.look(&who.actor).await?;
            let reviews = review::read(&tx, id).await.is_ok();
            drop(tx);
            let back = if reviews { format!("/police/domains/{id}") } else { format!("/domains/proposals/{id}") };
            Ok(Redirect::to(&format!("{back}?done=domain-said")).into_response())
        }
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            refused(&app, &who, id, said.reason, errors, &error).await
        }
    }
}

async fn refused(
    app: &App,
    who: &SignedIn,
    id: ProposalId,
    reason: String,
    errors: Vec<FieldError>,
    error: &crate::Error,
) -> Result<Response> {
    let page = drawn(app, who, id, None).await?;
    page::show_refused(&ReviewPage { errors, reason, ..page }, error)
}

/// Words that may be said of a review.
fn may(review: &review::Review) -> Vec<Word> {
    match review.listing.stage {
        At::Review if review.seen => vec![Word::Confirm, Word::Refuse],
        At::Listed => vec![Word::Renew, Word::Object],
        _ => Vec::new(),
    }
}

async fn drawn(app: &App, who: &SignedIn, id: ProposalId, done: Option<String>) -> Result<ReviewPage> {
    let tx = app.db.look(&who.actor).await?;
    let (found, act) = review::read(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    let listing = &found.listing;
    Ok(ReviewPage {
        base: page::frame(app, who, "domains", done),
        id: id.to_string(),
        name: shown::name(&listing.domain),
        stage: listing.stage.word().into(),
        version: listing.version,
        rule: listing.rule.clone(),
        at: listing.created_at.minute(),
        due: listing.due_at.map(Time::minute),
        checks: shown::checks(&found.version.checks),
        guards: shown::guards(&listing.guards),
        exhibits: shown::exhibits(&found.exhibits),
        opinion: found.seen.then(|| found.version.opinion.clone()),
        words: shown::words(&found.said, listing.version, &names),
        may: may(&found),
        reason: String::new(),
        errors: Vec::new(),
    })
}
