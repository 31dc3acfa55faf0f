//! `/partner`: the first page of INTERPOL and of access providers, to whom nothing has been sent yet.

use crate::{App, Error, caller::SeesDirectory, error::Result, page, view};
use agreements::Act;
use axum::{extract::State, response::Response};
use base::OrgKind;
use view::network::PartnerPage;

/// The page.
pub async fn read(State(app): State<App>, SeesDirectory(who): SeesDirectory) -> Result<Response> {
    if who.actor.kind != OrgKind::Asp {
        return Err(Error::NOT_FOUND);
    }
    let tx = app.db.look(&who.actor).await?;
    tx.commit(&Act::PartnerPageRead).await?;
    let kind = who.actor.kind.word().into();
    page::show(&PartnerPage { base: page::frame(&app, &who, "partner", None), kind })
}
