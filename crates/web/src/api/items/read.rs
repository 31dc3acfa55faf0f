//! `GET /api/v1/items/{id}`: one item that the caller's hotline reported or owns, with its ETag.

use crate::{
    App,
    api::shape::Item,
    caller::{self, MayReadReports},
    error::{Problem, Result},
    names::Names,
    once::Answer,
};
use axum::extract::{Path, State};
use reports::look;

/// Read an item.
#[utoipa::path(get, path = "/api/v1/items/{id}", tag = "items", params(("id" = String, Path, description = "the item")),
    responses((status = 200, body = Item), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
) -> Result<Answer> {
    let id = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let (item, act) = look::item(&tx, id).await?;
    let disclosures = look::disclosures(&tx, &item).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&act).await?;
    Ok(Answer::ok(&Item::new(&item, &disclosures, &names)).tagged(item.version))
}
