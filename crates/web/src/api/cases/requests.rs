//! `/api/v1/cases/id/requests`: what an LEA asks its hotline for.

use crate::{
    App,
    api::{
        dialogue::Request,
        shape::{Done, List, Nothing},
    },
    caller::{self, MayAsk, MayDiscuss},
    error::{Problem, Result},
    names::Names,
    once::{Answer, Json as Body},
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use base::CaseId;
use reports::{Act, ground, request};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// page, series, files, trace or recheck.
    kind: String,
    /// Why; at most 1,000 characters.
    reason: String,
    /// By when, as RFC 3339; at most 90 days ahead.
    due: String,
}

/// List the requests of a case, newest first; for its LEA and the hotline that answers it.
#[utoipa::path(get, path = "/api/v1/cases/{id}/requests", tag = "dialogue", params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = List<Request>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayDiscuss(who): MayDiscuss,
    Path(id): Path<String>,
) -> Result<Json<List<Request>>> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    ground::exists(&tx, id).await?;
    let rows = request::of_case(&tx, id).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::ThreadRead(id)).await?;
    Ok(Json(List { items: rows.iter().map(|r| Request::new(r, &names)).collect(), next: None }))
}

/// Ask the hotline for more.
#[utoipa::path(post, path = "/api/v1/cases/{id}/requests", tag = "dialogue", request_body = NewRequest,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn ask(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path(id): Path<String>,
    body: Body<NewRequest>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        let asked = request::Asked { kind: &new.kind, reason: &new.reason, due: &new.due };
        let (made, act) = request::ask(tx, id, asked).await?;
        Ok((act, Answer::created(&Done::of(made))))
    })
    .await
}

/// Take an open request back.
#[utoipa::path(post, path = "/api/v1/cases/{id}/requests/{request}/withdrawal", tag = "dialogue", request_body = Nothing,
    params(("id" = String, Path, description = "the case"), ("request" = String, Path, description = "the request"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn take_back(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path((id, request)): Path<(String, String)>,
    body: Body<Nothing>,
) -> Result<Response> {
    let (id, request) = (caller::id(&id)?, caller::id(&request)?);
    if let Some(answer) = body.once.answered(&app, &who).await? {
        return Ok(answer);
    }
    let tx = app.db.begin(&who.actor).await?;
    let act = request::take_back(&tx, id, request).await?;
    body.once.end(tx, &act, Answer::created(&Done::of(request))).await
}
