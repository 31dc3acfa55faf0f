//! `POST /api/v1/lists`: a publisher makes an empty list.

use crate::{
    App,
    api::lists::shape::HashList,
    caller::MayPublish,
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json},
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use hashlists::{Access, list};
use serde::Deserialize;
use utoipa::ToSchema;

/// A list to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewList {
    /// Its name; one line, at most 120 characters.
    #[schema(example = "Baseline")]
    name: String,
    /// baseline (INTERPOL and the network only), national or context.
    class: String,
    /// For national: the publisher's own country, which is meant when nothing is given.
    country: Option<String>,
    /// By what rule something is on it, at most 10,000 characters.
    rule: String,
    /// The youngest victim is below this age in years, where the rule says so.
    age_below: Option<i64>,
    /// Bits by which a perceptual hash may differ, 0 to 31; 31 when not given.
    max_distance: Option<i64>,
}

/// Make a list.
#[utoipa::path(post, path = "/api/v1/lists", tag = "lists", request_body = NewList, params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = HashList), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn create(State(app): State<App>, MayPublish(who): MayPublish, body: Json<NewList>) -> Result<Response> {
    let Json { value: new, once } = body;
    if let Some(answer) = once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let incoming = list::Incoming {
        name: &new.name,
        class: &new.class,
        country: new.country.as_deref(),
        rule: &new.rule,
        age_below: new.age_below,
        max_distance: new.max_distance,
    };
    let tx = app.db.begin(&who.actor).await?;
    let (made, act) = list::create(&tx, &incoming).await?;
    let names = Names::read(&tx).await?;
    let place = [("location", format!("/api/v1/lists/{}", made.id))];
    let answer = Answer::created(&HashList::new(&made, Access::Publisher, &names));
    Ok((place, once.end(tx, &act, answer).await?).into_response())
}
