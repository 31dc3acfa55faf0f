//! `/network/agreements/{id}/…`: what the small forms of an agreement's page do. Each does one verb and shows the page again.

use crate::{
    App, Error,
    caller::{self, SeesDraft, SeesSign},
    error::Result,
    network::agreement::{self, Asked},
    page,
    params::Form,
};
use agreements::{
    Act, Template,
    sign_in::SignedIn,
    treaty::{self, Signing, Terms},
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use base::{AgreementId, Refusal};
use serde::Deserialize;

/// What a small form says; each has some of these.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Said {
    reason: String,
    #[serde(rename = "do")]
    what: String,
    revision: Option<i64>,
    from: String,
    version: Option<i64>,
}

/// The page again: with what was done, or with what was refused.
async fn again(
    app: &App,
    who: &SignedIn,
    id: AgreementId,
    version: Option<i64>,
    done: Result<&str>,
) -> Result<Response> {
    match done {
        Ok(word) => {
            let version = version.map(|v| format!("&version={v}")).unwrap_or_default();
            Ok(Redirect::to(&format!("/network/agreements/{id}?done={word}{version}")).into_response())
        }
        Err(error) => {
            let (error, errors) = page::field_errors(error, "reason")?;
            let asked = Asked { version, ..Asked::default() };
            page::show_refused(&agreement::drawn(app, who, id, asked, errors).await?, &error)
        }
    }
}

/// Suspends, resumes or ends an agreement.
pub async fn act(
    State(app): State<App>,
    SeesSign(who): SeesSign,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: AgreementId = caller::id(&id)?;
    let done = app.make(&who, async |tx| {
        treaty::one(tx, id).await?;
        Ok(match said.what.as_str() {
            "suspend" => ("agreement-suspended", treaty::suspend(tx, id, &said.reason).await?),
            "resume" => ("agreement-resumed", treaty::resume(tx, id).await?),
            "end" => ("agreement-ended", treaty::end(tx, id, &said.reason).await?),
            _ => return Err(Refusal::new("do", "unknown-act", "suspend, resume or end it").into()),
        })
    });
    again(&app, &who, id, None, done.await).await
}

/// Signs or countersigns a version.
pub async fn sign(
    State(app): State<App>,
    SeesSign(who): SeesSign,
    Path((id, version)): Path<(String, String)>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, version.parse().map_err(|_| Error::NOT_FOUND)?);
    let done = app.make(&who, async |tx| {
        let act = treaty::sign(tx, id, version, Signing { as_: None, revision: said.revision }).await?;
        let counter = matches!(act, Act::Countersigned(..));
        Ok((if counter { "agreement-countersigned" } else { "agreement-signed" }, act))
    });
    again(&app, &who, id, Some(version), done.await).await
}

/// Puts a draft away.
pub async fn discard(
    State(app): State<App>,
    SeesDraft(who): SeesDraft,
    Path((id, version)): Path<(String, String)>,
) -> Result<Response> {
    let (id, version): (AgreementId, i64) = (caller::id(&id)?, version.parse().map_err(|_| Error::NOT_FOUND)?);
    let done = app.make(&who, async |tx| Ok(("draft-discarded", treaty::discard(tx, id, version).await?)));
    again(&app, &who, id, None, done.await).await
}

/// Drafts a new version from the one shown or from a template, and opens the editor.
pub async fn redraft(
    State(app): State<App>,
    SeesDraft(who): SeesDraft,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Result<Response> {
    let id: AgreementId = caller::id(&id)?;
    let done = app.make(&who, async |tx| {
        let versions = treaty::one(tx, id).await?;
        let document = match Template::find(&said.from) {
            Some(template) => template.document()?,
            None => {
                let shown = versions.iter().find(|t| said.version.is_none_or(|v| v == t.version));
                shown.map(|t| t.document.clone()).ok_or(Error::NOT_FOUND)?
            }
        };
        let terms = Terms { document, valid_from: tx.now(), valid_until: None };
        Ok(treaty::redraft(tx, id, terms).await?)
    });
    match done.await {
        Ok(version) => {
            let place = format!("/network/agreements/{id}/versions/{version}?done=agreement-drafted");
            Ok(Redirect::to(&place).into_response())
        }
        Err(error) => again(&app, &who, id, None, Err(error)).await,
    }
}
