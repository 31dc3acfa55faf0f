//! `GET /api/v1/lists/keys`: the key by which this node signs pages of lists.

use crate::{
    App,
    api::shape::List,
    caller::MayReadLists,
    error::{Problem, Result},
};
use axum::{Json, extract::State};
use hashlists::Act;
use serde::Serialize;
use utoipa::ToSchema;

/// A key that signs pages.
#[derive(Serialize, ToSchema)]
pub struct PageKey {
    /// Its name in `Page-Signature`: the first 16 hexadecimal characters of the SHA-256 of the public key.
    key: String,
    /// ed25519 (RFC 8032).
    algorithm: &'static str,
    /// The public key's 32 bytes, base64.
    public: String,
}

/// List keys that sign pages of lists.
#[utoipa::path(get, path = "/api/v1/lists/keys", tag = "lists",
    responses((status = 200, body = List<PageKey>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayReadLists(who): MayReadLists) -> Result<Json<List<PageKey>>> {
    app.db.look(&who.actor).await?.commit(&Act::ListsRead).await?;
    let key = PageKey { key: app.signer.id().to_owned(), algorithm: "ed25519", public: app.signer.public() };
    Ok(Json(List { items: vec![key], next: None }))
}
