//! `GET /api/v1/requests`, `/api/v1/holds` and `/api/v1/messages`: what police asked a hotline for, holds in force,
//! messages that nobody has said to have read.

use crate::{
    App,
    api::{
        dialogue::{Hold, Message, Request},
        shape::{List, Paging},
    },
    caller::{MayAnswerPolice, MayDiscuss},
    error::{Problem, Result},
    names::Names,
    params::Params,
};
use axum::{Json, extract::State};
use reports::{Act, message, request};
use takedown::hold;

/// List requests that wait for the hotline, due first.
#[utoipa::path(get, path = "/api/v1/requests", tag = "dialogue", params(Paging),
    responses((status = 200, body = List<Request>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn requests(
    State(app): State<App>,
    MayAnswerPolice(who): MayAnswerPolice,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Request>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = request::waiting(&tx, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::DialogueRead).await?;
    Ok(Json(List { items: page.items.iter().map(|r| Request::new(r, &names)).collect(), next: page.next }))
}

/// List holds in force that concern the caller's organisation, first to end first.
#[utoipa::path(get, path = "/api/v1/holds", tag = "dialogue", params(Paging),
    responses((status = 200, body = List<Hold>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn holds(
    State(app): State<App>,
    MayDiscuss(who): MayDiscuss,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Hold>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let (page, now) = (hold::in_force(&tx, after, limit).await?, tx.now());
    let names = Names::read(&tx).await?;
    tx.commit(&takedown::Act::ListRead).await?;
    Ok(Json(List { items: page.items.iter().map(|h| Hold::new(h, now, &names)).collect(), next: page.next }))
}

/// List messages of police that nobody at the hotline has said to have read, oldest first.
#[utoipa::path(get, path = "/api/v1/messages", tag = "dialogue", params(Paging),
    responses((status = 200, body = List<Message>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn messages(
    State(app): State<App>,
    MayAnswerPolice(who): MayAnswerPolice,
    Params(paging): Params<Paging>,
) -> Result<Json<List<Message>>> {
    let (after, limit) = paging.checked()?;
    let tx = app.db.look(&who.actor).await?;
    let page = message::unread(&tx, after, limit).await?;
    let names = Names::read(&tx).await?;
    tx.commit(&Act::DialogueRead).await?;
    Ok(Json(List { items: page.items.iter().map(|m| Message::new(m, &names)).collect(), next: page.next }))
}
