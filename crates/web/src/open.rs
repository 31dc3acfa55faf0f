//! Opening an item's file in a browser: why first, then a look that works once, for a minute, for that person. Desk and
//! police share it; both the reason and the look are in the log.

use crate::{
    App, Error,
    api::items::{file, preview},
    caller::{self, SeesMedia},
    error::Result,
    names::Names,
    page,
    params::{Form, Params},
    show, view,
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use base::{ItemId, OrgKind};
use reports::{Item, facts, look};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use view::item::OpenPage;

/// `…/items/{id}/preview`: the degraded preview.
pub async fn preview(State(app): State<App>, SeesMedia(who): SeesMedia, Path(id): Path<String>) -> Result<Response> {
    preview::preview(&app, &who, &id).await
}

/// `…/items/{id}/open`: asks why.
pub async fn ask(State(app): State<App>, SeesMedia(who): SeesMedia, Path(id): Path<String>) -> Result<Response> {
    page::show(&drawn(&app, &who, caller::id(&id)?).await?)
}

/// Why, and whether to look at it here or to take the file along.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    purpose: String,
    #[serde(default)]
    take: Take,
}

/// What is done with a file that is opened.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Take {
    /// Look at a rendition of it, once.
    #[default]
    Look,
    /// Download the original.
    Original,
}

/// `POST …/items/{id}/open`: notes why, and shows the page with the picture in it, or sends the original.
pub async fn open(
    State(app): State<App>,
    SeesMedia(who): SeesMedia,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(why): Form<Why>,
) -> Result<Response> {
    let id: ItemId = caller::id(&id)?;
    if matches!(why.take, Take::Original) {
        return match file::original(&app, &who, id, &why.purpose).await {
            Ok(bytes) => Ok(bytes),
            Err(error) => refused(&app, &who, id, why.purpose, error).await,
        };
    }
    let secret: [u8; 32] = app.db.chance().bytes()?;
    let secret = base::hex(&secret);
    let tx = app.db.begin(&who.actor).await?;
    let given = look::give_purpose(&tx, id, &why.purpose, &Sha256::digest(&secret)).await;
    let act = match given {
        Ok(act) => act,
        Err(error) => {
            drop(tx);
            return refused(&app, &who, id, why.purpose, error.into()).await;
        }
    };
    look::keep_purpose(&tx, id, &crate::police::case::session(&headers), &why.purpose).await?;
    tx.commit(&act).await?;
    let page = OpenPage { look: Some(secret), purpose: why.purpose, ..drawn(&app, &who, id).await? };
    page::show(&OpenPage { device: noted(&app, &who, id).await?, ..page })
}

async fn refused(app: &App, who: &SignedIn, id: ItemId, purpose: String, error: Error) -> Result<Response> {
    let (error, errors) = page::field_errors(error, "purpose")?;
    let page = OpenPage { errors, purpose, ..drawn(app, who, id).await? };
    page::show_refused(&page, &error)
}

/// The secret of a look.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    look: String,
}

/// `…/items/{id}/shown?look=…`: a rendition of the file, once: pixels decoded in the cage and encoded anew, so that
/// nothing of a hostile file reaches the browser.
pub async fn shown(
    State(app): State<App>,
    SeesMedia(who): SeesMedia,
    Path(id): Path<String>,
    Params(secret): Params<Secret>,
) -> Result<Response> {
    let tx = app.db.begin(&who.actor).await?;
    let (blob, _, act) = look::take(&tx, caller::id(&id)?, &Sha256::digest(&secret.look)).await?;
    let locked = app.vault.find(&tx, blob).await?.ok_or(Error::NOT_FOUND)?;
    tx.commit(&act).await?;
    let bytes = app.unseal(locked).await?;
    let shown = facts::rendition(&app.workshop, bytes).await?;
    let alone = "default-src 'none'; sandbox";
    Ok(([(header::CONTENT_TYPE, "image/jpeg"), (header::CONTENT_SECURITY_POLICY, alone)], shown).into_response())
}

/// What the device noted in the file: label and words. A look of its own in the log.
async fn noted(app: &App, who: &SignedIn, id: ItemId) -> Result<Vec<(&'static str, String)>> {
    let tx = app.db.look(&who.actor).await?;
    let (device, act) = look::device(&tx, id).await?;
    tx.commit(&act).await?;
    Ok(device.map(|d| show::device(&d)).unwrap_or_default())
}

async fn drawn(app: &App, who: &SignedIn, id: ItemId) -> Result<OpenPage> {
    let police = who.actor.kind == OrgKind::Lea;
    let tx = app.db.look(&who.actor).await?;
    let (item, case, act) = look::openable(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    let Item { report, file_name, url, media, assessment, .. } = &item;
    let (back_href, back_label, name) = match case {
        Some(case) => (format!("/police/cases/{case}"), show::reference(case), show::reference(id)),
        None => (format!("/desk/reports/{report}"), show::reference(report), file_name.clone()),
    };
    Ok(OpenPage {
        base: page::frame(app, who, if police { "inbox" } else { "reports" }, None),
        root: if police { "/police" } else { "/desk" }.into(),
        id: id.to_string(),
        facts: show::facts(media, &name, url.as_deref()),
        assessment: assessment.as_ref().map(|a| show::assessment(a, &names)),
        back_href,
        back_label,
        purpose: String::new(),
        look: None,
        device: Vec::new(),
        errors: Vec::new(),
    })
}
