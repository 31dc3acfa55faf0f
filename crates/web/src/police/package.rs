//! `/police/cases/{id}/package` and `/police/packages/{id}`: a case is taken along. Why and under which number first, and the
//! officer proves again who they are when that is more than ten minutes ago; then the package is made, and its page starts the
//! download by itself.

use crate::{
    App, Error,
    api::packages::{self as api, file},
    caller::{self, SeesTakeAlong},
    error::Result,
    page,
    params::{Form, Params},
    show,
    view::package::{PackageFormPage, PackagePage, PackageRow},
};
use agreements::sign_in::{self, SignedIn};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use base::{CaseId, PackageId};
use reports::{
    case,
    package::{self, Act, Package, State as Stage},
};
use serde::Deserialize;

/// What just happened.
#[derive(Default, Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// The form.
pub async fn form(
    State(app): State<App>,
    SeesTakeAlong(who): SeesTakeAlong,
    Path(id): Path<String>,
    Params(done): Params<Done>,
) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?, done.done).await?)
}

/// The justification, and the proof of who gives it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    case_number: String,
    #[serde(default)]
    token: String,
}

/// Asks for the package.
pub async fn take(
    State(app): State<App>,
    SeesTakeAlong(who): SeesTakeAlong,
    Path(id): Path<String>,
    Form(why): Form<Why>,
) -> Result<Response> {
    let id: CaseId = caller::id(&id)?;
    match ask(&app, &who, id, &why).await {
        Ok(package) => Ok(Redirect::to(&format!("/police/packages/{package}?take=1")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "purpose")?;
            let page = drawn(&app, &who, id, None).await?;
            let page = PackageFormPage { errors, purpose: why.purpose, case_number: why.case_number, ..page };
            page::show_refused(&page, &error)
        }
    }
}

async fn ask(app: &App, who: &SignedIn, id: CaseId, why: &Why) -> Result<PackageId> {
    // Whether there is such a case comes first: a foreign one is "not found" whatever else was sent.
    let tx = app.db.look(&who.actor).await?;
    case::exists(&tx, id).await?;
    drop(tx);
    if !sign_in::is_confirmed(&app.db, who).await? {
        sign_in::confirm(&app.db, who, &why.token).await?;
    }
    let tx = app.db.begin(&who.actor).await?;
    let (package, act) = package::ask(&tx, id, &why.purpose, &why.case_number).await?;
    tx.commit(&act).await?;
    Ok(package.id)
}

/// A public key, and the case to go back to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    #[serde(default)]
    recipient: String,
    #[serde(default)]
    case: String,
    #[serde(default)]
    token: String,
}

/// Registers the officer's key. Who could do that in somebody's open session could read their packages, so they prove again
/// who they are.
pub async fn set_key(
    State(app): State<App>,
    SeesTakeAlong(who): SeesTakeAlong,
    Form(new): Form<NewKey>,
) -> Result<Response> {
    let case: CaseId = caller::id(&new.case)?;
    match register(&app, &who, &new).await {
        Ok(()) => Ok(Redirect::to(&format!("/police/cases/{case}/package?done=key-set")).into_response()),
        Err(error) => {
            let (error, errors) = page::field_errors(error, "recipient")?;
            let page = PackageFormPage { errors, new_key: new.recipient, ..drawn(&app, &who, case, None).await? };
            page::show_refused(&page, &error)
        }
    }
}

async fn register(app: &App, who: &SignedIn, new: &NewKey) -> Result<()> {
    if !sign_in::is_confirmed(&app.db, who).await? {
        sign_in::confirm(&app.db, who, &new.token).await?;
    }
    api::key::set(app, who, &new.recipient).await.map(drop)
}

async fn drawn(app: &App, who: &SignedIn, id: CaseId, done: Option<String>) -> Result<PackageFormPage> {
    let tx = app.db.look(&who.actor).await?;
    let packages = package::of_case(&tx, id).await?;
    let (key, _) = package::key(&tx).await?;
    tx.commit(&Act::FormRead(id)).await?;
    Ok(PackageFormPage {
        base: page::frame(app, who, "inbox", done),
        case_id: id.to_string(),
        reference: show::reference(id),
        key: key.map(|(recipient, _)| recipient),
        confirmed: sign_in::is_confirmed(&app.db, who).await?,
        packages: packages.iter().map(row).collect(),
        ..PackageFormPage::default()
    })
}

fn row(package: &Package) -> PackageRow {
    PackageRow {
        id: package.id.to_string(),
        at: package.created_at.minute(),
        state: package.state.word().into(),
        purpose: package.purpose.clone(),
        case_number: package.case_number.clone(),
        size: package.size.and_then(|n| u64::try_from(n).ok()),
        until: package.until.map(|t| t.minute()),
    }
}

/// Whether the download starts by itself.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Take {
    #[serde(default)]
    take: Option<u8>,
}

/// How far a package is. While it is made the page loads itself again; then it starts the download, when it was just asked for.
pub async fn read(
    State(app): State<App>,
    SeesTakeAlong(who): SeesTakeAlong,
    Path(id): Path<String>,
    Params(take): Params<Take>,
) -> Result<Response> {
    let id: PackageId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (package, act) = package::read(&tx, id).await?;
    tx.commit(&act).await?;
    let progress = api::progress(&app, &package).await?;
    let page = PackagePage {
        base: page::frame(&app, &who, "inbox", None),
        case_id: package.case.to_string(),
        reference: show::reference(package.case),
        row: row(&package),
        recipient: package.recipient.clone(),
        problem: package.problem.clone(),
        sha256: package.sha256.as_deref().map(base::hex),
        key: app.packages.public_hex(),
        progress,
    };
    let mut response = page::show(&page)?;
    let next = match (package.state, take.take) {
        (Stage::Asked, Some(_)) => Some(format!("1; url=/police/packages/{id}?take=1")),
        (Stage::Asked, None) => Some(format!("2; url=/police/packages/{id}")),
        (Stage::Ready, Some(_)) => Some(format!("0; url=/police/packages/{id}/file")),
        _ => None,
    };
    if let Some(next) = next.and_then(|n| HeaderValue::try_from(n).ok()) {
        response.headers_mut().insert(header::REFRESH, next);
    }
    Ok(response)
}

/// The encrypted file.
pub async fn file(
    State(app): State<App>,
    SeesTakeAlong(who): SeesTakeAlong,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    file::bytes(&app, &who, caller::id(&id)?, &headers).await
}
