//! A domain as the block list holds it: A-labels in lower case, no dot at the end, at least two labels, no more than 253
//! bytes. It is parsed at the edge, once; what is no domain is refused by a rule of its own that says what to write.

use base::Refusal;
use idna::{
    AsciiDenyList,
    uts46::{DnsLength, Hyphens, Uts46},
};
use std::{fmt, net::IpAddr};
use url::{Host, Url};

/// Most bytes of what is looked into at all; a domain in Unicode is shorter.
const MOST: usize = 1000;
/// Most bytes of a label (RFC 1035, section 2.3.4).
const LABEL: usize = 63;
/// Most bytes of a domain without the dot at its end (RFC 1035, section 2.3.4).
const WHOLE: usize = 253;
/// Names that mean nothing in the public DNS (RFC 6761, RFC 9476), or something else than a site.
const SPECIAL: [&str; 6] = ["local", "localhost", "internal", "arpa", "alt", "invalid"];

/// A domain: A-labels in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Domain(String);

impl Domain {
    /// Reads what somebody typed. `field` is its name as they know it.
    ///
    /// # Errors
    /// What is wrong with it, by a rule for each.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Refusal> {
        let refuse = |rule, reason: &str| Err(Refusal::new(field, rule, reason));
        if text.len() > MOST {
            return refuse("domain-too-long", "a domain has at most 253 bytes, give the domain alone");
        }
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
        if text.is_empty() {
            return Err(Refusal::new(field, "missing", format!("`{field}` is empty, give a domain")));
        }
        if let Some((rule, reason)) = not_a_name(text) {
            return refuse(rule, reason);
        }
        // One dot at the end says that the name is whole; the list does not write it.
        let name =
            Uts46::new().to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Ignore);
        let Ok(name) = name else {
            return refuse("domain-characters", "this has characters that no domain has, copy it again");
        };
        let name = name.strip_suffix('.').unwrap_or(&name);
        match wrong_shape(name) {
            Some((rule, reason)) => refuse(rule, reason),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// The domain whose owner answers for a URL: the one below the public suffix.
    ///
    /// # Errors
    /// The URL has none: an address, an onion service, or no host.
    pub fn of_url(url: &str) -> Result<Self, Refusal> {
        let none = |reason| Refusal::new("url", "url-without-domain", reason);
        let url = Url::parse(url).map_err(|_| none("this is no URL"))?;
        match url.host() {
            Some(Host::Domain(host)) => {
                let host = host.trim_end_matches('.');
                Self::parse("url", psl::domain_str(host).unwrap_or(host))
            }
            Some(_) => Err(none("its host is an address")),
            None => Err(none("it has no host")),
        }
    }

    /// A domain out of the database, where only parsed ones are written.
    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    /// As the DNS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people of its script read it; the same for one of ASCII letters.
    pub fn unicode(&self) -> String {
        let (text, _) = Uts46::new().to_unicode(self.0.as_bytes(), AsciiDenyList::EMPTY, Hyphens::Allow);
        text.into_owned()
    }

    /// Whether it has labels beyond ASCII: it is shown in both forms then.
    pub fn is_international(&self) -> bool {
        self.labels().any(|label| label.starts_with("xn--"))
    }

    /// Its labels, from left to right.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }

    /// Whether a host is this domain or below it.
    pub fn holds(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        host.strip_suffix(self.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is said by other characters than a name's: a URL, a port, an address, something that nobody sees.
fn not_a_name(text: &str) -> Option<(&'static str, &'static str)> {
    let bare = text.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    if bare.parse::<IpAddr>().is_ok() || text.contains(['[', ']']) {
        return Some(IS_ADDRESS);
    }
    if text.chars().any(unseen) {
        return Some(("domain-unseen", "this has characters that nobody sees, type it anew"));
    }
    if text.contains('@') {
        return Some(("domain-userinfo", "this has a user name, give the domain alone"));
    }
    if text.contains("://") || text.contains(['/', '\\', '?', '#']) {
        return Some(("domain-is-url", "domains are listed and never addresses of pages, give the domain alone"));
    }
    if text.contains(':') {
        return Some(("domain-port", "this has a port, give the domain alone"));
    }
    if text.contains('*') {
        return Some(("domain-wildcard", "what is below a domain is blocked with it, give it without `*`"));
    }
    None
}

const IS_ADDRESS: (&str, &str) =
    ("domain-is-address", "this is a network address, which a list of domains cannot hold; give a domain");

/// What is wrong with a name of A-labels.
fn wrong_shape(name: &str) -> Option<(&'static str, &'static str)> {
    let labels: Vec<&str> = name.split('.').collect();
    let last = *labels.last()?;
    if labels.iter().any(|label| label.is_empty()) {
        return Some(("domain-empty-label", "two dots follow each other, or one stands at an end, remove it"));
    }
    if labels.iter().any(|label| label.len() > LABEL) {
        return Some(("domain-label-too-long", "a part between two dots has at most 63 characters"));
    }
    if name.len() > WHOLE {
        return Some(("domain-too-long", "a domain has at most 253 bytes"));
    }
    if last == "onion" {
        let reason = "an onion service is not reached by the DNS, which is what access providers block by";
        return Some(("domain-onion", reason));
    }
    // A last label that is a number makes the whole an address (URL Standard, ends-in-a-number checker).
    if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
        return Some(IS_ADDRESS);
    }
    if SPECIAL.contains(&last) {
        return Some(("domain-special", "this name means nothing outside of a network"));
    }
    if labels.len() < 2 {
        return Some(("domain-one-label", "this is one word, give a domain such as `site.example`"));
    }
    None
}

/// Characters without ink: joiners, marks of direction, fillers, soft hyphens, selectors, tags, spaces, controls.
fn unseen(c: char) -> bool {
    c.is_control()
        || c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rule(text: &str) -> &'static str {
        Domain::parse("domain", text).err().map_or("", |refusal| {
            assert_eq!(refusal.field, "domain");
            assert!(!refusal.reason.is_empty());
            refusal.rule
        })
    }

    fn read(text: &str) -> String {
        Domain::parse("domain", text).unwrap().to_string()
    }

    #[test]
    fn in_4_what_is_no_domain_is_refused_by_its_own_rule() {
        for (text, want) in [
            ("", "missing"),
            ("https://bad.example/x", "domain-is-url"),
            ("bad.example/x", "domain-is-url"),
            ("bad.example?x", "domain-is-url"),
            ("bad.example\\x", "domain-is-url"),
            ("somebody@bad.example", "domain-userinfo"),
            ("https://u:p@bad.example/", "domain-userinfo"),
            ("bad.example:8080", "domain-port"),
            ("*.bad.example", "domain-wildcard"),
            ("bad..example", "domain-empty-label"),
            (".bad.example", "domain-empty-label"),
            ("bad.example..", "domain-empty-label"),
            ("example", "domain-one-label"),
            ("duskgytldkxiuqc6.onion", "domain-onion"),
            ("sub.duskgytldkxiuqc6.onion.", "domain-onion"),
            ("192.0.2.7", "domain-is-address"),
            ("192.0.2.7.", "domain-is-address"),
            ("3221225991", "domain-is-address"),
            ("0xc0.0.2.0x7", "domain-is-address"),
            ("１９２.0.2.7", "domain-is-address"),
            ("[2001:db8::1]", "domain-is-address"),
            ("2001:db8::1", "domain-is-address"),
            ("printer.local", "domain-special"),
            ("7.2.0.192.in-addr.arpa", "domain-special"),
            ("-bad.example", "domain-characters"),
            ("ba d.example", "domain-unseen"),
            ("ba\u{200b}d.example", "domain-unseen"),
            ("ba\u{ad}d.example", "domain-unseen"),
            ("ba\u{202e}d.example", "domain-unseen"),
            ("bad.example\0", "domain-unseen"),
            ("bad_site.example", "domain-characters"),
            ("xn--a.example", "domain-characters"),
            ("xn--0.example", "domain-characters"),
        ] {
            assert_eq!(rule(text), want, "{text:?}");
        }
    }

    #[test]
    fn one_spelling_for_one_domain() {
        for (text, want) in [
            (" Bad.Example ", "bad.example"),
            ("bad.example.", "bad.example"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("ｂａｄ。example", "bad.example"),
            ("r3---sn-x.bad.example", "r3---sn-x.bad.example"),
        ] {
            assert_eq!(read(text), want, "{text:?}");
        }
        assert_eq!(Domain::parse("domain", "bücher.example").unwrap().unicode(), "bücher.example");
        assert!(Domain::parse("domain", "bücher.example").unwrap().is_international());
        assert!(!Domain::parse("domain", "bad.example").unwrap().is_international());
    }

    #[test]
    fn in_3_labels_and_names_at_the_limit_and_one_past_it() {
        let label = |n: usize| "a".repeat(n);
        assert_eq!(rule(&format!("{}.example", label(63))), "");
        assert_eq!(rule(&format!("{}.example", label(64))), "domain-label-too-long");
        let whole = |last: usize| [label(63), label(63), label(63), label(last)].join(".");
        assert_eq!(whole(61).len(), 253);
        assert_eq!(rule(&whole(61)), "");
        assert_eq!(rule(&whole(62)), "domain-too-long");
        assert_eq!(rule(&label(1_000_000)), "domain-too-long");
        assert_eq!(rule(&"a.".repeat(127)), "");
        assert_eq!(rule(&"a.".repeat(128)), "domain-too-long");
        // Fifty-nine letters beyond ASCII are more bytes as an A-label.
        assert_eq!(rule(&format!("{}.example", "ü".repeat(63))), "domain-label-too-long");
    }

    #[test]
    fn a_url_belongs_to_whoever_registered_its_domain() {
        let of = |url: &str| Domain::of_url(url).map(|d| d.to_string()).ok();
        assert_eq!(of("https://a.b.bad.example/x?y").as_deref(), Some("bad.example"));
        assert_eq!(of("https://shop.bad.co.uk/").as_deref(), Some("bad.co.uk"));
        assert_eq!(of("https://somebody.github.io/x").as_deref(), Some("somebody.github.io"));
        for none in ["https://192.0.2.7/", "https://[2001:db8::1]/", "http://abc.onion/", "mailto:x@y.example", "x"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_below_a_domain_is_held_and_what_ends_like_it_is_not() {
        let bad = Domain::parse("domain", "bad.example").unwrap();
        assert!(bad.holds("bad.example") && bad.holds("a.b.bad.example") && bad.holds("bad.example."));
        assert!(!bad.holds("notbad.example") && !bad.holds("bad.example.com") && !bad.holds("example"));
    }

    proptest! {
        #[test]
        fn in_1_whatever_is_typed_is_read_or_refused_and_reads_back(text in any::<String>()) {
            if let Ok(domain) = Domain::parse("domain", &text) {
                let again = Domain::parse("domain", domain.as_str()).unwrap();
                prop_assert_eq!(&again, &domain);
                let unicode = Domain::parse("domain", &domain.unicode()).unwrap();
                prop_assert_eq!(&unicode, &domain);
                prop_assert!(domain.as_str().is_ascii() && domain.as_str().len() <= 253);
            }
        }

        #[test]
        fn in_1_labels_of_every_script_read_back(text in "[a-z0-9\\-]{0,5}\\PC{1,20}\\.[a-z]{2,10}") {
            if let Ok(domain) = Domain::parse("domain", &text) {
                prop_assert_eq!(Domain::parse("domain", domain.as_str()), Ok(domain.clone()));
            }
        }
    }
}
