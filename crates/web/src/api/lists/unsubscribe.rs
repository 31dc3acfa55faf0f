//! `POST /api/v1/lists/id/subscriptions/subscription/end`: a publisher ends a subscription; what it brought stays.

use crate::{
    App,
    api::shape::{Done, Nothing},
    caller::{self, MayPublish},
    error::{Problem, Result},
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::{ListId, SubscriptionId};
use hashlists::{list, subscription};

/// End a subscription.
#[utoipa::path(post, path = "/api/v1/lists/{id}/subscriptions/{subscription}/end", tag = "lists", request_body = Nothing,
    params(("id" = String, Path, description = "the list"), ("subscription" = String, Path, description = "the subscription"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn post(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path((id, which)): Path<(String, String)>,
    body: Json<Nothing>,
) -> Result<Response> {
    let once = body.once;
    let (id, which): (ListId, SubscriptionId) = (caller::id(&id)?, caller::id(&which)?);
    once.run(&app, &who, async |tx| {
        list::own(tx, id).await?;
        let act = subscription::end(tx, id, which).await?;
        Ok((act, Answer::created(&Done::of(which))))
    })
    .await
}
