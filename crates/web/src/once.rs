//! JSON bodies, and requests that may safely be sent again.
//!
//! A POST with an `Idempotency-Key` is answered once: the answer is stored in the transaction of the act, and the same
//! request gets the same answer again. The same key with other contents is refused.

use crate::{App, Error, error::Result};
use agreements::sign_in::SignedIn;
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base::Refusal;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use storage::{Tx, requests};

/// A JSON body, at most 256 KiB, unknown fields refused by the type it is read into.
pub struct Json<T> {
    /// What was sent.
    pub value: T,
    /// How to recognise the same request again, when it carries a key.
    pub once: Once,
}

/// How to recognise the same request again.
#[derive(Clone, Debug)]
pub struct Once(Option<requests::Seen>);

/// An answer that can be stored and given again.
pub struct Answer {
    status: StatusCode,
    body: String,
    etag: Option<String>,
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let key = key(request.headers())?;
        let place = format!("{} {}", request.method(), request.uri().path());
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/json")) {
            let detail = "send the body as application/json".into();
            return Err(Error::Body(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let body = Bytes::from_request(request, app).await.map_err(|_| {
            Error::Body(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than this route takes".into())
        })?;
        let mut from = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut from).map_err(|e| unreadable(&e))?;
        from.end().map_err(|e| Error::Body(StatusCode::BAD_REQUEST, format!("the body is not one JSON value: {e}")))?;
        Ok(Self { value, once: Once::new(key, &place, &[&body]) })
    }
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let (path, inner) = (error.path().to_string(), error.inner());
    let status = if inner.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
    let place = if path == "." { String::new() } else { format!("`{path}`: ") };
    Error::Body(status, format!("{place}{}", inner.to_string().chars().take(300).collect::<String>()))
}

/// The request's idempotency key, if it has one.
pub fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text.is_empty() || text.len() > 255 {
        let reason = "an idempotency key is 1 to 255 printable ASCII characters";
        return Err(Refusal::new("Idempotency-Key", "bad-idempotency-key", reason).into());
    }
    Ok(Some(text.to_owned()))
}

impl Once {
    /// A request with this key at this place with these contents.
    pub fn new(key: Option<String>, place: &str, contents: &[&[u8]]) -> Self {
        Self(key.map(|key| {
            let mut sum = Sha256::new();
            for part in std::iter::once(place.as_bytes()).chain(contents.iter().copied()) {
                sum.update((part.len() as u64).to_be_bytes());
                sum.update(part);
            }
            requests::Seen { key, digest: sum.finalize().to_vec() }
        }))
    }

    /// The answer given before to this very request.
    pub async fn answered(&self, app: &App, who: &SignedIn) -> Result<Option<Response>> {
        let Some(seen) = &self.0 else { return Ok(None) };
        let Some(answer) = requests::answered(&app.db, &who.actor, seen).await? else { return Ok(None) };
        let status = u16::try_from(answer.status).ok().and_then(|s| StatusCode::from_u16(s).ok());
        let again = Answer { status: status.unwrap_or(StatusCode::OK), body: answer.body, etag: None };
        Ok(Some(([("idempotency-replayed", "true")], again).into_response()))
    }

    /// The body of the answer given before to this very request.
    pub async fn answered_body(&self, app: &App, who: &SignedIn) -> Result<Option<String>> {
        let Some(seen) = &self.0 else { return Ok(None) };
        Ok(requests::answered(&app.db, &who.actor, seen).await?.map(|answer| answer.body))
    }

    /// Stores the answer in the transaction of its act.
    pub async fn remember(&self, tx: &Tx, answer: &Answer) -> Result<()> {
        match &self.0 {
            Some(seen) => Ok(requests::remember(tx, seen, answer.status.as_u16(), &answer.body).await?),
            None => Ok(()),
        }
    }

    /// What a request with this key is for: the answer given before, or what `verb` does in one transaction of `who`, which
    /// returns its act and the answer.
    pub async fn run<A: audit::Act>(
        self,
        app: &App,
        who: &SignedIn,
        verb: impl AsyncFnOnce(&Tx) -> Result<(A, Answer)>,
    ) -> Result<Response> {
        if let Some(answer) = self.answered(app, who).await? {
            return Ok(answer);
        }
        let tx = app.db.begin(&who.actor).await?;
        let (act, answer) = verb(&tx).await?;
        self.end(tx, &act, answer).await
    }

    /// Ends a transaction with its act and stores the answer in it.
    pub async fn end(&self, tx: Tx, act: &dyn audit::Act, answer: Answer) -> Result<Response> {
        self.remember(&tx, &answer).await?;
        tx.commit(act).await?;
        Ok(answer.into_response())
    }
}

impl Answer {
    /// 201 with a body.
    pub fn created(body: &impl Serialize) -> Self {
        Self::with(StatusCode::CREATED, body)
    }

    /// 202 with a body: it is done later.
    pub fn accepted(body: &impl Serialize) -> Self {
        Self::with(StatusCode::ACCEPTED, body)
    }

    /// 200 with a body.
    pub fn ok(body: &impl Serialize) -> Self {
        Self::with(StatusCode::OK, body)
    }

    /// The same with an entity tag.
    pub fn tagged(self, version: i64) -> Self {
        Self { etag: Some(format!("\"{version}\"")), ..self }
    }

    fn with(status: StatusCode, body: &impl Serialize) -> Self {
        Self { status, body: serde_json::to_string(body).unwrap_or_default(), etag: None }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut response = (self.status, kind, self.body).into_response();
        if let Some(tag) = self.etag.and_then(|t| t.parse().ok()) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The version that a caller says it saw: `If-Match: "3"`. `*` and nothing mean any.
pub fn expected_version(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let inner = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
    let refuse = || Refusal::new("If-Match", "bad-entity-tag", "send the ETag as it was given, such as \"3\"");
    Ok(Some(inner.parse().map_err(|_| refuse())?))
}
