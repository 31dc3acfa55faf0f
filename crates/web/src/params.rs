//! Query strings and forms: what cannot be read is refused like any other field.

use crate::Error;
use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request},
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

/// A form without files, read into a type that refuses unknown fields.
pub struct Form<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &S) -> Result<Self, Error> {
        match axum::Form::from_request(request, app).await {
            Ok(axum::Form(value)) => Ok(Self(value)),
            Err(refused) => Err(Error::Body(refused.status(), refused.body_text().chars().take(300).collect())),
        }
    }
}

/// A form in which a name may come several times, as its pairs.
pub struct Pairs(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Pairs {
    type Rejection = Error;

    async fn from_request(request: Request, app: &S) -> Result<Self, Error> {
        Form::<Vec<(String, String)>>::from_request(request, app).await.map(|Form(pairs)| Self(pairs))
    }
}
