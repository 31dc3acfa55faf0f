//! Where the invented sites are: three signals side by side, and what is said when they are silent or do not agree.

use crate::{Set, config, set};
use base::{Country, Time};
use capture::{CaptureConfig, Egress, RdapCache, SignalSource, Trace, TraceConfig, TraceOrder, trace};

fn looking(set: &Set) -> TraceConfig {
    TraceConfig {
        country_database: Some(set.stage.database.clone()),
        asn_database: None,
        rdap_server: Some(set.stage.registry.clone()),
        rdap: true,
    }
}

async fn look(set: &Set, host: &str, cache: &RdapCache, now: Time) -> Trace {
    look_with(set, host, cache, now, looking(set)).await
}

async fn look_with(set: &Set, host: &str, cache: &RdapCache, now: Time, trace_config: TraceConfig) -> Trace {
    let capture = CaptureConfig { ..config(&set.stage) };
    let order = TraceOrder { host: host.into(), trace: trace_config, capture };
    trace(&order, cache, || now).await
}

const NOON: Time = Time::from_micros(1_780_315_200_000_000);

fn country(code: &str) -> Option<Country> {
    code.parse().ok()
}

#[tokio::test]
async fn each_site_is_where_it_is_by_three_signals_with_time_and_source() {
    let set = set("trace").await;
    let cache = RdapCache::default();
    for (host, where_it_is) in
        [("board.example", "DE"), ("gallery.example", "NL"), ("short.example", "BE"), ("cinema.example", "IE")]
    {
        let found = look(&set, host, &cache, NOON).await;
        assert_eq!(found.country, country(where_it_is), "{found:?}");
        let sources: Vec<SignalSource> = found.signals.iter().map(|s| s.source).collect();
        assert_eq!(
            sources,
            [SignalSource::AddressDatabase, SignalSource::AddressRegistry, SignalSource::NetworkRegistry]
        );
        for signal in &found.signals {
            assert_eq!((signal.country, signal.at), (country(where_it_is), NOON), "{signal:?}");
            assert!(!signal.from.is_empty() && signal.failed.is_none(), "{signal:?}");
        }
        assert!(found.network.as_deref().unwrap().starts_with("Example Hosting"));
    }
    let board = look(&set, "board.example", &cache, NOON).await;
    assert_eq!(board.asn, Some(64496));
    let domain = board.domain.unwrap();
    assert_eq!((domain.registrar.as_deref(), domain.registrant_country), (Some("Example Registrar"), country("DE")));
    assert_eq!(domain.registered_at, "2020-02-03T04:05:06Z".parse().ok());
}

#[tokio::test]
async fn signals_that_do_not_agree_come_to_no_country() {
    let set = set("disputed").await;
    let found = look(&set, "disputed.example", &RdapCache::default(), NOON).await;
    let said: Vec<Option<Country>> = found.signals.iter().map(|s| s.country).collect();
    assert_eq!(said, [country("DE"), country("NL"), country("BE")]);
    assert_eq!(found.country, None);
}

#[tokio::test]
async fn a_delivery_network_is_named_with_a_hint_at_what_lies_behind() {
    let set = set("cdn").await;
    let found = look(&set, "shop.example", &RdapCache::default(), NOON).await;
    assert_eq!(found.aliases, ["edge.cdn.example"]);
    let cdn = found.cdn.unwrap();
    assert_eq!(cdn.name, "Example CDN");
    assert_eq!(cdn.origin_hint.as_deref(), Some("origin.shop.example (127.20.1.3)"));
    assert_eq!(look(&set, "board.example", &RdapCache::default(), NOON).await.cdn, None);
}

#[tokio::test]
async fn a_site_that_moves_is_found_where_it_went() {
    let set = set("moves").await;
    let cache = RdapCache::default();
    assert_eq!(look(&set, "moving.example", &cache, NOON).await.country, country("DE"));
    set.stage.move_site();
    assert_eq!(look(&set, "moving.example", &cache, NOON).await.country, country("NL"), "addresses are never cached");
}

#[tokio::test]
async fn a_registry_is_asked_once_in_twelve_hours() {
    let set = set("cache").await;
    let cache = RdapCache::default();
    let asked = || ["ip", "autnum", "domain"].map(|what| set.stage.asked(what));
    look(&set, "board.example", &cache, NOON).await;
    assert_eq!(asked(), [1, 1, 1]);
    let later = look(&set, "board.example", &cache, NOON.plus_seconds(12 * 3600 - 1)).await;
    assert_eq!(asked(), [1, 1, 1], "still the old answer");
    assert_eq!(later.signals[1].at, NOON, "and it says of when it is");
    let after = look(&set, "board.example", &cache, NOON.plus_seconds(12 * 3600)).await;
    assert_eq!((asked(), after.signals[1].at), ([2, 2, 2], NOON.plus_seconds(12 * 3600)));
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_said_and_the_rest_stands() {
    let set = set("silent").await;
    let cache = RdapCache::default();
    let slow_down = look(&set, "locked.example", &cache, NOON).await;
    assert!(slow_down.problems[0].contains("slow down") && slow_down.country == country("NO"), "{slow_down:?}");
    let garbage = look(&set, "referred.example", &cache, NOON).await;
    assert!(garbage.problems[0].contains("no JSON"), "{:?}", garbage.problems);
    let nobody = look(&set, "nobody.example", &cache, NOON).await;
    assert!(nobody.problems[0].contains("nobody.example") && nobody.country.is_none());
    assert!(nobody.signals.iter().all(|s| s.failed.is_some()));
    let address = look(&set, "127.20.4.7", &cache, NOON).await;
    assert_eq!((address.country, address.domain), (country("IE"), None));
    let unknown = look(&set, "127.20.99.1", &cache, NOON).await;
    assert!(unknown.country.is_none() && unknown.signals[1].failed.as_deref().unwrap().contains("no entry"));
    let missing = TraceConfig { country_database: Some("/nonexistent.mmdb".into()), ..looking(&set) };
    let without = look_with(&set, "board.example", &cache, NOON, missing).await;
    assert!(without.signals[0].failed.as_deref().unwrap().contains("/nonexistent.mmdb"));
    assert_eq!(without.signals[1].country, country("DE"), "the others stand");
    let damaged = set.folder.join("damaged.mmdb");
    std::fs::write(&damaged, [7; 4096]).unwrap();
    let damaged = TraceConfig { country_database: Some(damaged), ..looking(&set) };
    assert!(look_with(&set, "board.example", &cache, NOON, damaged).await.signals[0].failed.is_some());
    let off = TraceConfig { rdap: false, ..looking(&set) };
    let alone = look_with(&set, "board.example", &cache, NOON, off).await;
    assert_eq!((alone.signals[0].country, alone.country), (country("DE"), None), "one signal is no agreement");
}

#[tokio::test]
async fn registries_are_asked_by_the_way_out_that_fetching_takes() {
    let set = set("rdapout").await;
    for scheme in ["http", "socks5"] {
        let (asked, at) = crate::fetch::proxy(scheme == "http", Some(("ada", "p@ss:word"))).await;
        let egress = Egress::Proxy(format!("{scheme}://ada:p%40ss%3Aword@{at}"));
        // A registry asked over TLS, as all but a test server are: the proxy is asked for its address and nothing more.
        let trace_config = TraceConfig { rdap_server: Some("https://127.20.0.1:4443/".into()), ..looking(&set) };
        let capture = CaptureConfig { egress, ..config(&set.stage) };
        let order = TraceOrder { host: "board.example".into(), trace: trace_config, capture };
        let found = trace(&order, &RdapCache::default(), || NOON).await;
        assert!(found.signals[1].failed.is_some(), "nobody answers there");
        let asked = asked.lock().unwrap().clone();
        assert!(!asked.is_empty() && asked.iter().all(|to| to == "127.20.0.1:4443"), "{scheme}: {asked:?}");
    }
}
