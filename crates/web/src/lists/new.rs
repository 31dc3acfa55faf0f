//! `/lists/new`: a publisher makes an empty list.

use crate::{
    App,
    caller::SeesPublish,
    error::Result,
    page,
    params::Form,
    view::lists::{NewListForm, NewListPage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use base::{ListId, OrgKind, Refusal};
use hashlists::list;

/// The form.
pub async fn form(State(app): State<App>, SeesPublish(who): SeesPublish) -> Result<Response> {
    page::show(&drawn(
        &app,
        &who,
        NewListForm { max_distance: list::MAX_DISTANCE.to_string(), ..NewListForm::default() },
    ))
}

/// Makes the list.
pub async fn create(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    Form(form): Form<NewListForm>,
) -> Result<Response> {
    match store(&app, &who, &form).await {
        Ok(id) => Ok(Redirect::to(&format!("/lists/{id}?done=list-made")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "name")?;
            page::show_refused(&NewListPage { errors, ..drawn(&app, &who, form) }, &error)
        }
    }
}

async fn store(app: &App, who: &SignedIn, form: &NewListForm) -> Result<ListId> {
    let incoming = list::Incoming {
        name: &form.name,
        class: &form.class,
        country: None,
        rule: &form.rule,
        age_below: number("age_below", &form.age_below)?,
        max_distance: number("max_distance", &form.max_distance)?,
    };
    let tx = app.db.begin(&who.actor).await?;
    let (made, act) = list::create(&tx, &incoming).await?;
    tx.commit(&act).await?;
    Ok(made.id)
}

/// A whole number out of a form; nothing when nothing was typed.
pub fn number(field: &'static str, text: &str) -> Result<Option<i64>, Refusal> {
    let given = Some(text.trim()).filter(|t| !t.is_empty());
    given.map(|t| t.parse().map_err(|_| Refusal::new(field, "not-a-number", "write a whole number"))).transpose()
}

fn drawn(app: &App, who: &SignedIn, form: NewListForm) -> NewListPage {
    let classes = match who.actor.kind {
        OrgKind::Interpol | OrgKind::Network => vec!["baseline", "context"],
        OrgKind::Hotline | OrgKind::Lea | OrgKind::Asp => vec!["national", "context"],
    };
    NewListPage { base: page::frame(app, who, "lists", None), form, classes, errors: Vec::new() }
}
