//! `GET /api/v1/cases/{id}/items`: a case's items, a page at a time.

use crate::{
    App,
    api::shape::{CaseItem, List, Paging},
    caller::{self, MayReadCases},
    error::{Problem, Result},
    names::Names,
    params::Params,
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::CaseId;
use reports::{Act, case};

/// List a case's items, in the order of the report.
#[utoipa::path(get, path = "/api/v1/cases/{id}/items", tag = "cases",
    params(("id" = String, Path, description = "the case"), Paging),
    responses((status = 200, body = List<CaseItem>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Path(id): Path<String>,
    Params(paging): Params<Paging>,
) -> Result<Json<List<CaseItem>>> {
    let id: CaseId = caller::id(&id)?;
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    case::exists(&tx, id).await?;
    let page = case::items(&tx, id, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::CaseRead(id)).await?;
    Ok(Json(List { items: page.items.iter().map(|i| CaseItem::new(i, &names)).collect(), next: page.next }))
}
