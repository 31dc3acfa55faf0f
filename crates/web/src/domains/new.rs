//! `/domains/new`: the domain first, then what criteria and guards say of it, then why it should be listed.

use super::shown;
use crate::{
    App,
    caller::SeesPropose,
    error::Result,
    page,
    params::{Form, Params},
    view::domains::NewPage,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use exchange::iwol::propose;
use serde::Deserialize;

/// Which domain.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    domain: String,
}

/// The form, and what was found once a domain is given.
pub async fn form(
    State(app): State<App>,
    SeesPropose(who): SeesPropose,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let (page, refused) = drawn(&app, &who, &asked.domain).await?;
    match refused {
        None => page::show(&page),
        Some(error) => page::show_refused(&page, &error),
    }
}

/// A proposal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct New {
    domain: String,
    opinion: String,
}

/// `POST /domains/new`: proposes it.
pub async fn create(State(app): State<App>, SeesPropose(who): SeesPropose, Form(new): Form<New>) -> Result<Response> {
    let done = async {
        let tx = app.db.begin(&who.actor).await?;
        let (id, act) = propose::propose(&tx, &app.domains, &new.domain, &new.opinion).await?;
        tx.commit(&act).await?;
        Ok(id)
    };
    match done.await {
        Ok(id) => Ok(Redirect::to(&format!("/domains/proposals/{id}?done=domain-proposed")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "domain")?;
            let (page, _) = drawn(&app, &who, &new.domain).await?;
            page::show_refused(&NewPage { errors, opinion: new.opinion, ..page }, &error)
        }
    }
}

/// The page, and why the domain cannot be checked, where it cannot.
async fn drawn(app: &App, who: &SignedIn, domain: &str) -> Result<(NewPage, Option<crate::Error>)> {
    let page = NewPage {
        base: page::frame(app, who, "domains", None),
        root: shown::root(who.actor.kind).into(),
        rule: app.domains.rule.text.clone(),
        domain: domain.to_owned(),
        ..NewPage::default()
    };
    if domain.trim().is_empty() {
        return Ok((page, None));
    }
    let tx = app.db.look(&who.actor).await?;
    match propose::check(&tx, &app.domains, domain).await {
        Ok((checked, act)) => {
            tx.commit(&act).await?;
            Ok((NewPage { checked: Some(shown::checked(&checked)), ..page }, None))
        }
        Err(error) => {
            let (error, errors) = page::field_errors(error.into(), "domain")?;
            Ok((NewPage { errors, ..page }, Some(error)))
        }
    }
}
