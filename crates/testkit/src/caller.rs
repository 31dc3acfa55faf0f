//! Somebody who calls the site's native API through the real router.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use cli::demo::network::Somebody;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Somebody with an access token.
#[derive(Clone)]
pub struct Caller {
    router: Router,
    /// Who.
    pub who: Somebody,
    /// The token.
    pub token: String,
}

/// What the site answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Vec<u8>,
}

/// A multipart form.
#[derive(Default)]
pub struct Form {
    bytes: Vec<u8>,
}

const BOUNDARY: &str = "story-boundary";

impl Form {
    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: &str, kind: Option<&str>, contents: &[u8]) -> Self {
        let kind = kind.map(|k| format!("Content-Type: {k}\r\n")).unwrap_or_default();
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n{kind}\r\n");
        self.bytes.extend(head.into_bytes());
        self.bytes.extend(contents);
        self.bytes.extend(b"\r\n");
        self
    }

    /// Adds a text field.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        self.bytes.extend(part.into_bytes());
        self
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        self.bytes
    }
}

impl Caller {
    /// Somebody who calls this site with this token.
    pub fn new(router: Router, who: Somebody, token: String) -> Self {
        Self { router, who, token }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// Sends a request and hands out the answer as it comes.
    pub async fn begins(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.expect("the router answers")
    }

    /// A request of this caller, to be completed.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let bearer = format!("Bearer {}", self.token);
        Request::builder().method(method).uri(path).header(header::AUTHORIZATION, bearer)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path).body(Body::empty()).expect("a request")).await
    }

    /// A request with a JSON body.
    pub async fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.json_with(method, path, body, &[]).await
    }

    /// A request with a JSON body and further headers.
    pub async fn json_with(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// A POST with a form.
    pub async fn form(&self, path: &str, form: Form, headers: &[(&str, &str)]) -> Answer {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let mut request = self.request("POST", path).header(header::CONTENT_TYPE, kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(form.finish())).expect("a request")).await
    }

    /// Takes in a report of a URL that nobody else uses, hosted in a country; returns its id.
    pub async fn reports(&self, host: &str) -> String {
        let unique = uuid::Uuid::from_bytes(storage::Chance.bytes().expect("chance")).simple();
        let body = json!({
            "source_url": format!("https://pictures.example/{unique}"),
            "received_at": "2026-06-01T11:00:00Z",
            "hosting": { "ip": "192.0.2.7", "country": host, "network": "Example Hosting" },
            "note": "a story",
        });
        let answer = self.json("POST", "/api/v1/reports", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.str("id")
    }

    /// Adds a file to a report; returns the item.
    pub async fn adds(&self, report: &str, name: &str, contents: &[u8]) -> Value {
        let form = Form::default().file(name, None, contents);
        let answer = self.form(&format!("/api/v1/reports/{report}/files"), form, &[]).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()["items"][0].clone()
    }

    /// Assesses an item.
    pub async fn classifies(&self, item: &Value, class: &str) -> Answer {
        let path = format!("/api/v1/items/{}/assessment", item["id"].as_str().expect("an id"));
        let body = json!({ "class": class, "age_group": "prepubescent", "gender": "unknown", "note": "a story" });
        self.json("PUT", &path, &body).await
    }

    /// The LEA's case of a report, if it has one.
    pub async fn case_of(&self, report: &str) -> Option<Value> {
        let inbox = self.get("/api/v1/cases").await;
        assert_eq!(inbox.status, StatusCode::OK, "{}", inbox.text());
        inbox.json()["items"].as_array().expect("a list").iter().find(|c| c["report_id"] == report).cloned()
    }

    /// Names of the acts in the organisation's log, newest first.
    pub async fn acts(&self) -> Vec<String> {
        let log = self.get("/api/v1/audit?limit=200").await.json();
        log["items"].as_array().expect("a list").iter().map(|e| e["act"].as_str().expect("an act").to_owned()).collect()
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text()))
    }

    /// A member of the body as text.
    pub fn str(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap_or_default().to_owned()
    }

    /// The last part of the problem's type, and the field at fault.
    pub fn problem(&self) -> (u16, String, Option<String>) {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        assert_eq!(kind, "application/problem+json", "{} {}", self.status, self.text());
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert!(body["detail"].as_str().is_some_and(|d| !d.is_empty()), "a problem says what is wrong");
        let rule = body["type"].as_str().unwrap_or_default().trim_start_matches("/problems/").to_owned();
        (self.status.as_u16(), rule, body["field"].as_str().map(str::to_owned))
    }
}
