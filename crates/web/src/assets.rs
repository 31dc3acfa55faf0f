//! Style, scripts and icons, compiled in. Nothing is loaded from anywhere else.

use crate::{Error, error::Result};
use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const FILES: [(&str, &str, &str); 10] = [
    ("answer.js", JS, include_str!("../assets/answer.js")),
    ("app.css", CSS, include_str!("../assets/app.css")),
    ("choose.js", JS, include_str!("../assets/choose.js")),
    ("fresh.js", JS, include_str!("../assets/fresh.js")),
    ("grade.js", JS, include_str!("../assets/grade.js")),
    ("inbox.js", JS, include_str!("../assets/inbox.js")),
    ("keys.js", JS, include_str!("../assets/keys.js")),
    ("list.js", JS, include_str!("../assets/list.js")),
    ("icon.svg", SVG, include_str!("../assets/icon.svg")),
    ("logo.svg", SVG, include_str!("../assets/logo.svg")),
];

/// One of the files.
pub async fn asset(Path(name): Path<String>) -> Result<Response> {
    let (_, kind, text) = FILES.iter().find(|(n, ..)| *n == name).ok_or(Error::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=300")], *text).into_response())
}
