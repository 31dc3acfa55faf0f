//! `GET /api/v1/blocklist`: the list as a file, whole or what changed since a serial, signed (docs/blocklist.md).

use crate::{
    App, Error,
    caller::MayFetchDomains,
    error::{Problem, Result},
    params::Params,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use base::Refusal;
use exchange::blocklist::{
    self, What,
    files::{Contents, File, Form, Sum},
    provider,
};
use futures_util::stream;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Which file.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// json (when not given), csv, hosts or unbound.
    format: Option<String>,
    /// The serial that is there already: only what changed since, as json or csv.
    since: Option<i64>,
}

const SERIAL: HeaderName = HeaderName::from_static("list-serial");
const SIGNATURE: HeaderName = HeaderName::from_static("list-signature");

/// Fetch the block list. `ETag` and `If-None-Match` spare what is there already; `List-Signature` signs the file.
#[utoipa::path(get, path = "/api/v1/blocklist", tag = "blocklist", params(Asked),
    responses((status = 200, description = "the file", content_type = "application/json"), (status = 304, description = "it is the same"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn read(
    State(app): State<App>,
    MayFetchDomains(who): MayFetchDomains,
    headers: HeaderMap,
    Params(asked): Params<Asked>,
) -> Result<Response> {
    let form: Form = asked.format.as_deref().unwrap_or("json").parse()?;
    let contents = match asked.since {
        None => Contents::Whole(app.blocklist.published.snapshot()),
        Some(since) => Contents::Changes(Arc::new(app.blocklist.published.delta(since).ok_or_else(|| {
            let reason = "the history does not reach this serial, or it is yet to come: fetch the whole list";
            Refusal::new("since", "out-of-reach", reason)
        })?)),
    };
    let access = app.blocklist.access();
    let stop = access.settings(who.actor.org).map(|settings| (settings.stop.clone(), settings.changes));
    let file = File::new(form, contents, stop, app.blocklist.config.ttl_seconds)?;
    let tag = format!("\"{}\"", file.tag());
    if headers.get(header::IF_NONE_MATCH).is_some_and(|has| has.as_bytes() == tag.as_bytes()) {
        let tx = app.db.look(&who.actor).await?;
        let (_, act) = provider::read(&tx).await?;
        tx.commit(&act).await?;
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let sum = sum(&app, &file).await?;
    let what = What {
        org: who.actor.org,
        key: None,
        way: form.way(),
        from: file.since(),
        to: file.serial(),
        file: Some(sum.bytes),
    };
    blocklist::begin(&app.db, &who.actor, what).await?;
    let head = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (header::CONTENT_LENGTH, sum.bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", form.file_name())),
        (header::ETAG, tag),
        (SERIAL, file.serial().to_string()),
        (SIGNATURE, file.signature(&sum, &app.signer)),
    ];
    Ok((head, Body::from_stream(stream::iter(file.pieces().map(Ok::<_, std::io::Error>)))).into_response())
}

/// Length and sum of a file, which others may have asked for before.
async fn sum(app: &App, file: &File) -> Result<Sum> {
    let tag = file.tag();
    if let Some(sum) = app.blocklist.sums.known(&tag) {
        return Ok(sum);
    }
    let made = file.clone();
    let failed = |_| Error::Body(StatusCode::INTERNAL_SERVER_ERROR, "the file cannot be made".into());
    let sum = tokio::task::spawn_blocking(move || made.sum()).await.map_err(failed)?;
    app.blocklist.sums.keep(tag, sum);
    Ok(sum)
}
