//! `GET /api/v1/domains/proposals/{id}/exhibits/{exhibit}/picture`: the offline copy of a page, with a purpose.

use crate::{
    App, Error,
    api::items::file::{self, Why},
    caller::{self, MayPropose},
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
use base::{ProposalId, Refusal};
use exchange::iwol::{self, look};
use uuid::Uuid;

/// Open the picture of the page that an exhibit stood on, as INTERPOL, as its proposer or as a reviewer.
#[utoipa::path(get, path = "/api/v1/domains/proposals/{id}/exhibits/{exhibit}/picture", tag = "domains",
    params(("id" = String, Path, description = "the proposal"), ("exhibit" = String, Path, description = "the exhibit"), Why,
        ("purpose" = Option<String>, Header, description = "why; one line, at most 500 characters")),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayPropose(who): MayPropose,
    Path((id, exhibit)): Path<(String, String)>,
    Params(why): Params<Why>,
    headers: HeaderMap,
) -> Result<Response> {
    let purpose = file::purpose(&headers).or(why.purpose).unwrap_or_default();
    open(&app, &who, caller::id(&id)?, caller::id(&exhibit)?, &purpose).await
}

/// The picture's bytes, after the look is in the log.
pub async fn open(app: &App, who: &SignedIn, id: ProposalId, exhibit: Uuid, purpose: &str) -> Result<Response> {
    let tx = app.db.look(&who.actor).await?;
    look::has_picture(&tx, id, exhibit).await?;
    let (blob, act) = look::picture(&tx, id, exhibit, purpose).await.map_err(needs_purpose)?;
    let locked = app.vault.find(&tx, blob).await?.ok_or(Error::NOT_FOUND)?;
    tx.commit(&act).await?;
    let name = format!("attachment; filename=\"exhibit-{exhibit}.png\"");
    download::whole(app, locked, "image/png".into(), &name, Watch::new(app, who, Watched::Exhibit(id, exhibit))).await
}

fn needs_purpose(error: iwol::Error) -> Error {
    match error {
        iwol::Error::Refused(refusal) if refusal.rule == "missing" => Refusal::new(
            "purpose",
            "purpose-missing",
            "say why you open this picture, in the header or field `purpose`",
        )
        .into(),
        other => other.into(),
    }
}
