//! `/police/searches`: a filter becomes a search with an id of its own, and only the id stands in an address.

use crate::{
    App,
    caller::{self, SeesCases, SeesOrder},
    error::Result,
    page::{self, Done},
    params::{Form, Params},
    police::inbox::{self, Shown, search_view},
    view::inbox::{FilterForm, SearchesPage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::SearchId;
use reports::{
    Act,
    inbox::{Filter, Typed},
    search::{self, Keep},
};
use serde::Deserialize;

/// Saved searches.
pub async fn list(State(app): State<App>, SeesCases(who): SeesCases, Params(done): Params<Done>) -> Result<Response> {
    page::show(&drawn(&app, &who, done.done).await?)
}

async fn drawn(app: &App, who: &SignedIn, done: Option<String>) -> Result<SearchesPage> {
    let tx = app.db.look(&who.actor).await?;
    let (all, address) = (search::all(&tx).await?, search::address(&tx).await?);
    tx.commit(&Act::SearchesRead).await?;
    Ok(SearchesPage {
        base: page::frame(app, who, "inbox", done),
        rows: all.iter().map(|s| search_view(s, who)).collect(),
        address: address.unwrap_or_default(),
        errors: Vec::new(),
    })
}

/// Makes a search of a filter and shows what it finds. A filter that lets everything through is the inbox.
pub async fn make(
    State(app): State<App>,
    SeesCases(who): SeesCases,
    Form(typed): Form<FilterForm>,
) -> Result<Response> {
    match store(&app, &who, &typed).await {
        Ok(None) => Ok(Redirect::to("/police").into_response()),
        Ok(Some(id)) => Ok(Redirect::to(&format!("/police/searches/{id}")).into_response()),
        Err(error) => inbox::refused(&app, &who, &Shown::Everything, Some(typed), error).await,
    }
}

async fn store(app: &App, who: &SignedIn, form: &FilterForm) -> Result<Option<SearchId>> {
    let typed = Typed {
        class: &form.class,
        age: &form.age,
        known: &form.known,
        status: &form.status,
        hosting: &form.hosting,
        clause: &form.clause,
        assigned: &form.assigned,
        unread: !form.unread.is_empty(),
        folder: &form.folder,
        from: &form.from,
        until: &form.until,
        text: &form.text,
    };
    let filter = Filter::read(&typed)?;
    if filter.is_empty() {
        return Ok(None);
    }
    let tx = app.db.begin(&who.actor).await?;
    let (id, act) = search::make(&tx, &filter, &Keep::default()).await?;
    tx.commit(&act).await?;
    Ok(Some(id))
}

/// How a search is kept, as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kept {
    name: String,
    shared: String,
    alert: String,
}

/// Keeps a search under a name.
pub async fn keep(
    State(app): State<App>,
    SeesOrder(who): SeesOrder,
    Path(id): Path<String>,
    Form(kept): Form<Kept>,
) -> Result<Response> {
    let id: SearchId = caller::id(&id)?;
    let how = Keep { name: Some(&kept.name), shared: !kept.shared.is_empty(), alert: !kept.alert.is_empty() };
    let stored = app.act(&who, async |tx| Ok(search::keep(tx, id, &how).await?));
    match stored.await {
        Ok(()) => Ok(Redirect::to(&format!("/police/searches/{id}?done=search-kept")).into_response()),
        Err(error) => inbox::refused(&app, &who, &Shown::Search(id), None, error).await,
    }
}

/// Removes a search.
pub async fn end(State(app): State<App>, SeesOrder(who): SeesOrder, Path(id): Path<String>) -> Result<Response> {
    app.act(&who, async |tx| Ok(search::end(tx, caller::id(&id)?).await?)).await?;
    Ok(Redirect::to("/police/searches?done=search-ended").into_response())
}

/// Where mail reaches the officer, as the form sends it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Address {
    address: String,
}

/// Says where mail reaches the officer.
pub async fn address(
    State(app): State<App>,
    SeesOrder(who): SeesOrder,
    Form(typed): Form<Address>,
) -> Result<Response> {
    let stored = app.act(&who, async |tx| Ok(search::set_address(tx, &typed.address).await?));
    match stored.await {
        Ok(()) => Ok(Redirect::to("/police/searches?done=address-set").into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "address")?;
            let page = SearchesPage { errors, address: typed.address.clone(), ..drawn(&app, &who, None).await? };
            page::show_refused(&page, &error)
        }
    }
}
