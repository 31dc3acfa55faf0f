//! `/hashsharing/`: hash lists by the public hash-sharing protocol that NCMEC documents, for clients that speak it already.
//! The forms are `exchange::ncmec`'s; here are its addresses.
//!
//! HTTP Basic: the password is a person's access token, the user name any text. Rights are those of the native API: a
//! client sees entries of lists that its organisation publishes or reads, and nobody else's exist. What the protocol does
//! not say in public (submitting, changing, withdrawing entries) is done by the native API.

mod about;
mod entries;
mod feedback;
mod member;
mod reasons;

use crate::{App, basic};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, put},
};

pub use member::number;

/// Most bytes of a request: a vote with its reasons is far below.
const MOST_BODY: usize = 64 << 10;

/// Where the protocol's addresses begin.
pub const BASE: &str = "/hashsharing";

/// Method and address of every route here.
pub const ROUTES: [(&str, &str); 6] = [
    ("GET", "/hashsharing/v2/status"),
    ("GET", "/hashsharing/v2/members"),
    ("GET", "/hashsharing/v2/entries"),
    ("GET", "/hashsharing/v2/feedback/{type}/reasons"),
    ("GET", "/hashsharing/v2/categorizations"),
    ("PUT", "/hashsharing/v2/entries/{member}/{id}/{type}/feedback"),
];

/// The routes, with their own limit and way to sign in.
pub fn router() -> Router<App> {
    Router::new()
        .route("/hashsharing/v2/status", get(about::status))
        .route("/hashsharing/v2/members", get(about::members))
        .route("/hashsharing/v2/entries", get(entries::list))
        .route("/hashsharing/v2/feedback/{type}/reasons", get(about::feedback_reasons))
        .route("/hashsharing/v2/categorizations", get(about::categorizations))
        .route("/hashsharing/v2/entries/{member}/{id}/{type}/feedback", put(feedback::put))
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .layer(middleware::from_fn(basic::sign_in))
}

/// An XML document as an answer.
fn xml(document: String) -> impl axum::response::IntoResponse {
    ([(axum::http::header::CONTENT_TYPE, "application/xml; charset=utf-8")], document)
}
