//! A picture of the page, drawn by a browser from what was captured and nothing else: no second visit, no network, no
//! scripts. The browser parses hostile pages, so it runs as little privileged as this machine allows ([`browser`]), is
//! spoken to by a caged process of its own ([`draw`]), and what it hands back is checked ([`png`]). A picture that fails
//! is a note in the capture, never a lost capture.

mod browser;
mod draw;
mod folder;
mod page;
mod png;
mod protocol;

pub use draw::run as run_draw;
pub use folder::Folder;
pub(crate) use png::only_picture;
#[cfg(fuzzing)]
pub(crate) use protocol::from_base64;

use crate::{CaptureConfig, Ended, Event, FoundBy, Payload};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};
use url::Url;

/// Pixels of a picture's width.
pub const WIDTH: u32 = 1280;
/// Most pixels of a picture's height; what is below is not drawn.
pub const MOST_HEIGHT: u32 = 8_000;
/// Most bytes of a picture.
pub const MOST_BYTES: usize = 64 << 20;
/// Most bytes that a picture is drawn from; files beyond them are missing from it.
const MOST_MATERIAL: usize = 96 << 20;
/// Most bytes of one file that a picture is drawn from.
const MOST_PART: usize = 16 << 20;
/// Most files that a picture is drawn from.
pub const MOST_PARTS: usize = 2_000;

/// A page, style sheet or picture that was captured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Where the page named it.
    pub url: Url,
    /// Where it was in the end, after redirects.
    pub final_url: Url,
    /// `Content-Type` as the server sent it, at most 200 characters.
    pub content_type: Option<String>,
}

/// What a picture is drawn from, gathered while a capture's events pass by.
#[derive(Default)]
pub struct Material {
    parts: Vec<(Shown, Vec<u8>)>,
    bytes: usize,
}

impl Material {
    /// Takes note of an event; bytes are copied as long as the limits allow.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::Page(shown, bytes) => self.add(shown.as_ref().clone(), bytes),
            Event::File(found, bytes) if is_drawn(found.by, found.declared.as_deref()) => {
                let (url, final_url) = (found.url.clone(), found.final_url.clone());
                self.add(Shown { url, final_url, content_type: found.declared.clone() }, bytes);
            }
            Event::File(..) | Event::Archive(_) | Event::Ended(_) => {}
        }
    }

    fn add(&mut self, shown: Shown, bytes: &[u8]) {
        let fits = bytes.len() <= MOST_PART && self.bytes + bytes.len() <= MOST_MATERIAL;
        if fits && self.parts.len() < MOST_PARTS {
            self.bytes += bytes.len();
            self.parts.push((shown, bytes.to_vec()));
        }
    }

    /// The parts.
    pub(crate) fn parts(&self) -> &[(Shown, Vec<u8>)] {
        &self.parts
    }
}

/// Videos, and files that are linked and not shown, are not part of a picture.
fn is_drawn(by: FoundBy, declared: Option<&str>) -> bool {
    let video = declared.is_some_and(|d| d.starts_with("video/"));
    !video && !matches!(by, FoundBy::Video | FoundBy::Link)
}

/// Why no picture is drawn of a capture, if so; to be asked before anything is gathered.
pub fn why_not(config: &CaptureConfig, payload: Payload) -> Option<&'static str> {
    match (config.screenshot, payload) {
        (false, _) => Some("drawing is switched off (capture.screenshot)"),
        (true, Payload::HashedOnly) => Some("where media may not be kept no picture is drawn, it would show media"),
        (true, Payload::Kept) => None,
    }
}

/// What to draw, as it crosses to the process that draws; the parts follow it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Drawing {
    /// The page to show, as it was in the end.
    pub page: Url,
    /// The browser.
    pub chromium: PathBuf,
    /// Its folder, thrown away afterwards.
    pub folder: PathBuf,
    /// Seconds until it has to be done.
    pub seconds: u64,
    /// How many parts follow.
    pub parts: usize,
}

/// Where the page of a capture was in the end, when there is one to draw.
pub(crate) fn page_of(ended: &Ended) -> Option<&Url> {
    ended.record.final_url.as_ref().filter(|_| ended.failed.is_none())
}

/// What the browser is answered when it asks for a URL.
pub(crate) enum Answer<'a> {
    /// With a file that was captured.
    Captured(&'a Shown, &'a [u8]),
    /// With the redirect that was captured.
    Redirected(&'a Url),
    /// Not at all.
    Refused,
}

/// Everything that may be answered with, by URL.
pub(crate) struct Shelf {
    parts: Vec<(Shown, Vec<u8>)>,
    by_url: BTreeMap<String, usize>,
    by_final_url: BTreeMap<String, usize>,
}

impl Shelf {
    /// Sorts the parts.
    pub fn new(parts: Vec<(Shown, Vec<u8>)>) -> Self {
        let places = |url: fn(&Shown) -> &Url| {
            let place = |(n, (shown, _)): (usize, &(Shown, Vec<u8>))| (plain(url(shown)), n);
            // The first of a name counts: the page itself comes before what it shows.
            parts.iter().enumerate().rev().map(place).collect()
        };
        let (by_url, by_final_url) = (places(|s| &s.url), places(|s| &s.final_url));
        Self { by_url, by_final_url, parts }
    }

    /// The answer for a URL.
    pub fn answer(&self, url: &Url) -> Answer<'_> {
        let key = plain(url);
        if let Some((shown, bytes)) = self.by_final_url.get(&key).and_then(|n| self.parts.get(*n)) {
            return Answer::Captured(shown, bytes);
        }
        match self.by_url.get(&key).and_then(|n| self.parts.get(*n)) {
            Some((shown, _)) => Answer::Redirected(&shown.final_url),
            None => Answer::Refused,
        }
    }
}

fn plain(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Found;
    use base::Time;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn file(by: FoundBy, declared: &str, bytes: usize) -> Event {
        let at = url("http://a.example/x");
        let found = Found {
            url: at.clone(),
            final_url: at,
            by,
            declared: Some(declared.into()),
            at: Time::default(),
            sha256: [0; 32],
        };
        Event::File(Box::new(found), vec![0; bytes])
    }

    #[test]
    fn a_picture_is_drawn_from_what_is_shown_and_within_limits() {
        let mut material = Material::default();
        material.note(&file(FoundBy::Video, "video/mp4", 10));
        material.note(&file(FoundBy::Link, "image/png", 10));
        material.note(&file(FoundBy::Image, "image/png", MOST_PART + 1));
        assert_eq!(material.parts().len(), 0);
        for _ in 0..10 {
            material.note(&file(FoundBy::Image, "image/png", MOST_PART));
        }
        assert_eq!(material.parts().len(), MOST_MATERIAL / MOST_PART);
    }

    #[test]
    fn the_browser_is_answered_with_what_was_captured_and_nothing_else() {
        let shown = |from: &str, to: &str| Shown { url: url(from), final_url: url(to), content_type: None };
        let parts = vec![
            (shown("http://a.example/", "http://a.example/"), b"page".to_vec()),
            (shown("http://a.example/old.png", "http://b.example/new.png"), b"picture".to_vec()),
        ];
        let shelf = Shelf::new(parts);
        assert!(matches!(shelf.answer(&url("http://a.example/#x")), Answer::Captured(_, b"page")));
        assert!(
            matches!(shelf.answer(&url("http://a.example/old.png")), Answer::Redirected(to) if to.path() == "/new.png")
        );
        assert!(matches!(shelf.answer(&url("http://b.example/new.png")), Answer::Captured(_, b"picture")));
        for other in ["http://a.example/?x", "https://a.example/", "http://b.example/old.png", "file:///etc/passwd"] {
            assert!(matches!(shelf.answer(&url(other)), Answer::Refused), "{other}");
        }
    }

    #[test]
    fn where_media_may_not_be_kept_nothing_is_drawn() {
        let on = CaptureConfig { screenshot: true, ..CaptureConfig::default() };
        assert_eq!(why_not(&on, Payload::Kept), None);
        assert!(why_not(&on, Payload::HashedOnly).unwrap().contains("may not be kept"));
        assert!(why_not(&CaptureConfig::default(), Payload::Kept).is_some());
    }
}
