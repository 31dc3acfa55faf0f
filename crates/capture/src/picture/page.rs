//! One page, shown and drawn: every request of the browser is answered here, with what was captured or not at all.

use super::{
    Answer, MOST_HEIGHT, Shelf, WIDTH,
    protocol::{Talk, from_base64},
};
use crate::dial::base64;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

/// Pixels of the window's height before the page's own is known.
const WINDOW: u32 = 800;
/// How long nothing more has to be asked for until the page counts as still.
const STILL: Duration = Duration::from_millis(300);

/// A page in a browser.
struct Page<'a> {
    talk: Talk,
    session: String,
    shelf: &'a Shelf,
    /// The page's own document; given out once.
    document: Option<Url>,
    loaded: bool,
}

/// Shows a page and draws it. What is not there by `until` is missing from the picture.
pub async fn draw(talk: Talk, shelf: &Shelf, url: &Url, until: Instant) -> Result<Vec<u8>, String> {
    let mut page = Page::open(talk, shelf, url).await?;
    page.send("Page.navigate", json!({ "url": url.as_str() })).await?;
    while !page.loaded && Instant::now() < until {
        page.next(until).await?;
    }
    page.settle(until).await?;
    let height = page.height().await?;
    page.resize(height).await?;
    page.settle(until).await?;
    let shot = page.call("Page.captureScreenshot", json!({ "format": "png" })).await?;
    let picture = shot.get("data").and_then(Value::as_str).and_then(from_base64);
    picture.ok_or_else(|| "the browser drew nothing".into())
}

impl<'a> Page<'a> {
    /// Takes hold of the browser's first page: its requests stop here, its scripts do not run.
    async fn open(mut talk: Talk, shelf: &'a Shelf, url: &Url) -> Result<Self, String> {
        let targets = talk.call(None, "Target.getTargets", json!({})).await?;
        let all = targets.get("targetInfos").and_then(Value::as_array);
        let page = all.into_iter().flatten().find(|t| t.get("type").and_then(Value::as_str) == Some("page"));
        let target = match page.and_then(|t| t.get("targetId")) {
            Some(target) => target.clone(),
            None => {
                let mut made = talk.call(None, "Target.createTarget", json!({ "url": "about:blank" })).await?;
                made.get_mut("targetId").map(Value::take).unwrap_or_default()
            }
        };
        let attach = json!({ "targetId": target, "flatten": true });
        let attached = talk.call(None, "Target.attachToTarget", attach).await?;
        let session = attached.get("sessionId").and_then(Value::as_str).unwrap_or_default().to_owned();
        talk.call(None, "Browser.setDownloadBehavior", json!({ "behavior": "deny" })).await?;
        let mut page = Self { talk, session, shelf, document: Some(url.clone()), loaded: false };
        page.call("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] })).await?;
        page.call("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
        page.call("Page.enable", json!({})).await?;
        page.resize(WINDOW).await?;
        Ok(page)
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.talk.call(Some(&self.session), method, params).await
    }

    async fn send(&mut self, method: &str, params: Value) -> Result<(), String> {
        self.talk.send(Some(&self.session), method, params).await.map(drop)
    }

    async fn resize(&mut self, height: u32) -> Result<(), String> {
        let size = json!({ "width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    /// The page's height, within limits.
    async fn height(&mut self) -> Result<u32, String> {
        let metrics = self.call("Page.getLayoutMetrics", json!({})).await?;
        let height = metrics.pointer("/cssContentSize/height").and_then(Value::as_f64).unwrap_or_default();
        Ok((WINDOW..=MOST_HEIGHT).rev().find(|h| f64::from(*h) <= height.ceil()).unwrap_or(WINDOW))
    }

    /// Waits until nothing more is asked for.
    async fn settle(&mut self, until: Instant) -> Result<(), String> {
        while Instant::now() < until {
            if !self.talk.holds_events() {
                let Ok(event) = timeout(STILL, self.talk.event()).await else { return Ok(()) };
                self.take(&event?).await?;
                continue;
            }
            self.next(until).await?;
        }
        Ok(())
    }

    /// Takes the next event, if one comes in time.
    async fn next(&mut self, until: Instant) -> Result<(), String> {
        let Ok(event) = timeout_at(until, self.talk.event()).await else { return Ok(()) };
        self.take(&event?).await
    }

    async fn take(&mut self, event: &Value) -> Result<(), String> {
        match event.get("method").and_then(Value::as_str) {
            Some("Fetch.requestPaused") => self.answer(event.get("params").unwrap_or(&Value::Null)).await,
            Some("Page.loadEventFired") => {
                self.loaded = true;
                Ok(())
            }
            Some("Inspector.targetCrashed") => Err("the browser did not survive the page".into()),
            _ => Ok(()),
        }
    }

    async fn answer(&mut self, paused: &Value) -> Result<(), String> {
        let text = |pointer: &str| paused.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (id, asked) = (text("/requestId"), Url::parse(text("/request/url")).ok());
        // A document is the page itself, once: frames were not captured, and the page may not send itself elsewhere.
        let is_document = text("/resourceType") == "Document";
        let permitted = !is_document || (asked.is_some() && asked == self.document);
        let found = match &asked {
            Some(url) if permitted && text("/request/method") == "GET" => self.shelf.answer(url),
            _ => Answer::Refused,
        };
        let (method, params) = match found {
            Answer::Captured(shown, bytes) => {
                let kind = shown.content_type.clone().unwrap_or_else(|| "application/octet-stream".into());
                // Fonts and pictures that a page wants to read from another site are shown all the same.
                let headers = json!([{ "name": "Content-Type", "value": kind },
                                     { "name": "Access-Control-Allow-Origin", "value": "*" }]);
                let answer = json!({ "requestId": id, "responseCode": 200, "responseHeaders": headers,
                                     "body": base64(bytes) });
                ("Fetch.fulfillRequest", answer)
            }
            Answer::Redirected(to) => {
                let headers = json!([{ "name": "Location", "value": to.as_str() }]);
                ("Fetch.fulfillRequest", json!({ "requestId": id, "responseCode": 302, "responseHeaders": headers }))
            }
            Answer::Refused => ("Fetch.failRequest", json!({ "requestId": id, "errorReason": "Aborted" })),
        };
        if is_document && permitted {
            self.document = None;
        }
        self.send(method, params).await
    }
}
