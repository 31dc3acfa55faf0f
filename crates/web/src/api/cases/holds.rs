//! `/api/v1/cases/id/holds`: police ask to leave content up.

use crate::{
    App,
    api::{
        dialogue::Hold,
        shape::{Done, List},
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
use reports::ground;
use serde::Deserialize;
use takedown::{Act, hold};
use utoipa::ToSchema;

/// A hold to be placed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHold {
    /// One item; without it, everything disclosed of the case.
    item_id: Option<String>,
    /// Why; at most 1,000 characters on one line.
    reason: String,
    /// Until when, as RFC 3339; as long as the agreement allows.
    until: String,
}

/// A magistrate's approval to be recorded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApproval {
    /// oral or written.
    form: String,
    /// The magistrate's office; at most 200 characters.
    office: String,
    /// Its reference; at most 100 characters.
    reference: String,
}

/// A later end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Longer {
    /// Until when, as RFC 3339.
    until: String,
    /// Why; at most 1,000 characters on one line.
    reason: String,
}

/// Why a hold ends early.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Why {
    /// At most 1,000 characters on one line.
    reason: String,
}

/// List the holds of a case, newest first; for its LEA and the hotline that answers it.
#[utoipa::path(get, path = "/api/v1/cases/{id}/holds", tag = "dialogue", params(("id" = String, Path, description = "the case")),
    responses((status = 200, body = List<Hold>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(
    State(app): State<App>,
    MayDiscuss(who): MayDiscuss,
    Path(id): Path<String>,
) -> Result<Json<List<Hold>>> {
    let id: CaseId = caller::id(&id)?;
    let tx = app.db.look(&who.actor).await?;
    ground::exists(&tx, id).await?;
    let (rows, now) = (hold::of_case(&tx, id).await?, tx.now());
    let names = Names::read(&tx).await?;
    tx.commit(&Act::Read(id)).await?;
    Ok(Json(List { items: rows.iter().map(|h| Hold::new(h, now, &names)).collect(), next: None }))
}

/// Place a hold.
#[utoipa::path(post, path = "/api/v1/cases/{id}/holds", tag = "dialogue", request_body = NewHold,
    params(("id" = String, Path, description = "the case"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn place(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path(id): Path<String>,
    body: Body<NewHold>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let id: CaseId = caller::id(&id)?;
    once.run(&app, &who, async |tx| {
        ground::exists(tx, id).await?;
        let item = new.item_id.as_deref().map(caller::id).transpose()?;
        let asked = hold::Asked { item, reason: &new.reason, until: &new.until };
        let (made, act) = hold::place(tx, id, asked).await?;
        Ok((act, Answer::created(&Done::of(made))))
    })
    .await
}

/// Record a magistrate's approval of a hold.
#[utoipa::path(post, path = "/api/v1/cases/{id}/holds/{hold}/approval", tag = "dialogue", request_body = NewApproval,
    params(("id" = String, Path, description = "the case"), ("hold" = String, Path, description = "the hold"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn approve(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path((id, hold)): Path<(String, String)>,
    body: Body<NewApproval>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let (id, hold) = (caller::id(&id)?, caller::id(&hold)?);
    once.run(&app, &who, async |tx| {
        let given = hold::Approval { form: &new.form, office: &new.office, reference: &new.reference };
        let act = hold::approve(tx, id, hold, given).await?;
        Ok((act, Answer::created(&Done::of(hold))))
    })
    .await
}

/// Make a hold longer.
#[utoipa::path(post, path = "/api/v1/cases/{id}/holds/{hold}/extension", tag = "dialogue", request_body = Longer,
    params(("id" = String, Path, description = "the case"), ("hold" = String, Path, description = "the hold"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn extend(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path((id, hold)): Path<(String, String)>,
    body: Body<Longer>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let (id, hold) = (caller::id(&id)?, caller::id(&hold)?);
    once.run(&app, &who, async |tx| {
        let act = hold::extend(tx, id, hold, &new.until, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(hold))))
    })
    .await
}

/// End a hold early.
#[utoipa::path(post, path = "/api/v1/cases/{id}/holds/{hold}/end", tag = "dialogue", request_body = Why,
    params(("id" = String, Path, description = "the case"), ("hold" = String, Path, description = "the hold"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters; the same request gets the same answer")),
    responses((status = 201, body = Done), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn end(
    State(app): State<App>,
    MayAsk(who): MayAsk,
    Path((id, hold)): Path<(String, String)>,
    body: Body<Why>,
) -> Result<Response> {
    let Body { value: new, once } = body;
    let (id, hold) = (caller::id(&id)?, caller::id(&hold)?);
    once.run(&app, &who, async |tx| {
        let act = hold::end(tx, id, hold, &new.reason).await?;
        Ok((act, Answer::created(&Done::of(hold))))
    })
    .await
}
