//! `/police/cases/{id}/list`: an officer puts items of a case onto a hash list of the own LEA's, one by its button or all
//! that were chosen.

use crate::{
    App, Error,
    api::cases::listing::chosen,
    caller::{self, SeesPublish},
    error::Result,
    page,
    police::case::{Looks, drawn},
    show,
    view::police::{ListingChoice, ListingItem, ListingView},
};
use agreements::{Doing, may, sign_in::SignedIn};
use axum::{
    extract::{Path, RawForm, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, ListId, Refusal};
use hashlists::{Access, list};
use reports::{case, listing};
use storage::Tx;
use url::form_urlencoded;

/// Items of a case up to which its page offers them one by one.
const MOST_SHOWN: i64 = 500;

/// What the case page shows of it: own lists, and items that may go there. Nothing when there is neither.
pub async fn view(tx: &Tx, who: &SignedIn, id: CaseId, items: i64) -> Result<Option<ListingView>> {
    // A page must not cost what a huge case costs; its items go to a list by the API.
    if items > MOST_SHOWN || !may(who.actor.kind, who.actor.role, Doing::PublishList) {
        return Ok(None);
    }
    let own = list::list(tx).await?.into_iter().filter(|(_, access)| *access == Access::Publisher);
    let lists: Vec<ListingChoice> =
        own.map(|(list, _)| ListingChoice { id: list.id.to_string(), name: list.name }).collect();
    let items = listing::listable(tx, id).await?.into_iter().map(|item| ListingItem {
        id: item.id.to_string(),
        reference: show::reference(item.id),
        sha256: base::hex(&item.media.sha256),
        class: item.assessment.map(|a| a.class.word().to_owned()).unwrap_or_default(),
    });
    let items: Vec<ListingItem> = items.collect();
    Ok((!lists.is_empty() && !items.is_empty()).then_some(ListingView { lists, items }))
}

/// Puts what was chosen onto the list: boxes and one button for all, or the button of one item.
pub async fn put(
    State(app): State<App>,
    SeesPublish(who): SeesPublish,
    looks: Looks,
    Path(id): Path<String>,
    form: Result<RawForm, axum::extract::rejection::RawFormRejection>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    let RawForm(bytes) = form.map_err(|e| Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, e.body_text()))?;
    let (mut boxes, mut one, mut list) = (Vec::new(), None, String::new());
    for (name, value) in form_urlencoded::parse(&bytes) {
        match &*name {
            "item" => boxes.push(value.into_owned()),
            "one" => one = Some(value.into_owned()),
            "list" => list = value.into_owned(),
            _ => {}
        }
    }
    let items = one.map_or(boxes, |one| vec![one]);
    match store(&app, &who, id, &list, &items).await {
        Ok(()) => Ok(Redirect::to(&format!("/police/cases/{id}?done=case-listed")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "items")?;
            let page = view_with(&app, &who, &looks, id, errors).await?;
            page::show_refused(&page, &error)
        }
    }
}

async fn view_with(
    app: &App,
    who: &SignedIn,
    looks: &Looks,
    id: CaseId,
    errors: Vec<crate::view::base::FieldError>,
) -> Result<crate::view::police::CasePage> {
    let mut page = drawn(app, who, looks, id).await?;
    page.errors = errors;
    Ok(page)
}

async fn store(app: &App, who: &SignedIn, id: CaseId, list: &str, items: &[String]) -> Result<()> {
    let tx = app.db.begin(&who.actor).await?;
    case::exists(&tx, id).await?;
    let refused = |_| Refusal::new("list", "unknown-list", "choose a list of your own");
    let list: ListId = list.parse().map_err(refused)?;
    let (_, act) = listing::put(&tx, id, list, &chosen(items)?).await?;
    Ok(tx.commit(&act).await?)
}
