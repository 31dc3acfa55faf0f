//! `GET /api/v1/lists/{id}/subscriptions`: from which servers a publisher's list is filled.

use crate::{
    App,
    api::{lists::shape::Subscription, shape::List},
    caller::{self, MayPublish},
    error::{Problem, Result},
};
use axum::{
    Json,
    extract::{Path, State},
};
use base::ListId;
use hashlists::{Act, subscription};

/// List subscriptions.
#[utoipa::path(get, path = "/api/v1/lists/{id}/subscriptions", tag = "lists", params(("id" = String, Path, description = "the list")),
    responses((status = 200, body = List<Subscription>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
) -> Result<Json<List<Subscription>>> {
    let id: ListId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    let found = subscription::subscriptions(&tx, id).await?;
    tx.commit(&Act::SubscriptionsRead(id)).await?;
    Ok(Json(List { items: found.iter().map(Into::into).collect(), next: None }))
}
