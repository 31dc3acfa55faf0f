//! What people read, out of `locales/<lang>/*.ftl`. Templates call these functions; the tests below fail when a key has no
//! text, or a text no use.

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};
use std::{borrow::Cow, collections::HashMap};

static_loader! {
    static WORDS = {
        locales: "./locales",
        fallback_language: "en",
        // Marks around each value would end up in titles and in what people copy.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const LANG: LanguageIdentifier = langid!("en");

/// A value inside a sentence.
pub trait Said {
    /// As the sentence takes it.
    fn said(&self) -> FluentValue<'static>;
}

impl Said for str {
    fn said(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_owned()))
    }
}

impl Said for String {
    fn said(&self) -> FluentValue<'static> {
        self.as_str().said()
    }
}

macro_rules! numbers {
    ($($kind:ty),*) => { $(impl Said for $kind {
        fn said(&self) -> FluentValue<'static> {
            FluentValue::from(*self)
        }
    })* };
}
numbers!(u16, u32, u64, i64, usize);

impl<T: Said + ?Sized> Said for &T {
    fn said(&self) -> FluentValue<'static> {
        (**self).said()
    }
}

type Args = HashMap<Cow<'static, str>, FluentValue<'static>>;

fn look_up(key: &str, args: &Args) -> Option<String> {
    WORDS.try_lookup_complete(&LANG, key, Some(args))
}

/// The text of a key.
pub fn t(key: &str) -> String {
    look_up(key, &Args::new()).unwrap_or_else(|| key.to_owned())
}

/// The text of a key, with one value in it.
pub fn t1(key: &str, name: &'static str, value: impl Said) -> String {
    let args = Args::from([(Cow::Borrowed(name), value.said())]);
    look_up(key, &args).unwrap_or_else(|| key.to_owned())
}

/// The text of a key, with two values in it.
pub fn t2(key: &str, first: &'static str, a: impl Said, second: &'static str, b: impl Said) -> String {
    let args = Args::from([(Cow::Borrowed(first), a.said()), (Cow::Borrowed(second), b.said())]);
    look_up(key, &args).unwrap_or_else(|| key.to_owned())
}

/// What people read for a word of a closed vocabulary; a word nobody has put into the locales is shown as it is.
pub fn word(group: &str, word: &str) -> String {
    known_word(group, word).unwrap_or_else(|| word.to_owned())
}

/// What people read for a word, if the locales have it.
pub fn known_word(group: &str, word: &str) -> Option<String> {
    let plain =
        !word.is_empty() && word.len() < 60 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !plain {
        return None;
    }
    let key = format!("{group}-{}", word.replace(['_', '.'], "-"));
    look_up(&key, &Args::new())
}

/// Words of one vocabulary as one phrase: `a, b or c`.
pub fn any_of(group: &str, words: &[String]) -> String {
    joined(group, words, "list-or")
}

/// Words of one vocabulary as one phrase: `a, b and c`.
pub fn all_of(group: &str, words: &[String]) -> String {
    joined(group, words, "list-and")
}

fn joined(group: &str, words: &[String], with: &str) -> String {
    let said: Vec<String> = words.iter().map(|w| word(group, w)).collect();
    match said.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => t2(with, "first", others.join(", "), "last", last),
        None => String::new(),
    }
}

/// What a granted look-up or fetch came to.
pub fn result(kind: &str, result: &str) -> String {
    match (kind, result) {
        ("trace", "unknown") => t("result-trace-unknown"),
        ("trace", country) => t1("result-trace", "country", country),
        (_, "there") => t("result-there"),
        (_, _) => t("result-gone"),
    }
}

/// That a report's host moved from one country to another.
pub fn moved(reference: &str, was: &str, becomes: &str) -> String {
    let args = Args::from([
        (Cow::Borrowed("reference"), reference.said()),
        (Cow::Borrowed("was"), was.said()),
        (Cow::Borrowed("becomes"), becomes.said()),
    ]);
    look_up("news-moved", &args).unwrap_or_default()
}

/// A certificate in one sentence, and what a browser would say against it.
pub fn certificate(names: &str, issuer: &str, days: &str, problem: Option<&str>) -> String {
    let args = Args::from([
        (Cow::Borrowed("names"), names.said()),
        (Cow::Borrowed("issuer"), issuer.said()),
        (Cow::Borrowed("days"), days.said()),
    ]);
    let said = look_up("capture-certificate", &args).unwrap_or_default();
    match problem {
        None => said,
        Some(why) => format!("{said}. {}", t1("capture-certificate-problem", "why", why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    const CALLS: [&str; 3] = ["t(\"", "t1(\"", "t2(\""];
    const GROUPS: [&str; 4] = ["word(\"", "known_word(\"", "any_of(\"", "all_of(\""];

    fn here(below: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
    }

    fn read_all(dir: &Path) -> String {
        let mut entries: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        let read = |p: &PathBuf| {
            if p.is_dir() {
                read_all(p)
            } else {
                fs::read_to_string(p).unwrap().split("mod tests {").next().unwrap().to_owned()
            }
        };
        entries.iter().map(read).collect::<Vec<_>>().join("\n")
    }

    /// First arguments of calls, where they are literals.
    fn called(source: &str, names: &[&str]) -> BTreeSet<String> {
        let after = |name: &str| {
            let starts = source
                .match_indices(name)
                .filter(|(at, _)| !source[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
            starts
                .filter_map(|(at, _)| source[at + name.len()..].split('"').next().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        names.iter().flat_map(|name| after(name)).collect()
    }

    fn keys() -> BTreeSet<String> {
        let text = read_all(&here("locales/en"));
        let id = |line: &str| line.split_once(" =").map(|(id, _)| id.to_owned());
        text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())).filter_map(id).collect()
    }

    fn used() -> (BTreeSet<String>, BTreeSet<String>) {
        let source = read_all(&here("templates")) + &read_all(&here("src/view"));
        (called(&source, &CALLS), called(&source, &GROUPS))
    }

    #[test]
    fn every_key_has_a_text() {
        let (calls, groups) = used();
        let keys = keys();
        let missing: Vec<_> = calls.iter().filter(|k| !keys.contains(*k)).collect();
        assert!(missing.is_empty(), "no text for {missing:?}");
        let empty: Vec<_> = groups.iter().filter(|g| !keys.iter().any(|k| k.starts_with(&format!("{g}-")))).collect();
        assert!(empty.is_empty(), "no words for the vocabularies {empty:?}");
        let text = read_all(&here("locales/en"));
        let name = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned();
        let args: Args = text.split("{ $").skip(1).map(|rest| (Cow::Owned(name(rest)), 1.into())).collect();
        for key in &keys {
            assert!(look_up(key, &args).is_some(), "{key} is not loaded");
        }
    }

    #[test]
    fn every_text_is_used() {
        let (calls, groups) = used();
        let by_list = ["list-or", "list-and", "capture-certificate", "news-moved"];
        let unused: Vec<_> = keys()
            .into_iter()
            .filter(|k| !calls.contains(k) && !by_list.contains(&k.as_str()))
            .filter(|k| !groups.iter().any(|g| k.starts_with(&format!("{g}-"))))
            .collect();
        assert!(unused.is_empty(), "texts nobody shows: {unused:?}");
    }

    #[test]
    fn words_are_looked_up_and_strange_ones_are_shown_as_they_are() {
        assert_eq!(word("class", "not_illegal"), "Not illegal");
        assert_eq!(word("class", "<b>"), "<b>");
        assert_eq!(known_word("flash", "no-such-thing"), None);
        assert_eq!(any_of("class", &["baseline".into(), "national".into()]), "Baseline or National");
    }

    #[test]
    fn a_move_is_told_with_both_countries() {
        let told = moved("…64c125ee", "DE", "NL");
        assert!(told.contains("…64c125ee") && told.contains("from DE to NL"), "{told}");
    }

    #[test]
    fn values_stand_in_sentences_without_marks() {
        assert_eq!(t1("items-count", "n", 1_u64), "1 item");
        assert_eq!(t1("items-count", "n", 1_200_u64), "1200 items");
    }
}
