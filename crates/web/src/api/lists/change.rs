//! `PATCH /api/v1/lists/{id}`: a publisher describes its list anew.

use crate::{
    App,
    api::lists::shape::HashList,
    caller::{self, MayPublish},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use base::ListId;
use hashlists::{Access, list};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

/// What is to be changed; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The rule, at most 10,000 characters.
    rule: Option<String>,
    /// The age in years; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    age_below: Option<Option<i64>>,
    /// Bits by which a perceptual hash may differ, 0 to 31.
    max_distance: Option<i64>,
}

/// A value that was given, even if it is null.
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// Change rule, age or distance.
#[utoipa::path(patch, path = "/api/v1/lists/{id}", tag = "lists", request_body = Changes, params(("id" = String, Path, description = "the list"), ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 200, body = HashList), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn patch(
    State(app): State<App>,
    MayPublish(who): MayPublish,
    Path(id): Path<String>,
    body: Json<Changes>,
) -> Result<Response> {
    let Json { value: new, once } = body;
    let id: ListId = caller::id(&id)?;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let changes = list::Changes { rule: new.rule.as_deref(), age_below: new.age_below, max_distance: new.max_distance };
    let tx = app.db.begin(&who.actor).await?;
    let act = list::change(&tx, id, &changes).await?;
    let changed = list::own(&tx, id).await?;
    let names = Names::read(&tx).await?;
    once.end(tx, &act, Answer::ok(&HashList::new(&changed, Access::Publisher, &names))).await
}
