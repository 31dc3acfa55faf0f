//! The registries (RDAP: RFC 9082, RFC 9083), found through IANA's lists (RFC 9224). Answers are hostile until read: they are
//! short, quick and shallow or not taken. Every answer serves for 12 hours.

use crate::{TraceConfig, TraceOrder, address::Allowed, dial::WayOut, names::Names};
use base::{Country, Time};
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::{Attempt, Policy},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::{Host, Url};

/// Seconds that an answer serves.
const SERVES: i64 = 12 * 3600;
/// Answers kept at most.
const MOST_KEPT: usize = 10_000;
/// Most bytes of an answer; IANA's lists are the longest.
const MOST_BYTES: usize = 2 << 20;

/// What registries answered lately, shared between traces.
#[derive(Default)]
pub struct RdapCache {
    kept: Mutex<BTreeMap<String, Answer>>,
    /// One question at a time, so that two traces do not ask the same twice.
    asking: tokio::sync::Mutex<()>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The URL that was asked.
    pub from: String,
    /// When.
    pub at: Time,
    /// The entry.
    pub entry: Value,
}

/// Asks registries.
pub struct Registry<'a> {
    config: &'a TraceConfig,
    cache: &'a RdapCache,
    client: Result<reqwest::Client, String>,
}

impl RdapCache {
    fn find(&self, key: &str, now: Time) -> Option<Answer> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|a| now < a.at.plus_seconds(SERVES)).cloned()
    }

    fn keep(&self, key: &str, answer: &Answer) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.retain(|_, a| answer.at < a.at.plus_seconds(SERVES));
        }
        if kept.len() < MOST_KEPT {
            kept.insert(key.to_owned(), answer.clone());
        }
    }
}

impl<'a> Registry<'a> {
    /// With the config's server, or the registries' own.
    pub fn new(order: &'a TraceOrder, cache: &'a RdapCache) -> Self {
        let config = &order.trace;
        let off = Err("registries are not asked (trace.rdap)".into());
        Self { config, cache, client: if config.rdap { client(order) } else { off } }
    }

    /// Asks for `ip/…`, `autnum/…` or `domain/…`; why there is no answer, in words.
    pub async fn ask(&self, query: &str, now: Time) -> Result<Answer, String> {
        let client = self.client.as_ref().map_err(String::clone)?;
        let _one = self.cache.asking.lock().await;
        if let Some(answer) = self.cache.find(query, now) {
            return Ok(answer);
        }
        let base = match &self.config.rdap_server {
            Some(server) => server.clone(),
            None => self.responsible(client, query, now).await?,
        };
        let from = format!("{}/{query}", base.trim_end_matches('/'));
        let entry = fetch(client, &from).await?;
        let answer = Answer { from, at: now, entry };
        self.cache.keep(query, &answer);
        Ok(answer)
    }

    /// The registry that is responsible, by IANA's list.
    async fn responsible(&self, client: &reqwest::Client, query: &str, now: Time) -> Result<String, String> {
        let (kind, what) = query.split_once('/').unwrap_or((query, ""));
        let list = match kind {
            "autnum" => "asn",
            "domain" => "dns",
            _ if what.contains(':') => "ipv6",
            _ => "ipv4",
        };
        let url = format!("https://data.iana.org/rdap/{list}.json");
        let services = match self.cache.find(&url, now) {
            Some(answer) => answer,
            None => {
                let answer = Answer { from: url.clone(), at: now, entry: fetch(client, &url).await? };
                self.cache.keep(&url, &answer);
                answer
            }
        };
        in_list(&services.entry, kind, what).ok_or_else(|| format!("no registry is responsible for {what}"))
    }
}

/// The registry that one of IANA's lists names for what is asked about.
pub fn in_list(list: &Value, kind: &str, what: &str) -> Option<String> {
    let found = list.get("services").and_then(Value::as_array)?.iter().find(|service| {
        let ranges = service.get(0).and_then(Value::as_array).into_iter().flatten();
        ranges.filter_map(Value::as_str).any(|range| covers(range, kind, what))
    });
    let urls = found?.get(1)?.as_array()?.iter().filter_map(Value::as_str);
    urls.into_iter().find(|u| u.starts_with("https://")).map(str::to_owned)
}

/// A client that takes the way out that fetching takes, and that no registry can lead inside: of registries found through
/// IANA's lists every name and every redirect is checked as a page's would be. The config's own server is the operator's
/// word; it may be inside, and leads nowhere else.
fn client(order: &TraceOrder) -> Result<reqwest::Client, String> {
    let mut builder = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().referer(false);
    if let Some(proxy) = WayOut::proxy_url(&order.capture.egress)? {
        builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(|_| "capture.egress is no proxy".to_owned())?);
    }
    let builder = match &order.trace.rdap_server {
        Some(_) => builder.redirect(Policy::none()),
        None => {
            let allowed = Allowed::parse(&order.capture.allow)?;
            let names = Names::new(&order.capture.name_servers, allowed.clone())?;
            let follow = move |attempt: Attempt<'_>| {
                if attempt.previous().len() > 3 || !leads_outside(attempt.url(), &allowed) {
                    return attempt.error("a redirect that is not followed");
                }
                attempt.follow()
            };
            builder.https_only(true).dns_resolver(Arc::new(Outside(Arc::new(names)))).redirect(Policy::custom(follow))
        }
    };
    builder.build().map_err(|_| "there is no client for registries".into())
}

/// Whether a URL's host, where it is an address, may be asked; names are checked when they are looked up.
fn leads_outside(url: &Url, allowed: &Allowed) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => allowed.permits(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => allowed.permits(IpAddr::V6(v6)),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// Looks names up as fetching does: a name with a forbidden address has none.
struct Outside(Arc<Names>);

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        let names = Arc::clone(&self.0);
        Box::pin(async move {
            let url = Url::parse(&format!("https://{}/", name.as_str()))?;
            let (addresses, _) = names.addresses(&url).await?;
            Ok(Box::new(addresses.into_iter().map(|a| SocketAddr::new(a, 0))) as Addrs)
        })
    }
}

/// Whether a range of IANA's lists covers what is asked about.
fn covers(range: &str, kind: &str, what: &str) -> bool {
    match kind {
        "domain" => what.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(range)),
        "autnum" => {
            let (low, high) = range.split_once('-').unwrap_or((range, range));
            let number = |t: &str| t.parse::<u32>().ok();
            matches!((number(low), number(what), number(high)), (Some(l), Some(n), Some(h)) if l <= n && n <= h)
        }
        _ => match (range.parse::<ipnet::IpNet>(), what.parse::<IpAddr>()) {
            (Ok(net), Ok(address)) => net.contains(&address),
            _ => false,
        },
    }
}

async fn fetch(client: &reqwest::Client, url: &str) -> Result<Value, String> {
    let words = |e: &reqwest::Error| {
        if e.is_timeout() { "the registry did not answer within 10 seconds" } else { "the registry cannot be reached" }
            .to_owned()
    };
    let mut response = client.get(url).header("accept", "application/rdap+json").send().await.map_err(|e| words(&e))?;
    let status = response.status().as_u16();
    match status {
        200 => {}
        404 => return Err("the registry has no entry".into()),
        429 => return Err("the registry asks us to slow down".into()),
        _ => return Err(format!("the registry answered with status {status}")),
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| words(&e))? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err("the registry's answer is too long".into());
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|_| "the registry's answer is no JSON".to_owned())
}

/// A text of an entry, short and without control characters.
pub fn text(entry: &Value, member: &str) -> Option<String> {
    clean(entry.get(member)?.as_str()?)
}

fn clean(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// The country of a network's entry: its own, or that of who holds it.
pub fn country(entry: &Value) -> Option<Country> {
    let own = text(entry, "country").and_then(|c| c.to_ascii_uppercase().parse().ok());
    own.or_else(|| entity(entry, "registrant").and_then(card_country))
}

/// The first entity with a role.
pub fn entity<'a>(entry: &'a Value, role: &str) -> Option<&'a Value> {
    let all = entry.get("entities")?.as_array()?;
    all.iter().take(50).find(|e| {
        e.get("roles").and_then(Value::as_array).is_some_and(|roles| roles.iter().any(|r| r.as_str() == Some(role)))
    })
}

/// A property of an entity's card (jCard, RFC 7095).
fn property<'a>(entity: &'a Value, name: &str) -> Option<&'a Value> {
    let card = entity.get("vcardArray")?.get(1)?.as_array()?;
    card.iter().take(50).find(|p| p.get(0).and_then(Value::as_str) == Some(name))
}

/// A text of an entity's card.
pub fn card(entity: &Value, name: &str) -> Option<String> {
    clean(property(entity, name)?.get(3)?.as_str()?)
}

/// The country of an entity's address: its code, or the last line when that is one.
pub fn card_country(entity: &Value) -> Option<Country> {
    let address = property(entity, "adr")?;
    let code = address.get(1).and_then(|p| p.get("cc")).and_then(Value::as_str);
    let last = address.get(3).and_then(|a| a.get(6)).and_then(Value::as_str);
    code.or(last).and_then(|c| c.trim().to_ascii_uppercase().parse().ok())
}

/// When a domain was registered.
pub fn registered(entry: &Value) -> Option<Time> {
    let events = entry.get("events")?.as_array()?;
    let first =
        events.iter().take(50).find(|e| e.get("eventAction").and_then(Value::as_str) == Some("registration"))?;
    first.get("eventDate")?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fe_2_no_registry_leads_inside() {
        let allowed = Allowed::parse(&["127.20.0.0/16".into()]).unwrap();
        for (url, outside) in [
            ("https://rdap.example/ip/192.0.2.1", true),
            ("https://127.20.0.1/", true),
            ("https://127.0.0.1/", false),
            ("https://[::ffff:10.0.0.1]/", false),
            ("https://169.254.169.254/latest", false),
            ("https://0x7f.1/", false),
        ] {
            assert_eq!(leads_outside(&Url::parse(url).unwrap(), &allowed), outside, "{url}");
        }
        let names = Outside(Arc::new(Names::new(&["127.0.0.1:9".parse().unwrap()], allowed).unwrap()));
        let looked_up = names.resolve("localhost".parse().unwrap()).await;
        assert!(looked_up.is_err());
    }

    #[test]
    fn ianas_ranges_cover_what_they_say() {
        assert!(covers("192.0.2.0/24", "ip", "192.0.2.7") && !covers("192.0.2.0/24", "ip", "192.0.3.7"));
        assert!(covers("2001:db8::/32", "ip", "2001:db8::1") && !covers("2001:db8::/32", "ip", "192.0.2.1"));
        assert!(covers("64496-64511", "autnum", "64500") && !covers("64496-64511", "autnum", "64512"));
        assert!(covers("example", "domain", "a.Example") && !covers("example", "domain", "example.test"));
    }
}
