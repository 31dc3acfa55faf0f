//! Signing in and out. With an access token everywhere; with a sign-in link in the demo only.

use crate::{
    App, Error, Mode,
    caller::{BySession, COOKIE},
    error::Result,
    page,
    params::Form,
    view::{self, base::FieldError},
};
use agreements::sign_in::{self, SESSION_SECONDS, SignedIn};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use view::public::SignInPage;

/// `/sign-in`: the form.
pub async fn form(State(app): State<App>) -> Result<Response> {
    page::show(&SignInPage { base: page::bare_frame(&app), errors: Vec::new() })
}

/// The form's one field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    token: String,
}

/// `POST /sign-in`: a session for whoever holds the token.
pub async fn by_token(State(app): State<App>, Form(form): Form<Token>) -> Result<Response> {
    match sign_in::by_token(&app.db, form.token.trim()).await {
        Ok(who) => signed_in(&app, &who).await,
        Err(agreements::Error::SignInFirst) => {
            let message = "this token is not valid, ask whoever gave it to you for another".into();
            let errors = vec![FieldError { field: "token".into(), message }];
            let page = SignInPage { base: page::bare_frame(&app), errors };
            page::show_refused(&page, &Error::Agreements(agreements::Error::SignInFirst))
        }
        Err(other) => Err(other.into()),
    }
}

/// `/demo/sign-in/{link}`: a session for the persona of the link. Does not exist outside the demo.
pub async fn by_link(State(app): State<App>, Path(link): Path<String>) -> Result<Response> {
    if app.mode != Mode::Demo {
        return Err(Error::NOT_FOUND);
    }
    let who = sign_in::by_link(&app.db, &link).await.map_err(|_| Error::NOT_FOUND)?;
    signed_in(&app, &who).await
}

/// `POST /sign-out`: ends the session.
pub async fn out(State(app): State<App>, BySession(who, session): BySession) -> Result<Response> {
    sign_in::end_session(&app.db, &who, &session).await?;
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/")).into_response())
}

async fn signed_in(app: &App, who: &SignedIn) -> Result<Response> {
    let session = sign_in::open_session(&app.db, who).await?;
    let secure = if app.secure_cookies { "; Secure" } else { "" };
    let (value, age) = (session.expose(), SESSION_SECONDS);
    let cookie = format!("{COOKIE}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&page::start(app, who))).into_response())
}
