//! `POST /api/v1/items/{id}/confirmation`: the owning hotline makes another member's baseline judgement its own.

use crate::{
    App,
    api::shape::Item,
    caller::{self, MayAssess},
    error::{Problem, Result},
    names::Names,
    once::{self, Answer, Once},
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use reports::{assess, look};

/// Confirm an item.
#[utoipa::path(post, path = "/api/v1/items/{id}/confirmation", tag = "items",
    params(("id" = String, Path, description = "the item"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Item), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayAssess(who): MayAssess,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let once = Once::new(once::key(&headers)?, &format!("confirmation {id}"), &[]);
    let id = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = assess::confirm(&tx, id).await?;
    let (item, _) = look::item(&tx, id).await?;
    let names = Names::read(&tx).await?;
    let answer = Answer::created(&Item::new(&item, &[], &names)).tagged(item.version);
    once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}
