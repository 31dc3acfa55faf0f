//! `GET /api/v1/packages/keys`: the key by which this exchange signs packages.

use crate::{
    App,
    api::shape::List,
    caller::MayTakeAlong,
    error::{Problem, Result},
};
use axum::{Json, extract::State};
use reports::package::Act;
use serde::Serialize;
use utoipa::ToSchema;

/// A key that signs packages.
#[derive(Serialize, ToSchema)]
pub struct SigningKey {
    /// Its name in `manifest.sig`: the first 16 hexadecimal characters of the SHA-256 of the public key.
    key: String,
    /// ed25519 (RFC 8032).
    algorithm: &'static str,
    /// The public key's 32 bytes in hexadecimal, as `cport evidence verify-package --key` takes it.
    public: String,
}

/// List keys that sign packages.
#[utoipa::path(get, path = "/api/v1/packages/keys", tag = "packages",
    responses((status = 200, body = List<SigningKey>), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(State(app): State<App>, MayTakeAlong(who): MayTakeAlong) -> Result<Json<List<SigningKey>>> {
    app.db.look(&who.actor).await?.commit(&Act::SigningKeysRead).await?;
    let signer = &app.packages;
    let key = SigningKey { key: signer.id().to_owned(), algorithm: "ed25519", public: signer.public_hex() };
    Ok(Json(List { items: vec![key], next: None }))
}
