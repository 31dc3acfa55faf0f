//! What a page shows: the files it names, one level. A streaming parser with a memory limit; hostile markup gives fewer
//! links, never a failure.

use crate::{FoundBy, exchange::MOST_URL};
use lol_html::{HtmlRewriter, MemorySettings, Settings, element, text};
use std::{cell::RefCell, collections::BTreeSet, rc::Rc};
use url::Url;

/// Most bytes that the parser holds at once.
const MOST_MEMORY: usize = 4 << 20;
/// Most links looked at.
const MOST_LINKS: usize = 5_000;
/// Endings of names that are media.
const MEDIA: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "bmp", "tif", "tiff", "avif", "heic", "mp4", "m4v", "webm",
    "mov", "mkv", "avi",
];

/// What a page names.
#[derive(Default)]
pub struct Page {
    /// Its title.
    pub title: Option<String>,
    /// Files, in the order of the page, each once.
    pub files: Vec<(Url, FoundBy)>,
    /// Style sheets.
    pub sheets: Vec<Url>,
    /// Where a `meta refresh` leads.
    pub refresh: Option<Url>,
    seen: BTreeSet<String>,
    base: Option<Url>,
}

impl Page {
    fn add(&mut self, text: &str, by: FoundBy) {
        let Some(base) = &self.base else { return };
        let text = text.trim();
        if text.is_empty() || self.seen.len() >= MOST_LINKS {
            return;
        }
        let Ok(mut url) = base.join(text) else { return };
        url.set_fragment(None);
        let usable = matches!(url.scheme(), "http" | "https") && url.as_str().len() <= MOST_URL;
        if usable && self.seen.insert(url.as_str().to_owned()) {
            self.files.push((url, by));
        }
    }

    fn add_set(&mut self, text: &str) {
        for candidate in candidates(text) {
            self.add(candidate, FoundBy::SourceSet);
        }
    }

    fn add_sheet(&mut self, text: &str) {
        let Some(url) = self.base.as_ref().and_then(|base| base.join(text.trim()).ok()) else { return };
        if matches!(url.scheme(), "http" | "https") && self.sheets.len() < 50 && !self.sheets.contains(&url) {
            self.sheets.push(url);
        }
    }

    /// Adds what a style sheet names.
    pub fn add_style(&mut self, css: &str, base: &Url) {
        let before = self.base.replace(base.clone());
        for url in css_urls(css) {
            self.add(&url, FoundBy::Style);
        }
        self.base = before;
    }
}

/// Reads a page.
pub fn read(html: &[u8], at: &Url) -> Page {
    let page = Rc::new(RefCell::new(Page { base: Some(at.clone()), ..Page::default() }));
    let (title, style) = (Rc::new(RefCell::new(String::new())), Rc::new(RefCell::new(String::new())));
    parse(html, at, &page, &title, &style);
    let mut page = page.take();
    let css = style.take();
    let base = page.base.clone().unwrap_or_else(|| at.clone());
    page.add_style(&css, &base);
    let words: String = title.take().split_whitespace().collect::<Vec<_>>().join(" ");
    page.title = Some(words.chars().filter(|c| !c.is_control()).take(300).collect()).filter(|t: &String| !t.is_empty());
    page
}

type Shared<T> = Rc<RefCell<T>>;

fn parse(html: &[u8], at: &Url, page: &Shared<Page>, title: &Shared<String>, style: &Shared<String>) {
    let with = |selector: &'static str, attribute: &'static str, by: FoundBy| {
        let page = Rc::clone(page);
        element!(selector, move |el| {
            if let Some(value) = el.get_attribute(attribute) {
                page.borrow_mut().add(&value, by);
            }
            Ok(())
        })
    };
    let acting = |selector: &'static str, attribute: &'static str, act: fn(&mut Page, &str)| {
        let page = Rc::clone(page);
        element!(selector, move |el| {
            if let Some(value) = el.get_attribute(attribute) {
                act(&mut page.borrow_mut(), &value);
            }
            Ok(())
        })
    };
    let gather = |selector: &'static str, into: &Shared<String>| {
        let into = Rc::clone(into);
        text!(selector, move |chunk| {
            let mut into = into.borrow_mut();
            if into.len() < 1 << 20 {
                into.push_str(chunk.as_str());
            }
            Ok(())
        })
    };
    let refresh = Rc::clone(page);
    let links = Rc::clone(page);
    let base = at.clone();
    let handlers = vec![
        acting("base[href]", "href", |page, value| {
            let joined = page.base.as_ref().and_then(|b| b.join(value).ok());
            page.base = joined.or(page.base.take());
        }),
        with("img[src]", "src", FoundBy::Image),
        with("input[type=image][src]", "src", FoundBy::Image),
        with("image[href]", "href", FoundBy::Image),
        acting("img[srcset]", "srcset", Page::add_set),
        acting("source[srcset]", "srcset", Page::add_set),
        acting("img[data-src]", "data-src", |page, value| page.add(value, FoundBy::Image)),
        with("video[src]", "src", FoundBy::Video),
        with("audio[src]", "src", FoundBy::Video),
        with("source[src]", "src", FoundBy::Video),
        with("video[poster]", "poster", FoundBy::Poster),
        with("embed[src]", "src", FoundBy::Embed),
        with("object[data]", "data", FoundBy::Embed),
        acting("[style]", "style", |page, value| {
            for url in css_urls(value) {
                page.add(&url, FoundBy::Style);
            }
        }),
        acting("link[rel~=stylesheet][href]", "href", Page::add_sheet),
        element!("a[href]", move |el| {
            let href = el.get_attribute("href").unwrap_or_default();
            let mut page = links.borrow_mut();
            let is_media = page.base.as_ref().and_then(|b| b.join(href.trim()).ok()).is_some_and(|u| names_media(&u));
            if is_media {
                page.add(&href, FoundBy::Link);
            }
            Ok(())
        }),
        element!("meta[http-equiv][content]", move |el| {
            if el.get_attribute("http-equiv").is_some_and(|v| v.eq_ignore_ascii_case("refresh")) {
                let content = el.get_attribute("content").unwrap_or_default();
                refresh.borrow_mut().refresh = refresh_target(&content, &base);
            }
            Ok(())
        }),
        gather("title", title),
        gather("style", style),
    ];
    let memory = MemorySettings::new().with_max_allowed_memory_usage(MOST_MEMORY);
    let settings = handlers
        .into_iter()
        .fold(Settings::new().with_memory_settings(memory).with_strict(false), |settings, handler| {
            settings.append_element_content_handler(handler)
        });
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    for chunk in html.chunks(16 << 10) {
        if rewriter.write(chunk).is_err() {
            return;
        }
    }
    // An end that does not fit is the page's, not ours.
    drop(rewriter.end());
}

/// Where a refresh leads: `0; url=…`, as in `Refresh:` and `meta`.
pub fn refresh_target(content: &str, base: &Url) -> Option<Url> {
    let (_, rest) = content.split_once([';', ','])?;
    let rest = rest.trim_start();
    let url = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => rest.get(3..)?.trim_start().strip_prefix('=')?.trim(),
        _ => rest,
    };
    base.join(url.trim_matches(['"', '\''])).ok().filter(|u| u.as_str().len() <= MOST_URL)
}

/// Whether a URL's name ends as media does.
pub fn names_media(url: &Url) -> bool {
    let last = url.path().rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.').is_some_and(|(_, ending)| MEDIA.contains(&ending.to_ascii_lowercase().as_str()))
}

/// URLs of a `srcset` (HTML, "parse a srcset attribute", without the descriptors).
fn candidates(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (url, after) = rest.split_at(end);
        if let Some(bare) = url.strip_suffix(',') {
            rest = after;
            return Some(bare.trim_end_matches(','));
        }
        let next = after.find(',').map_or(after.len(), |at| at + 1);
        rest = after.get(next..).unwrap_or_default();
        Some(url)
    })
}

/// URLs in `url(…)` and `@import "…"` of style text.
fn css_urls(css: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lower = css.to_ascii_lowercase();
    for (at, _) in lower.match_indices("url(") {
        if found.len() >= MOST_LINKS {
            break;
        }
        // Only as far as a URL can go: a sheet of thousands that never end would be read thousands of times.
        let inside = start_of(css.get(at + 4..).unwrap_or_default(), MOST_URL + 100).trim_start();
        let url = match inside.chars().next() {
            Some(quote @ ('"' | '\'')) => inside.get(1..).and_then(|r| r.split(quote).next()),
            _ => inside.split(')').next().map(str::trim_end),
        };
        let url = url.unwrap_or_default();
        if !url.is_empty() && url.len() <= MOST_URL && !url.trim_start().to_ascii_lowercase().starts_with("data:") {
            found.push(url.to_owned());
        }
    }
    found
}

/// The first bytes of a text, up to a character's end.
fn start_of(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(html: &str) -> Vec<(String, FoundBy)> {
        let at = Url::parse("https://a.example/dir/page").unwrap();
        read(html.as_bytes(), &at).files.into_iter().map(|(u, by)| (u.as_str().to_owned(), by)).collect()
    }

    #[test]
    fn everything_a_page_shows_is_found_once() {
        let html = r#"<html><head><title> Drawn
            shapes </title><base href="/base/"><style>body { background: url('bg.png') }</style></head>
            <img src=a.png><img src="a.png#again"><img srcset="b.png 1x, c.png 2x,d.png">
            <picture><source srcset="e.webp 100w"></picture><video src=v.mp4 poster="p.jpg"><source src=w.webm></video>
            <p style="background-image:url(f.gif)"><a href="g.JPG">x</a><a href="next.html">y</a>
            <object data="h.png"></object><img src="data:image/png;base64,AA=="><img src="ftp://x.example/z.png">"#;
        let found = urls(html);
        let names: Vec<&str> = found.iter().map(|(u, _)| u.rsplit('/').next().unwrap()).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        let all = [
            "a.png", "b.png", "bg.png", "c.png", "d.png", "e.webp", "f.gif", "g.JPG", "h.png", "p.jpg", "v.mp4",
            "w.webm",
        ];
        assert_eq!(sorted, all);
        assert!(found.iter().all(|(u, _)| u.starts_with("https://a.example/base/")));
        assert_eq!(found.iter().find(|(u, _)| u.ends_with("p.jpg")).unwrap().1, FoundBy::Poster);
        let at = Url::parse("https://a.example/").unwrap();
        assert_eq!(read(html.as_bytes(), &at).title.as_deref(), Some("Drawn shapes"));
    }

    #[test]
    fn a_refresh_leads_where_it_says() {
        let at = Url::parse("https://a.example/x").unwrap();
        for text in ["0;url=/y", "0; URL = '/y'", "5,url=\"/y\"", "0; /y"] {
            assert_eq!(refresh_target(text, &at).unwrap().as_str(), "https://a.example/y", "{text}");
        }
        assert_eq!(refresh_target("30", &at), None);
    }

    #[test]
    fn in_2_mutated_pages_give_links_or_none_and_never_a_panic() {
        let whole = br#"<base href=x><img srcset="a 1x, b 2x"><style>p{background:url("c")}</style><meta http-equiv=refresh content="0;url=d"><a href=e.png style="x:url(f)">"#;
        let at = Url::parse("https://a.example/").unwrap();
        let mut state = 7_u32;
        for _ in 0..10_000 {
            let mut bytes = whole.to_vec();
            for _ in 0..6 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let place = (state >> 8) as usize % bytes.len();
                bytes[place] = (state >> 3) as u8;
            }
            assert!(read(&bytes, &at).files.len() <= MOST_LINKS);
        }
    }
}
