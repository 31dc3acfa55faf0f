//! Query strings: what cannot be read is refused like any other field.

use crate::Error;
use axum::{
    extract::{FromRequestParts, Query},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

/// The query string, read into a type that refuses unknown fields.
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &S) -> Result<Self, Error> {
        match Query::from_request_parts(parts, app).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(refused) => Err(Error::Body(StatusCode::BAD_REQUEST, refused.body_text().chars().take(300).collect())),
        }
    }
}
