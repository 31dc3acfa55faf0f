//! Where a host is: name servers, the local address database and the registries, asked side by side. What cannot be looked
//! up is said in words; a trace as a whole never fails.

mod cdn;
mod database;
mod model;
mod rdap;

pub use model::{Cdn, Domain, Signal, SignalSource, Trace, TraceOrder};
pub use rdap::RdapCache;

use crate::{Failed, address::Allowed, names::Names};
use base::{Country, Time};
use database::Entry;
use rdap::Registry;
use std::net::IpAddr;
use url::{Host, Url};

/// Looks a host up. Registries' answers are taken from `cache` for 12 hours; `now` is asked for each signal.
pub async fn trace(order: &TraceOrder, cache: &RdapCache, now: impl Fn() -> Time) -> Trace {
    let mut problems = Vec::new();
    let (addresses, aliases) = addresses(order, &mut problems).await;
    let first = addresses.first().copied();
    let registry = Registry::new(order, cache);
    let (entry, from_database) = by_database(order, first, now());
    let asn = entry.as_ref().and_then(|e| e.asn);
    let from_address =
        by_registry(SignalSource::AddressRegistry, &registry, first.map(|a| format!("ip/{a}")), now()).await;
    let from_network =
        by_registry(SignalSource::NetworkRegistry, &registry, asn.map(|n| format!("autnum/{n}")), now()).await;
    let domain = registration(order, &registry, now(), &mut problems).await;
    let signals = vec![from_database, from_address, from_network];
    let network = entry.and_then(|e| e.organisation).or_else(|| signals.iter().find_map(|s| s.says.clone()));
    let cdn = delivery(order, &aliases, network.as_deref()).await;
    let country = agreed(&signals);
    Trace {
        host: order.host.clone(),
        at: now(),
        addresses,
        aliases,
        signals,
        country,
        asn,
        network,
        domain,
        cdn,
        problems,
    }
}

/// The country that at least two signals name and that no other two do.
fn agreed(signals: &[Signal]) -> Option<Country> {
    let named: Vec<Country> = signals.iter().filter_map(|s| s.country).collect();
    named.iter().copied().find(|country| named.iter().filter(|other| *other == country).count() >= 2)
}

fn names(order: &TraceOrder) -> Result<Names, String> {
    Names::new(&order.capture.name_servers, Allowed::parse(&order.capture.allow)?)
}

/// Addresses of the host, and the names that it is an alias of.
async fn addresses(order: &TraceOrder, problems: &mut Vec<String>) -> (Vec<IpAddr>, Vec<String>) {
    let parsed = Url::parse(&format!("http://{}/", order.host)).ok();
    match parsed.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(v4)) => (vec![IpAddr::V4(v4)], Vec::new()),
        Some(Host::Ipv6(v6)) => (vec![IpAddr::V6(v6)], Vec::new()),
        Some(Host::Domain(name)) => match names(order) {
            Ok(names) => {
                let aliases = names.aliases(name).await;
                match names.resolve(name).await {
                    Ok(addresses) => (addresses, aliases),
                    Err(why) => {
                        problems.push(why.to_string());
                        (Vec::new(), aliases)
                    }
                }
            }
            Err(why) => {
                problems.push(why);
                (Vec::new(), Vec::new())
            }
        },
        None => {
            problems.push(Failed::BadUrl("its host is none".into()).to_string());
            (Vec::new(), Vec::new())
        }
    }
}

fn by_database(order: &TraceOrder, address: Option<IpAddr>, at: Time) -> (Option<Entry>, Signal) {
    let mut signal = Signal {
        source: SignalSource::AddressDatabase,
        from: String::new(),
        at,
        country: None,
        says: None,
        failed: None,
    };
    let Some(address) = address else {
        signal.failed = Some("there is no address to look up".into());
        return (None, signal);
    };
    match database::look_up(&order.trace, address) {
        Ok((from, entry)) => {
            signal.from = from;
            signal.country = entry.country;
            signal.says.clone_from(&entry.organisation);
            if entry.country.is_none() {
                signal.failed = Some("the address is not in it".into());
            }
            (Some(entry), signal)
        }
        Err(why) => {
            signal.failed = Some(why);
            (None, signal)
        }
    }
}

async fn by_registry(source: SignalSource, registry: &Registry<'_>, query: Option<String>, at: Time) -> Signal {
    let mut signal = Signal { source, from: String::new(), at, country: None, says: None, failed: None };
    let Some(query) = query else {
        let what = if source == SignalSource::NetworkRegistry { "network number" } else { "address" };
        signal.failed = Some(format!("there is no {what} to ask about"));
        return signal;
    };
    match registry.ask(&query, at).await {
        Ok(answer) => {
            signal.from = answer.from;
            signal.at = answer.at;
            signal.country = rdap::country(&answer.entry);
            signal.says = rdap::text(&answer.entry, "name");
            if signal.country.is_none() {
                signal.failed = Some("its entry names no country".into());
            }
        }
        Err(why) => signal.failed = Some(why),
    }
    signal
}

async fn registration(
    order: &TraceOrder,
    registry: &Registry<'_>,
    at: Time,
    problems: &mut Vec<String>,
) -> Option<Domain> {
    let name = psl::domain_str(order.host.trim_end_matches('.'))?.to_ascii_lowercase();
    if order.host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let mut domain = Domain { name: name.clone(), ..Domain::default() };
    match registry.ask(&format!("domain/{name}"), at).await {
        Ok(answer) => {
            domain.registrar = rdap::entity(&answer.entry, "registrar").and_then(|e| rdap::card(e, "fn"));
            domain.registrant_country = rdap::entity(&answer.entry, "registrant").and_then(rdap::card_country);
            domain.registered_at = rdap::registered(&answer.entry);
            domain.asked_at = Some(answer.at);
        }
        Err(why) => problems.push(format!("registration of {name}: {why}")),
    }
    Some(domain)
}

/// The delivery network in front, and where the content itself may lie.
async fn delivery(order: &TraceOrder, aliases: &[String], network: Option<&str>) -> Option<Cdn> {
    let name = cdn::named(aliases, network)?;
    let names = names(order).ok()?;
    for candidate in cdn::origins(&order.host) {
        let (found, beyond) = (names.resolve(&candidate).await, names.aliases(&candidate).await);
        if let (Ok(addresses), None) = (found, cdn::named(&beyond, None)) {
            let at = addresses.first().map(IpAddr::to_string).unwrap_or_default();
            return Some(Cdn { name, origin_hint: Some(format!("{candidate} ({at})")) });
        }
    }
    let mail = names.mail(&order.host).await.map(|name| format!("mail goes to {name}"));
    Some(Cdn { name, origin_hint: mail })
}

/// For the fuzz targets: a registry's answer, read in every way.
#[cfg(fuzzing)]
pub(crate) fn fuzz_rdap(bytes: &[u8]) {
    let Ok(entry) = serde_json::from_slice(bytes) else { return };
    drop((rdap::country(&entry), rdap::text(&entry, "name"), rdap::registered(&entry)));
    for role in ["registrar", "registrant"] {
        let entity = rdap::entity(&entry, role);
        drop((entity.and_then(|e| rdap::card(e, "fn")), entity.and_then(rdap::card_country)));
    }
    for (kind, what) in [("ip", "192.0.2.1"), ("ip", "2001:db8::1"), ("autnum", "64500"), ("domain", "a.example")] {
        drop(rdap::in_list(&entry, kind, what));
    }
}

/// For the fuzz targets: an address database, asked for addresses.
#[cfg(fuzzing)]
pub(crate) fn fuzz_database(bytes: &[u8]) {
    for address in ["192.0.2.1", "255.255.255.255", "::1", "2001:db8::1"] {
        let Ok(address) = address.parse() else { continue };
        drop(database::look_up_in(bytes, address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signals(countries: [&str; 3]) -> Vec<Signal> {
        let of = |c: &str| Signal {
            source: SignalSource::AddressDatabase,
            from: String::new(),
            at: Time::default(),
            country: c.parse().ok(),
            says: None,
            failed: None,
        };
        countries.iter().map(|c| of(c)).collect()
    }

    #[test]
    fn two_signals_make_a_country_and_one_does_not() {
        let de = "DE".parse().ok();
        assert_eq!(agreed(&signals(["DE", "DE", "DE"])), de);
        assert_eq!(agreed(&signals(["NL", "DE", "DE"])), de, "two against one");
        assert_eq!(agreed(&signals(["DE", "", "DE"])), de);
        assert_eq!(agreed(&signals(["DE", "", ""])), None, "one is no agreement");
        assert_eq!(agreed(&signals(["DE", "NL", "BE"])), None);
    }
}
