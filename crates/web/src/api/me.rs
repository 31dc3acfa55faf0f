//! `GET /api/v1/me`: whom a token belongs to.

use crate::{
    App,
    api::shape::Me,
    caller::ByToken,
    error::{Problem, Result},
};
use agreements::Act;
use axum::{Json, extract::State};
use base::PersonId;

/// Ask who the token belongs to.
#[utoipa::path(get, path = "/api/v1/me", tag = "sign-in",
    responses((status = 200, body = Me), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(State(app): State<App>, ByToken(who): ByToken) -> Result<Json<Me>> {
    let actor = &who.actor;
    let tx = app.db.look(actor).await?;
    let me = Me {
        name: who.name.clone(),
        role: actor.role.word(),
        organisation: who.organisation.clone(),
        organisation_id: actor.org.to_string(),
        organisation_kind: actor.kind.word(),
        country: actor.country.map(|c| c.to_string()),
    };
    let person = actor.person().unwrap_or(PersonId(uuid::Uuid::nil()));
    tx.commit(&Act::SelfRead(person)).await?;
    Ok(Json(me))
}
