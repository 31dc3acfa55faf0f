//! Stage 1: a hotline takes in a report. The page, the API, the command line and partner feeds all come through
//! [`accept`].

use crate::{
    Act, Error, HostingFacts, Result,
    capture::{self, SealedLogin},
    entity::report,
    flow::{self, State, Step},
    store, trace,
};
use base::{Country, OrgId, Refusal, ReportId, SiteType, Time};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use storage::{
    Db, Tx,
    evidence::{Sealed, Vault},
};
use url::Url;

/// Longest URL taken in, in bytes.
const MOST_URL: usize = 4096;
/// How far a sender's clock may be ahead.
const CLOCK_SLACK_SECONDS: i64 = 300;

/// A report as it comes in, words not checked yet.
#[derive(Clone, Debug, Default)]
pub struct Incoming<'a> {
    /// The URL reported.
    pub source_url: &'a str,
    /// RFC 3339.
    pub received_at: &'a str,
    /// IP address of the host.
    pub ip: Option<&'a str>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
    /// Name of the network.
    pub network: Option<&'a str>,
    /// What kind of site it is; nothing: `unknown`.
    pub site_type: Option<&'a str>,
    /// What the hotline adds.
    pub note: Option<&'a str>,
    /// Referrer that the page asks for.
    pub referrer: Option<&'a str>,
    /// User name that the page asks for.
    pub user: Option<&'a str>,
    /// Password that the page asks for.
    pub password: Option<&'a str>,
}

/// A report that may be taken in.
#[derive(Clone, Debug)]
pub struct Checked {
    source_url: Url,
    received_at: Time,
    hosting: HostingFacts,
    site_type: SiteType,
    note: Option<String>,
    referrer: Option<Url>,
    login: Option<(String, base::Secret<String>)>,
}

/// What is done by itself with a report that comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Its page is fetched.
    pub capture: bool,
    /// Its host is looked up.
    pub trace: bool,
}

/// Checks every field; the first that cannot be used is refused by name.
pub fn check(incoming: &Incoming<'_>, now: Time) -> Result<Checked, Refusal> {
    let received_at: Time = incoming.received_at.parse().map_err(|e| Refusal::new("received_at", "bad-time", e))?;
    if received_at > now.plus_seconds(CLOCK_SLACK_SECONDS) {
        let reason = format!("`{received_at}` is in the future, give the time the report was received");
        return Err(Refusal::new("received_at", "future-time", reason));
    }
    let given = |text: Option<&'_ str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let ip = match given(incoming.ip) {
        None => None,
        Some(text) => Some(text.parse::<IpAddr>().map_err(|_| {
            let shown: String = text.chars().take(60).collect();
            Refusal::new("hosting.ip", "bad-ip", format!("`{shown}` is not an IP address"))
        })?),
    };
    let country = given(incoming.country).map(|c| Country::parse("hosting.country", &c)).transpose()?;
    Ok(Checked {
        source_url: http_url("source_url", incoming.source_url)?,
        received_at,
        hosting: HostingFacts { ip, country, network: base::text_opt("hosting.network", incoming.network, 200)? },
        site_type: site_type(incoming.site_type)?,
        note: base::text_opt("note", incoming.note, 10_000)?,
        referrer: given(incoming.referrer).map(|r| http_url("referrer", &r)).transpose()?,
        login: login(incoming)?,
    })
}

/// A kind of site; one that nobody named is unknown.
fn site_type(given: Option<&str>) -> Result<SiteType, Refusal> {
    given.map(str::trim).filter(|t| !t.is_empty()).map_or(Ok(SiteType::Unknown), str::parse)
}

/// Says what kind of site a report of the actor's hotline is about. Who is told is decided anew.
pub async fn set_site(tx: &Tx, id: ReportId, site_type: &str) -> Result<Act> {
    trace::own(tx, id).await?;
    let site = self::site_type(Some(site_type))?;
    store::report_set_site(tx, id, site).await?;
    store::items_unroute(tx, id).await?;
    flow::queue(tx, Step::Route(id)).await?;
    Ok(Act::SiteSet(id, site))
}

fn login(incoming: &Incoming<'_>) -> Result<Option<(String, base::Secret<String>)>, Refusal> {
    let user = incoming.user.filter(|u| !u.is_empty());
    let password = incoming.password.filter(|p| !p.is_empty());
    match (user, password) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Refusal::new("login.user", "missing", "a password needs its user name")),
        (Some(user), password) => {
            if user.contains(':') {
                return Err(Refusal::new("login.user", "bad-character", "a user name cannot contain `:` (RFC 7617)"));
            }
            let password = base::Secret::new(password.unwrap_or_default().chars().take(500).collect());
            Ok(Some((base::one_line("login.user", user, 200)?, password)))
        }
    }
}

/// Seals a report's user name and password, before its transaction.
pub async fn seal_login(db: &Db, vault: &Vault, org: OrgId, checked: &Checked) -> Result<Option<Sealed>> {
    let Some((user, password)) = &checked.login else {
        return Ok(None);
    };
    let login = SealedLogin { user: user.clone(), password: password.expose().clone() };
    let text = serde_json::to_vec(&login).map_err(|_| storage::Error::Stored("report.login_id"))?;
    Ok(Some(vault.put(org, db.now(), &text).await?))
}

/// An http or https URL with a host and without user name and password.
pub fn http_url(field: &'static str, text: &str) -> Result<Url, Refusal> {
    let text = base::one_line(field, text, MOST_URL)?;
    let shown: String = text.chars().take(80).collect();
    let refuse = |rule, why: &str| Err(Refusal::new(field, rule, format!("`{shown}` {why}")));
    let url = match Url::parse(&text) {
        Ok(url) => url,
        Err(url::ParseError::EmptyHost) => return refuse("url-without-host", "has no host, write a whole URL"),
        Err(_) => return refuse("bad-url", "is not a URL, write it like https://host.example/page"),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("url-scheme", "is not an http or https URL");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return refuse("url-without-host", "has no host, write a whole URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("url-userinfo", "carries a user name or password, leave them out");
    }
    Ok(url)
}

/// Takes in a report. The same URL received at the same time by the same hotline is one report, not two. `login`: what
/// [`seal_login`] made.
pub async fn accept(
    tx: &Tx,
    vault: &Vault,
    checked: Checked,
    login: Option<&Sealed>,
    reach: Reach,
) -> Result<(ReportId, Act)> {
    let person = tx.actor().person().ok_or(Error::NotFound)?;
    let id = tx.id(ReportId::new)?;
    let now = tx.now().micros();
    let Checked { source_url, received_at, hosting, site_type, note, referrer, login: _ } = checked;
    if let Some(login) = login {
        vault.keep(tx, login).await?;
    }
    let row = report::Model {
        id: id.0,
        reporter_id: tx.actor().org.0,
        source_host: source_url.host_str().unwrap_or_default().to_owned(),
        fingerprint: fingerprint(&source_url, received_at),
        page_key: Some(page_key(&source_url)),
        source_url: source_url.into(),
        received_at: received_at.micros(),
        submitted_by: person.0,
        state: State::Received.word().into(),
        hosting_ip: hosting.ip.map(|ip| ip.to_string()),
        hosting_country: hosting.country.map(|c| c.to_string()),
        hosting_network: hosting.network,
        note,
        created_at: now,
        changed_at: now,
        referrer: referrer.map(String::from),
        login_id: login.map(|l| l.id.0),
        site_type: site_type.word().into(),
    };
    match store::report_add(tx, row).await {
        Ok(()) => {}
        Err(error) if error.is_duplicate() => {
            let reason = "your organisation has taken in this URL with this time of receipt already";
            return Err(Error::conflict("duplicate-report", "source_url", reason));
        }
        Err(error) => return Err(error.into()),
    }
    if reach.capture {
        let (_, asked) = capture::ask(tx, id, reach).await?;
        tx.note(&asked).await?;
    }
    if reach.trace {
        flow::queue(tx, Step::Trace(id)).await?;
    }
    Ok((id, Act::Accepted(id)))
}

fn fingerprint(url: &Url, received_at: Time) -> Vec<u8> {
    let mut sum = Sha256::new();
    sum.update(received_at.micros().to_be_bytes());
    sum.update(url.as_str());
    sum.finalize().to_vec()
}

/// What is the same for every report of the same page: its address without query and fragment.
fn page_key(url: &Url) -> Vec<u8> {
    let mut page = url.clone();
    page.set_query(None);
    page.set_fragment(None);
    Sha256::digest(page.as_str()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_page_without_its_query() {
        let key = |text: &str| page_key(&text.parse().expect("a URL"));
        assert_eq!(key("https://a.example/b?c=1#d"), key("https://a.example/b"));
        assert_ne!(key("https://a.example/b"), key("https://a.example/c"));
        assert_ne!(key("https://a.example/b"), key("https://b.example/b"));
    }

    const NOW: Time = Time::from_micros(1_800_000_000_000_000);

    fn with(change: impl Fn(&mut Incoming<'static>)) -> Result<Checked, &'static str> {
        let mut incoming = Incoming {
            source_url: "https://pictures.example/page",
            received_at: "2026-01-02T03:04:05Z",
            country: Some("de"),
            ip: Some("192.0.2.7"),
            ..Incoming::default()
        };
        change(&mut incoming);
        check(&incoming, NOW).map_err(|r| r.rule)
    }

    #[test]
    fn a_usual_report_is_taken() {
        assert!(with(|_| ()).is_ok());
    }

    #[test]
    fn each_bad_field_is_refused_by_its_rule() {
        type Change = fn(&mut Incoming<'static>);
        let cases: &[(Change, &str)] = &[
            (|i| i.source_url = "", "missing"),
            (|i| i.source_url = "https://", "url-without-host"),
            (|i| i.source_url = "pictures.example", "bad-url"),
            (|i| i.source_url = "ftp://pictures.example/", "url-scheme"),
            (|i| i.source_url = "javascript:alert(1)", "url-scheme"),
            (|i| i.source_url = "https://user:pass@pictures.example/", "url-userinfo"),
            (|i| i.source_url = "https://user@pictures.example/", "url-userinfo"),
            (|i| i.source_url = "https://pictures.example/\u{0}", "bad-character"),
            (|i| i.received_at = "yesterday", "bad-time"),
            (|i| i.received_at = "2026-01-02T03:04:05", "bad-time"),
            (|i| i.received_at = "2999-01-02T03:04:05Z", "future-time"),
            (|i| i.ip = Some("300.1.1.1"), "bad-ip"),
            (|i| i.country = Some("XX"), "unknown-country"),
        ];
        for (change, rule) in cases {
            assert_eq!(with(change).map(|_| ()), Err(*rule));
        }
    }

    #[test]
    fn in_3_a_url_of_the_longest_length_is_taken_and_one_more_is_not() {
        let start = "https://pictures.example/";
        let fits: &'static str = format!("{start}{}", "a".repeat(MOST_URL - start.len())).leak();
        let over: &'static str = format!("{fits}a").leak();
        assert!(with(|i| i.source_url = fits).is_ok());
        assert_eq!(with(|i| i.source_url = over).map(|_| ()), Err("too-long"));
    }
}
