//! Where a provider sends whoever asks for a listed name: addresses of its stop page, or its name.

use crate::peer;
use base::Refusal;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where listed names lead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// To addresses; at least one.
    Addresses {
        /// For those who ask for IPv4.
        a: Option<Ipv4Addr>,
        /// For those who ask for IPv6.
        aaaa: Option<Ipv6Addr>,
    },
    /// To a name, whose addresses the provider's resolver finds.
    Name(String),
}

/// A stop page as it comes in: text as a person or a program typed it.
#[derive(Clone, Copy, Default, Debug)]
pub struct Typed<'a> {
    /// IPv4 address.
    pub a: &'a str,
    /// IPv6 address.
    pub aaaa: &'a str,
    /// Name.
    pub name: &'a str,
}

/// Checks a stop page. `private` lets it stand at addresses of private networks; `blocks` says whether a name is blocked.
///
/// # Errors
/// Which field cannot be used, and why.
pub fn check(typed: Typed<'_>, private: bool, blocks: impl FnOnce(&str) -> bool) -> Result<Stop, Refusal> {
    let (a, aaaa, name) = (typed.a.trim(), typed.aaaa.trim(), typed.name.trim());
    if !name.is_empty() {
        if !a.is_empty() || !aaaa.is_empty() {
            let reason = "give addresses or a name, not both: a name that leads to another has no addresses of its own";
            return Err(Refusal::new("name", "stop-page-twice", reason));
        }
        let name = host(name).ok_or_else(|| {
            Refusal::new(
                "name",
                "bad-name",
                "write a host name of letters, digits and hyphens, such as stop.provider.example",
            )
        })?;
        if blocks(&name) {
            return Err(Refusal::new(
                "name",
                "listed",
                "this name is on the list itself: the stop page would block itself",
            ));
        }
        return Ok(Stop::Name(name));
    }
    if a.is_empty() && aaaa.is_empty() {
        return Err(Refusal::new("a", "stop-page-missing", "give an IPv4 address, an IPv6 address, both, or a name"));
    }
    let a = (!a.is_empty()).then(|| a.parse::<Ipv4Addr>()).transpose().map_err(|_| bad("a", "192.0.2.1"))?;
    let aaaa =
        (!aaaa.is_empty()).then(|| aaaa.parse::<Ipv6Addr>()).transpose().map_err(|_| bad("aaaa", "2001:db8::1"))?;
    let reachable = |field, ip: Option<IpAddr>| match ip {
        Some(ip) if !private && !is_public(ip) => {
            Err(Refusal::new(field, "private-address", "nobody outside reaches this address: give a public one"))
        }
        _ => Ok(()),
    };
    reachable("a", a.map(IpAddr::V4))?;
    reachable("aaaa", aaaa.map(IpAddr::V6))?;
    Ok(Stop::Addresses { a, aaaa })
}

fn bad(field: &'static str, like: &str) -> Refusal {
    Refusal::new(field, "bad-address", format!("this is no address, write it like {like}"))
}

/// A host name in lower case; `None` for what is none. Internationalised names are given as A-labels.
pub fn host(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        plain && (1..64).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let labels = text.split('.').count();
    let number = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    (labels > 1 && text.len() < 254 && !number && text.split('.').all(label)).then_some(text)
}

/// Whether an address can be reached from outside. Ranges for documentation pass: they lead nowhere and are what examples have.
/// An IPv4 address in the clothes of IPv6 does not.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_documentation() || peer::is_public(ip),
        IpAddr::V6(v6) => {
            v6.segments().starts_with(&[0x2001, 0x0db8]) || (v6.to_ipv4_mapped().is_none() && peer::is_public(ip))
        }
    }
}

impl Stop {
    /// IPv4 address, IPv6 address, name: as text, empty where there is none.
    pub fn texts(&self) -> [String; 3] {
        match self {
            Self::Addresses { a, aaaa } => [
                a.map(|a| a.to_string()).unwrap_or_default(),
                aaaa.map(|a| a.to_string()).unwrap_or_default(),
                String::new(),
            ],
            Self::Name(name) => [String::new(), String::new(), name.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(a: &str, aaaa: &str, name: &str) -> Result<Stop, &'static str> {
        check(Typed { a, aaaa, name }, false, |name| name == "listed.example").map_err(|refusal| refusal.rule)
    }

    #[test]
    fn se_9_a_stop_page_is_where_anybody_can_reach_it() {
        assert!(checked("192.0.2.1", "", "").is_ok() && checked("192.0.2.1", "2001:db8::1", "").is_ok());
        for private in [
            "10.0.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "192.168.1.1",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
        ] {
            assert_eq!(checked(private, "", ""), Err("private-address"), "{private}");
            assert!(check(Typed { a: private, ..Typed::default() }, true, |_| false).is_ok());
        }
        for private in ["::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1"] {
            assert_eq!(checked("", private, ""), Err("private-address"), "{private}");
        }
    }

    #[test]
    fn a_stop_page_is_addresses_or_a_name_that_is_not_listed() {
        assert_eq!(checked("", "", " Stop.Provider.Example. "), Ok(Stop::Name("stop.provider.example".into())));
        assert_eq!(checked("", "", "listed.example"), Err("listed"));
        assert_eq!(checked("", "", ""), Err("stop-page-missing"));
        assert_eq!(checked("192.0.2.1", "", "stop.example"), Err("stop-page-twice"));
        for bad in [
            "a",
            "-a.example",
            "a..example",
            "a b.example",
            "192.0.2.1",
            "ü.example",
            &format!("{}.example", "a".repeat(64)),
        ] {
            assert_eq!(checked("", "", bad), Err("bad-name"), "{bad}");
        }
        assert_eq!(checked("192.0.2", "", ""), Err("bad-address"));
        assert_eq!(checked("", "192.0.2.1", ""), Err("bad-address"));
    }
}
