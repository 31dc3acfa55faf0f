//! `/api/v1/news`: what the caller's hotline is told without asking.

use crate::{
    App,
    api::{evidence::News, shape::List},
    caller::{self, MayReadReports},
    error::{Problem, Result},
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base::NewsId;
use reports::news;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// List what was told and not put away, newest first.
#[utoipa::path(get, path = "/api/v1/news", tag = "news",
    responses((status = 200, body = List<News>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadReports(who): MayReadReports) -> Result<Json<List<News>>> {
    let tx = app.db.look(&who.actor).await?;
    let unseen = news::unseen(&tx).await?;
    tx.commit(&reports::Act::NewsRead).await?;
    Ok(Json(List { items: unseen.iter().map(News::from).collect(), next: None }))
}

/// Nothing has to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {}

/// That it was put away.
#[derive(Serialize, ToSchema)]
pub struct PutAway {
    /// The piece of news.
    id: String,
}

/// Put a piece of news away, for everybody at the hotline.
#[utoipa::path(post, path = "/api/v1/news/{id}/seen", tag = "news", request_body = Seen,
    params(("id" = String, Path, description = "the piece of news"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = PutAway), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn see(
    State(app): State<App>,
    MayReadReports(who): MayReadReports,
    Path(id): Path<String>,
    body: Body<Seen>,
) -> Result<Response> {
    let id: NewsId = caller::id(&id)?;
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = news::see(&tx, id).await?;
    let answer = Answer::created(&PutAway { id: id.to_string() });
    body.once.remember(&tx, &answer).await?;
    tx.commit(&act).await?;
    Ok(answer.into_response())
}
