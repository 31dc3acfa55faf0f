//! `GET /api/v1/cases`: the LEA's inbox, newest first.

use crate::params::Params;
use crate::{
    App,
    api::shape::{List, ListedCase, Paging},
    caller::MayReadCases,
    error::{Problem, Result},
};
use axum::{Json, extract::State};
use reports::{Act, case};

/// List the LEA's cases.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(Paging),
    responses((status = 200, body = List<ListedCase>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayReadCases(who): MayReadCases,
    Params(paging): Params<Paging>,
) -> Result<Json<List<ListedCase>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = case::inbox(&tx, after, limit).await?;
    tx.commit(&Act::CasesRead).await?;
    Ok(Json(List { items: page.items.iter().map(Into::into).collect(), next: page.next }))
}
