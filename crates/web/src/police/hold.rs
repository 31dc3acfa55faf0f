//! `/police/cases/{id}/holds`: an officer places a hold, records its approval, makes it longer, ends it.

use crate::{
    App, Error,
    caller::{self, SeesAsk},
    error::Result,
    page,
    params::Form,
    police::case::{self, Looks, back},
    view::police::{CaseForms, CasePage},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{CaseId, HoldId, ItemId};
use serde::Deserialize;
use storage::Tx;
use takedown::{Act, hold};

/// A hold, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    item: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

/// Places a hold.
pub async fn place(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    looks: Looks,
    Path(id): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    match put(&app, &who, id, &asked).await {
        Ok(()) => Ok(back(id, "hold-placed", "holds")),
        Err(error) => {
            let Asked { item, reason, until } = asked;
            let forms = CaseForms { open: "hold".into(), item, reason, until, ..CaseForms::default() };
            refused(&app, &who, &looks, id, forms, error).await
        }
    }
}

async fn put(app: &App, who: &SignedIn, id: CaseId, asked: &Asked) -> Result<()> {
    let item: Option<ItemId> = Some(&asked.item).filter(|i| !i.is_empty()).map(|i| caller::id(i)).transpose()?;
    let tx = app.db.begin(&who.actor).await?;
    let until = page::utc(&asked.until);
    let (_, act) = hold::place(&tx, id, hold::Asked { item, reason: &asked.reason, until: &until }).await?;
    Ok(tx.commit(&act).await?)
}

/// A magistrate's approval, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    #[serde(default)]
    form: String,
    #[serde(default)]
    office: String,
    #[serde(default)]
    reference: String,
}

/// Records an approval.
pub async fn approve(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    looks: Looks,
    Path((id, hold)): Path<(String, String)>,
    Form(given): Form<Given>,
) -> Result<Response> {
    let (id, hold): (CaseId, HoldId) = (caller::id(&id)?, caller::id(&hold)?);
    let tx = app.db.begin(&who.actor).await?;
    let approval = hold::Approval { form: &given.form, office: &given.office, reference: &given.reference };
    let did = hold::approve(&tx, id, hold, approval).await;
    ended(&app, &who, &looks, id, tx, did, "hold-approved").await
}

/// A later end or an early one, as the form sends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default)]
    until: String,
    #[serde(default)]
    reason: String,
}

/// Makes a hold longer.
pub async fn extend(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    looks: Looks,
    Path((id, hold)): Path<(String, String)>,
    Form(change): Form<Change>,
) -> Result<Response> {
    let (id, hold): (CaseId, HoldId) = (caller::id(&id)?, caller::id(&hold)?);
    let tx = app.db.begin(&who.actor).await?;
    let did = hold::extend(&tx, id, hold, &page::utc(&change.until), &change.reason).await;
    ended(&app, &who, &looks, id, tx, did, "hold-extended").await
}

/// Ends a hold early.
pub async fn end(
    State(app): State<App>,
    SeesAsk(who): SeesAsk,
    looks: Looks,
    Path((id, hold)): Path<(String, String)>,
    Form(change): Form<Change>,
) -> Result<Response> {
    let (id, hold): (CaseId, HoldId) = (caller::id(&id)?, caller::id(&hold)?);
    let tx = app.db.begin(&who.actor).await?;
    let did = hold::end(&tx, id, hold, &change.reason).await;
    ended(&app, &who, &looks, id, tx, did, "hold-ended").await
}

/// What becomes of a change of a hold: back to the case, or the case with what is wrong.
async fn ended(
    app: &App,
    who: &SignedIn,
    looks: &Looks,
    id: CaseId,
    tx: Tx,
    did: takedown::Result<Act>,
    done: &str,
) -> Result<Response> {
    match did {
        Ok(act) => {
            tx.commit(&act).await?;
            Ok(back(id, done, "holds"))
        }
        Err(error) => {
            drop(tx);
            refused(app, who, looks, id, CaseForms::default(), error.into()).await
        }
    }
}

async fn refused(
    app: &App,
    who: &SignedIn,
    looks: &Looks,
    id: CaseId,
    forms: CaseForms,
    error: Error,
) -> Result<Response> {
    let (error, errors) = page::field_errors(error, "until")?;
    page::show_refused(&CasePage { errors, forms, ..case::drawn(app, who, looks, id).await? }, &error)
}
