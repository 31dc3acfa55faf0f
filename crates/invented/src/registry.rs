//! The registry: who holds an address, a network or a name (RDAP, RFC 9083), for the invented world only.

use crate::{State, web, world::NETWORKS};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    time::{Duration, sleep},
};

/// Answers until it is ended.
pub async fn serve(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&state)));
    }
}

async fn answer(mut stream: TcpStream, state: Arc<State>) {
    let Some(asked) = web::request(&mut stream).await else { return };
    let mut parts = asked.path.trim_start_matches('/').splitn(2, '/');
    let (kind, what) = (parts.next().unwrap_or_default().to_owned(), parts.next().unwrap_or_default().to_owned());
    state.count(&kind);
    let (status, body) = match kind.as_str() {
        "ip" => found(ip(&what)),
        "autnum" => found(autnum(&what)),
        "domain" => match what.as_str() {
            "locked.example" => (429, "slow down".to_owned()),
            "referred.example" => (200, "{\"objectClassName\":".to_owned()),
            "vanishing.example" => {
                sleep(Duration::from_secs(60)).await;
                return;
            }
            name => found(domain(name)),
        },
        _ => (404, String::new()),
    };
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: application/rdap+json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    drop(stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await);
}

fn found(entry: Option<Value>) -> (u16, String) {
    entry.map_or((404, String::new()), |e| (200, e.to_string()))
}

fn ip(address: &str) -> Option<Value> {
    let mut bytes = address.split('.');
    let (a, b, c) = (bytes.next()?, bytes.next()?, bytes.next()?.parse::<u8>().ok()?);
    let (_, country, _, name) = NETWORKS.iter().find(|(third, ..)| a == "127" && b == "20" && *third == c)?;
    // Where the sources do not agree, the registry of addresses says something else.
    let country = if c == 6 { "NL" } else { country };
    Some(json!({
        "objectClassName": "ip network", "handle": format!("NET-{c}"), "startAddress": format!("127.20.{c}.0"),
        "endAddress": format!("127.20.{c}.255"), "ipVersion": "v4", "name": name, "country": country,
        "rdapConformance": ["rdap_level_0"]
    }))
}

fn autnum(number: &str) -> Option<Value> {
    let number: u32 = number.parse().ok()?;
    let (third, country, asn, name) = NETWORKS.iter().find(|(.., asn, _)| *asn == number)?;
    let country = if *third == 6 { "BE" } else { country };
    Some(json!({
        "objectClassName": "autnum", "handle": format!("AS{asn}"), "startAutnum": asn, "endAutnum": asn, "name": name,
        "country": country, "rdapConformance": ["rdap_level_0"]
    }))
}

fn domain(name: &str) -> Option<Value> {
    let country = match name {
        "board.example" => "DE",
        "gallery.example" | "secure.example" => "NL",
        "shop.example" | "moving.example" => "BE",
        "cinema.example" => "IE",
        _ => return None,
    };
    let card = |role: &str, name: &str, country: &str| {
        json!({ "objectClassName": "entity", "roles": [role], "vcardArray": ["vcard", [
            ["version", {}, "text", "4.0"], ["fn", {}, "text", name],
            ["adr", { "cc": country }, "text", ["", "", "", "", "", "", ""]]
        ]] })
    };
    Some(json!({
        "objectClassName": "domain", "ldhName": name, "rdapConformance": ["rdap_level_0"],
        "events": [{ "eventAction": "registration", "eventDate": "2020-02-03T04:05:06Z" }],
        "entities": [card("registrar", "Example Registrar", "US"), card("registrant", "Example Holder", country)]
    }))
}
