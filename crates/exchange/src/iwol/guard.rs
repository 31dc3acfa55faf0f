//! What stands in the way of listing a domain: a public suffix never is; a domain that many share, one of a government or a
//! school, and one whose letters mislead need an extra confirmation by INTERPOL, in words.
//!
//! Letters are looked at by Unicode Technical Standard 39: what mixes scripts, what looks like another name (skeleton), and
//! what has characters that names do not have.

use super::Domain;
use base::Refusal;
use serde::{Deserialize, Serialize};
use unicode_security::{
    GeneralSecurityProfile, RestrictionLevel, RestrictionLevelDetection, confusable_detection::skeleton,
};

const SHARED_HOSTS: &str = include_str!("data/shared_hosts.txt");
const OFFICIAL: &str = include_str!("data/official.txt");

/// Why a domain needs an extra confirmation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Many people publish on it.
    SharedHost,
    /// It belongs to a government, armed forces, police or a school.
    Official,
    /// One of its labels mixes scripts.
    MixedScript,
    /// It looks like another name.
    LooksLike(String),
    /// It has characters that names do not have.
    UnusualCharacters,
}

impl Guard {
    /// The one spelling.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::SharedHost => "shared_host",
            Self::Official => "official",
            Self::MixedScript => "mixed_script",
            Self::LooksLike(_) => "looks_like",
            Self::UnusualCharacters => "unusual_characters",
        }
    }

    /// What it looks like, where that is why.
    pub fn looks_like(&self) -> Option<&str> {
        match self {
            Self::LooksLike(other) => Some(other),
            Self::SharedHost | Self::Official | Self::MixedScript | Self::UnusualCharacters => None,
        }
    }
}

/// What needs an extra confirmation before a domain is listed. `known`: domains that it could be taken for, such as those
/// listed already.
///
/// # Errors
/// The domain is never listed: everybody below a public suffix would be blocked.
pub fn check<'a>(
    field: &'static str,
    domain: &Domain,
    known: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Guard>, Refusal> {
    let suffix = psl::suffix(domain.as_str().as_bytes());
    let is_suffix = suffix.as_ref().is_some_and(|s| s.as_bytes() == domain.as_str().as_bytes());
    let private = suffix.and_then(|s| s.typ()).is_some_and(|kind| kind == psl::Type::Private);
    if is_suffix && !private {
        let reason =
            format!("`{domain}` is a public suffix: everybody below it would be blocked, give a domain below it");
        return Err(Refusal::new(field, "domain-public-suffix", reason));
    }
    let mut guards = Vec::new();
    if is_suffix || is_shared(domain) {
        guards.push(Guard::SharedHost);
    }
    if is_official(domain) {
        guards.push(Guard::Official);
    }
    guards.extend(misleading(domain, known));
    Ok(guards)
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Whether it is a domain of the file, or above one.
fn is_shared(domain: &Domain) -> bool {
    lines(SHARED_HOSTS).any(|host| domain.holds(host))
}

fn is_official(domain: &Domain) -> bool {
    let labels: Vec<&str> = domain.labels().rev().collect();
    let fits = |pattern: &str, label: &str| match pattern {
        "*" => label.len() == 2 && label.bytes().all(|b| b.is_ascii_lowercase()),
        word => word == label,
    };
    lines(OFFICIAL).any(|pattern| {
        let parts: Vec<&str> = pattern.rsplit('.').collect();
        parts.len() <= labels.len() && parts.iter().zip(&labels).all(|(part, label)| fits(part, label))
    })
}

fn misleading<'a>(domain: &Domain, known: impl IntoIterator<Item = &'a str>) -> Vec<Guard> {
    let unicode = domain.unicode();
    let mut guards = Vec::new();
    if unicode.split('.').any(mixes_scripts) {
        guards.push(Guard::MixedScript);
    }
    if let Some(other) = looks_like(domain, &unicode, known) {
        guards.push(Guard::LooksLike(other));
    }
    // `-` and the digits are no letters of an identifier's start, but a name has them.
    let unusual = |c: char| !c.is_ascii() && c != '.' && !c.identifier_allowed();
    if unicode.chars().any(unusual) {
        guards.push(Guard::UnusualCharacters);
    }
    guards
}

/// More scripts in one label than a language is written in: Japanese mixes three and Chinese goes with Latin letters, Latin
/// with Cyrillic or Greek does not occur.
fn mixes_scripts(label: &str) -> bool {
    let letters: String = label.chars().filter(|c| *c != '-').collect();
    !letters.is_ascii() && letters.as_str().detect_restriction_level() > RestrictionLevel::HighlyRestrictive
}

/// What a name looks like that it is not: letters of other scripts that make a Latin name, or a known domain.
fn looks_like<'a>(domain: &Domain, unicode: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let seen = drawn(unicode);
    if !unicode.is_ascii() {
        // The whole may have one label in honest letters; a label that is drawn like a Latin one is enough.
        let latin = unicode.split('.').any(|label| !label.is_ascii() && drawn(label).is_ascii());
        if latin {
            let labels = unicode.split('.').map(|l| if l.is_ascii() { l.to_owned() } else { drawn(l) });
            return Some(labels.collect::<Vec<_>>().join("."));
        }
    }
    let registered = registered(domain.as_str());
    lines(SHARED_HOSTS)
        .chain(known)
        .find(|other| registered != self::registered(other) && drawn(other) == seen)
        .map(str::to_owned)
}

fn registered(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// How a name is drawn: the skeleton of UTS 39, in small letters, so that two names that look alike are one. Its table makes
/// `rn` of `m`; that is undone for what people read, since nothing else ever becomes `m`.
fn drawn(name: &str) -> String {
    skeleton(name).flat_map(char::to_lowercase).collect()
}

/// The form by which two domains are compared by look.
pub fn skeleton_of(domain: &Domain) -> String {
    drawn(&domain.unicode())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse("domain", text).unwrap()
    }

    fn words(text: &str) -> Vec<&'static str> {
        check("domain", &domain(text), []).unwrap().iter().map(Guard::word).collect()
    }

    #[test]
    fn in_7_a_public_suffix_is_never_listed() {
        for suffix in ["co.uk", "com.au", "gov.uk", "ck.ck", "foo.ck", "com.br", "k12.ca.us", "xn--55qx5d.cn"] {
            let refused = check("domain", &domain(suffix), []).unwrap_err();
            assert_eq!((refused.field, refused.rule), ("domain", "domain-public-suffix"), "{suffix}");
        }
    }

    #[test]
    fn in_7_what_many_share_needs_the_extra_confirmation_and_what_is_below_does_not() {
        for shared in ["github.io", "google.com", "mega.nz", "files.example", "s3.amazonaws.com", "blogspot.com"] {
            assert!(words(shared).contains(&"shared_host"), "{shared}");
        }
        for one in ["somebody.github.io", "bad.files.example", "bad.example", "somebody.blogspot.com"] {
            assert_eq!(words(one), Vec::<&str>::new(), "{one}");
        }
    }

    #[test]
    fn in_7_domains_of_states_and_schools_need_the_extra_confirmation() {
        for official in
            ["nasa.gov", "x.gov.uk", "y.mil", "uni.edu", "z.ac.jp", "impots.gouv.fr", "x.go.kr", "europa.eu", "who.int"]
        {
            assert!(words(official).contains(&"official"), "{official}");
        }
        for plain in ["gov.example", "government.com", "mil.com", "edu.example", "notgov.uk"] {
            assert!(!words(plain).contains(&"official"), "{plain}");
        }
    }

    #[test]
    fn in_7_honest_names_of_many_scripts_are_not_flagged() {
        for honest in [
            "bücher.example",
            "café.example",
            "россия.example",
            "ελλάδα.example",
            "日本語.example",
            "ひらがなと漢字.example",
            "한국어.example",
            "中文abc.example",
            "bad-site-24.example",
            "ישראל.example",
            "भारत.example",
        ] {
            assert_eq!(words(honest), Vec::<&str>::new(), "{honest}");
        }
    }

    /// Letters that UTS 39 draws like a Latin one, and that a domain may have: of other scripts, in small letters.
    fn doubles() -> Vec<(char, char)> {
        let allowed =
            |c: char| Domain::parse("domain", &format!("{c}.example")).is_ok_and(|d| d.unicode().starts_with(c));
        ('\u{80}'..='\u{2ffff}')
            .filter(|c| allowed(*c))
            .filter_map(|c| {
                let mut drawn = drawn(c.encode_utf8(&mut [0; 4])).chars().collect::<Vec<_>>();
                let first = drawn.pop().filter(char::is_ascii_alphanumeric)?;
                drawn.is_empty().then_some((c, first))
            })
            .collect()
    }

    #[test]
    fn in_7_a_thousand_pairs_of_a_name_and_its_double_are_all_flagged() {
        let names = [
            "bank",
            "police",
            "kindergarten",
            "example",
            "picture",
            "hotline",
            "archive",
            "school",
            "google",
            "wiki",
            "paypal",
            "apple",
            "interpol",
            "amazon",
            "microsoft",
            "airbus",
            "oxygen",
            "juvenile",
            "vodafone",
            "zebra",
        ];
        let doubles = doubles();
        assert!(doubles.len() > 100, "{} doubles", doubles.len());
        let (mut pairs, mut missed) = (0, Vec::new());
        for (double, letter) in &doubles {
            for name in names.iter().filter(|name| name.contains(*letter)) {
                for spoof in
                    [name.replace(*letter, &double.to_string()), name.replacen(*letter, &double.to_string(), 1)]
                {
                    // What IDNA does not let through is flagged by being refused.
                    if let Ok(spoof) = Domain::parse("domain", &format!("{spoof}.example")) {
                        pairs += 1;
                        if check("domain", &spoof, []).unwrap().is_empty() {
                            missed.push(spoof.unicode());
                        }
                    }
                }
            }
        }
        assert!(pairs >= 1000, "{pairs} pairs");
        assert_eq!(missed, Vec::<String>::new(), "of {pairs} pairs");
    }

    #[test]
    fn in_7_a_name_of_other_letters_that_reads_as_latin_says_what_it_looks_like() {
        // Cyrillic throughout, as its punycode is usually typed.
        let spoof = domain("xn--80ak6aa92e.example");
        let guards = check("domain", &spoof, []).unwrap();
        assert!(guards.iter().any(|g| g.looks_like() == Some("apple.example")), "{guards:?}");
    }

    #[test]
    fn in_7_latin_letters_that_look_like_a_known_domain_are_flagged() {
        for (spoof, like) in [("rnega.nz", "mega.nz"), ("g00gle.com", ""), ("rnediafire.com", "mediafire.com")] {
            let guards = check("domain", &domain(spoof), []).unwrap();
            let seen = guards.iter().find_map(Guard::looks_like).unwrap_or_default();
            assert_eq!(seen, like, "{spoof}");
        }
        let guards = check("domain", &domain("rnad.example"), ["mad.example"]).unwrap();
        assert_eq!(guards, [Guard::LooksLike("mad.example".into())]);
        assert_eq!(check("domain", &domain("mad.example"), ["mad.example"]), Ok(Vec::new()));
    }
}
