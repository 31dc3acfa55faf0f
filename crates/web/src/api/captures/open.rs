//! `GET /api/v1/captures/{id}/archive` and `/picture`: the sealed archive and the picture of the page, with a purpose.

use crate::{
    App, Error,
    api::items::file::{self, Why},
    caller::{self, MayOpenMedia},
    download,
    error::{Problem, Result},
    params::Params,
    watch::{Watch, Watched},
};
use agreements::sign_in::SignedIn;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use base::CaptureId;
use reports::capture::{self, Part};

/// Open a capture's archive (WARC 1.1, gzip).
#[utoipa::path(get, path = "/api/v1/captures/{id}/archive", tag = "captures",
    params(("id" = String, Path, description = "the capture"), Why,
        ("purpose" = Option<String>, Header, description = "why; one line, at most 500 characters")),
    responses((status = 200, content_type = "application/warc", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn archive(
    State(app): State<App>,
    MayOpenMedia(who): MayOpenMedia,
    Path(id): Path<String>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let purpose = file::purpose(&headers).or(why.purpose).unwrap_or_default();
    part(&app, &who, caller::id(&id)?, Part::Archive, &purpose).await
}

/// Open a capture's picture of the page.
#[utoipa::path(get, path = "/api/v1/captures/{id}/picture", tag = "captures",
    params(("id" = String, Path, description = "the capture"), Why,
        ("purpose" = Option<String>, Header, description = "why; one line, at most 500 characters")),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn picture(
    State(app): State<App>,
    MayOpenMedia(who): MayOpenMedia,
    Path(id): Path<String>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let purpose = file::purpose(&headers).or(why.purpose).unwrap_or_default();
    part(&app, &who, caller::id(&id)?, Part::Picture, &purpose).await
}

/// The bytes of a part, after the look is in the log.
pub async fn part(app: &App, who: &SignedIn, id: CaptureId, part: Part, purpose: &str) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    let (blob, act) = capture::open(&tx, id, part, purpose).await.map_err(file::needs_purpose)?;
    let locked = app.vault.find(&tx, blob).await?.ok_or(Error::NOT_FOUND)?;
    tx.commit(&act).await?;
    let (kind, name) = match part {
        Part::Archive => ("application/warc", format!("attachment; filename=\"capture-{id}.warc.gz\"")),
        Part::Picture => ("image/png", format!("attachment; filename=\"capture-{id}.png\"")),
    };
    let watch = Watch::new(app, who, Watched::Capture(id, part));
    download::whole(app, locked, kind.into(), &name, watch).await
}
