//! Words that a case is found by. Only what its LEA may see becomes a word, so that finding tells nothing that the case
//! does not show: below page width the source URL and the notes are not searched, below item width no address and no digest.

use base::{CaseId, Width};
use std::collections::BTreeSet;

/// Longest word, in bytes; longer ones are left out.
const LONGEST: usize = 80;
/// Most words of one case.
const MOST: usize = 2_000;
/// Most words of one question.
pub const MOST_ASKED: usize = 12;

/// What a case shows, as far as it is text.
#[derive(Clone, Debug, Default)]
pub struct Shown<'a> {
    /// URL reported and notes; used at page width only.
    pub page: Vec<&'a str>,
    /// Network of the host: shown at every width.
    pub network: Option<&'a str>,
    /// Address of the host; used at item width only.
    pub ip: Option<String>,
    /// Items: how wide each was disclosed, its URL, its digests in hexadecimal, the analyst's note.
    pub items: Vec<ShownItem<'a>>,
}

/// An item, as far as it is text.
#[derive(Clone, Debug)]
pub struct ShownItem<'a> {
    /// How wide it was disclosed.
    pub width: Width,
    /// Its URL; used at item width.
    pub url: Option<&'a str>,
    /// Its digests; used at item width.
    pub digests: Vec<String>,
    /// The analyst's note; used at page width.
    pub note: Option<&'a str>,
    /// Number of its series: shown at every width.
    pub series: Option<&'a str>,
}

/// Every word of a case, each once.
pub fn of_case(id: CaseId, shown: &Shown) -> BTreeSet<String> {
    let mut words = BTreeSet::from([reference(id)]);
    let mut add = |text: &str| words.extend(split(text).flat_map(|piece| parts(&piece)));
    shown.network.iter().for_each(|text| add(text));
    shown.items.iter().filter_map(|item| item.series).for_each(&mut add);
    let widest = shown.items.iter().map(|i| i.width).max().unwrap_or(Width::Metadata);
    if widest >= Width::Item {
        shown.ip.iter().for_each(|text| add(text));
    }
    if widest >= Width::Page {
        shown.page.iter().for_each(|text| add(text));
    }
    for item in shown.items.iter().filter(|i| i.width >= Width::Item) {
        item.url.iter().for_each(|text| add(text));
        item.digests.iter().for_each(|text| add(text));
        if item.width >= Width::Page {
            item.note.iter().for_each(|text| add(text));
        }
    }
    words.into_iter().take(MOST).collect()
}

/// What people call a case: the end of its id, as pages show it.
fn reference(id: CaseId) -> String {
    let id = id.0.simple().to_string();
    id.get(id.len() - 8..).unwrap_or_default().to_owned()
}

/// Words of a question: a case must have each of them. Empty when nothing in it is a word.
pub fn of_question(text: &str) -> BTreeSet<String> {
    split(text).take(MOST_ASKED).collect()
}

/// Pieces of a text in lower case: letters and digits, with `.`, `-`, `_` and `:` inside.
fn split(text: &str) -> impl Iterator<Item = String> {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let pieces = text.split(move |c: char| !inside(c)).map(|p| p.trim_matches(|c: char| !c.is_alphanumeric()));
    pieces.filter(|p| !p.is_empty()).map(str::to_lowercase).filter(|p| p.len() <= LONGEST)
}

/// A piece, what is between its marks, and the names above it: `a.pictures.example` is found by `pictures.example` too.
fn parts(piece: &str) -> Vec<String> {
    let mut found = vec![piece.to_owned()];
    found.extend(piece.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).map(str::to_owned));
    let host = piece.split_once(':').map(|(host, _)| host).filter(|host| host.contains('.'));
    found.extend(host.map(str::to_owned));
    let name = host.unwrap_or(piece);
    let above = name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..)).filter(|name| name.contains('.'));
    found.extend(above.map(str::to_owned));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(width: Width) -> Shown<'static> {
        Shown {
            page: vec!["https://a.pictures.example/gallery/77?page=2", "seen on a board"],
            network: Some("Example Hosting DE"),
            ip: Some("192.0.2.7".into()),
            items: vec![ShownItem {
                width,
                url: Some("https://files.example/img-0042.png"),
                digests: vec!["ab".repeat(32)],
                note: Some("stripes"),
                series: Some("S-00FF"),
            }],
        }
    }

    fn finds(width: Width, question: &str) -> bool {
        let words = of_case(CaseId(uuid::Uuid::from_u128(0xfeed)), &shown(width));
        let asked = of_question(question);
        !asked.is_empty() && asked.iter().all(|w| words.contains(w))
    }

    #[test]
    fn az_4_nothing_is_found_by_what_the_width_keeps_back() {
        for (question, from) in [
            ("0000feed", Width::Metadata),
            ("hosting", Width::Metadata),
            ("S-00ff", Width::Metadata),
            ("192.0.2.7", Width::Item),
            ("files.example", Width::Item),
            ("img-0042.png", Width::Item),
            ("0042", Width::Item),
            ("pictures.example", Width::Page),
            ("A.Pictures.Example", Width::Page),
            ("gallery", Width::Page),
            ("board", Width::Page),
            ("stripes", Width::Page),
        ] {
            for width in Width::ALL {
                assert_eq!(finds(*width, question), *width >= from, "{question} at {width}");
            }
        }
        assert!(finds(Width::Item, &"AB".repeat(32)));
        assert!(finds(Width::Page, "https://a.pictures.example/gallery/77?page=2"), "a pasted URL finds itself");
        assert!(!finds(Width::Series, "pictures.example nowhere"));
    }

    proptest! {
        #[test]
        fn in_3_any_text_gives_few_short_words(text in ".{0,400}") {
            let asked = of_question(&text);
            prop_assert!(asked.len() <= MOST_ASKED && asked.iter().all(|w| !w.is_empty() && w.len() <= LONGEST));
            let page = Shown { page: vec![&text], ..shown(Width::Page) };
            let words = of_case(CaseId(uuid::Uuid::nil()), &page);
            prop_assert!(asked.iter().all(|w| words.contains(w)), "what is shown is found by itself");
        }
    }
}
