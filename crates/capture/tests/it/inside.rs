//! The scout is never led inside (FE-1, FE-2): a canary listens on loopback and must hear nothing.

use crate::{config, fetch, order, set};
use capture::{CaptureConfig, Failed};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
};

/// Counts connections to 127.0.0.1 and [::1] at one port.
struct Canary {
    port: u16,
    heard: Arc<AtomicUsize>,
}

async fn canary() -> Canary {
    let heard = Arc::new(AtomicUsize::new(0));
    let v4 = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = v4.local_addr().unwrap().port();
    let v6 = TcpListener::bind(("::1", port)).await.ok();
    for listener in [Some(v4), v6].into_iter().flatten() {
        let heard = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                heard.fetch_add(1, SeqCst);
                drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ncanary").await);
            }
        });
    }
    Canary { port, heard }
}

fn spellings(port: u16) -> Vec<String> {
    let text = include_str!("../forbidden.txt");
    let lines = text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
    lines.map(|l| l.replace("PORT", &port.to_string())).collect()
}

#[tokio::test]
async fn fe_1_no_spelling_of_an_address_leads_inside() {
    let set = set("fe1").await;
    let canary = canary().await;
    let all = spellings(canary.port);
    assert!(all.len() >= 200, "{} spellings", all.len());
    let quick = CaptureConfig { exchange_seconds: 5, ..config(&set.stage) };
    let mut parsed = 0;
    for batch in all.chunks(8) {
        let mut running = Vec::new();
        for url in batch {
            // What the URL library refuses never reaches the scout.
            let Ok(url) = url::Url::parse(url) else { continue };
            parsed += 1;
            running.push(tokio::spawn(fetch(order(url.as_str(), quick.clone()))));
        }
        for one in running {
            let brought = one.await.unwrap();
            let url = brought.ended.record.url.clone();
            let refused = matches!(
                brought.ended.failed,
                Some(Failed::Forbidden { .. } | Failed::NoAddress(_) | Failed::NameServers(_) | Failed::BadUrl(_))
            );
            assert!(refused, "{url}: {:?}", brought.ended.failed);
            assert_eq!(brought.ended.record.exchanges.first().and_then(|e| e.connected), None, "{url}");
        }
    }
    assert!(parsed >= 150, "{parsed} reached the scout");
    assert_eq!(canary.heard.load(SeqCst), 0);
}

/// A name server that answers each question with what a function says: its count and name in, addresses out.
async fn lying(answers: fn(usize, &str) -> Vec<Ipv4Addr>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut buffer, mut count) = ([0; 512], 0);
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let asked = &buffer[..length];
            let (mut at, mut name) = (12, String::new());
            while asked[at] != 0 {
                let end = at + 1 + usize::from(asked[at]);
                name += &String::from_utf8_lossy(&asked[at + 1..end]);
                name.push('.');
                at = end;
            }
            let is_a = asked[at + 1..at + 3] == [0, 1];
            let addresses = if is_a { answers(count, &name) } else { Vec::new() };
            count += usize::from(is_a);
            let mut answer = [&asked[..2], &[0x85, 0x80, 0, 1, 0, addresses.len() as u8, 0, 0, 0, 0]].concat();
            answer.extend(&asked[12..at + 5]);
            for address in addresses {
                answer.extend([&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4], address.octets().as_slice()].concat());
            }
            drop(socket.send_to(&answer, from).await);
        }
    });
    at
}

const FINE: Ipv4Addr = Ipv4Addr::new(127, 20, 1, 1);
const INSIDE: Ipv4Addr = Ipv4Addr::LOCALHOST;

#[tokio::test]
async fn fe_2_names_that_change_or_mix_their_answers_lead_nowhere() {
    let set = set("fe2").await;
    let canary = canary().await;
    let with = async |names: SocketAddr| {
        let config = CaptureConfig { name_servers: vec![names], ..config(&set.stage) };
        fetch(order(&format!("http://rebound.example:{}/", canary.port), config)).await.ended
    };
    let mixed = with(lying(|_, _| vec![FINE, INSIDE]).await).await;
    assert!(matches!(mixed.failed, Some(Failed::Forbidden { .. })), "{:?}", mixed.failed);
    // First an address outside, from then on one inside, time to live 0: asked once, connected to what was checked.
    let rebound = with(lying(|count, _| vec![if count == 0 { FINE } else { INSIDE }]).await).await;
    assert!(matches!(rebound.failed, Some(Failed::NoConnection(_))), "{:?}", rebound.failed);
    assert_eq!(rebound.record.exchanges[0].addresses, [std::net::IpAddr::V4(FINE)]);
    assert_eq!(canary.heard.load(SeqCst), 0);
}

/// A name as a name server writes it.
fn spelled(name: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.split('.').flat_map(|l| [&[l.len() as u8], l.as_bytes()].concat()).collect();
    bytes.push(0);
    bytes
}

fn record(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u16).to_be_bytes();
    [spelled(name).as_slice(), &[0, kind, 0, 1, 0, 0, 0, 0], &length, data].concat()
}

const A: u8 = 1;
const CNAME: u8 = 5;
const AAAA: u8 = 28;

/// A name server that answers every question of a kind with the same records, whatever they are about.
async fn chaining(answers: impl Fn(u8) -> Vec<Vec<u8>> + Send + 'static) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let at = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let asked = &buffer[..length];
            let end = 12 + asked[12..].iter().position(|b| *b == 0).unwrap() + 5;
            let records = answers(asked[end - 3]);
            let head = [&asked[..2], &[0x85, 0x80, 0, 1, 0, records.len() as u8, 0, 0, 0, 0], &asked[12..end]].concat();
            drop(socket.send_to(&[head, records.concat()].concat(), from).await);
        }
    });
    at
}

#[tokio::test]
async fn fe_2_aliases_and_addresses_of_every_kind_lead_nowhere() {
    let set = set("fe2c").await;
    let canary = canary().await;
    let with = async |names: SocketAddr| {
        let config = CaptureConfig { name_servers: vec![names], exchange_seconds: 4, ..config(&set.stage) };
        fetch(order(&format!("http://first.example:{}/", canary.port), config)).await.ended.failed
    };
    let chain = |last: Vec<u8>, kind: u8| {
        move |asked: u8| {
            let mut records: Vec<Vec<u8>> = Vec::new();
            let names = ["first.example", "second.example", "third.example", "last.example"];
            for pair in names.windows(2) {
                records.push(record(pair[0], CNAME, &spelled(pair[1])));
            }
            records.extend((asked == kind).then(|| record("last.example", kind, &last)));
            records
        }
    };
    let inside: [(&str, u8); 8] = [
        ("127.0.0.1", A),
        ("169.254.169.254", A),
        ("0.0.0.0", A),
        ("::1", AAAA),
        ("::ffff:127.0.0.1", AAAA),
        ("64:ff9b::7f00:1", AAAA),
        ("fd00:ec2::254", AAAA),
        ("2002:7f00:1::1", AAAA),
    ];
    for (address, kind) in inside {
        let bytes = match address.parse::<std::net::IpAddr>().unwrap() {
            std::net::IpAddr::V4(v4) => v4.octets().to_vec(),
            std::net::IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let failed = with(chaining(chain(bytes, kind)).await).await;
        assert!(matches!(failed, Some(Failed::Forbidden { .. })), "{address} behind aliases: {failed:?}");
    }
    // One address of each kind, only one of them inside: the name is refused as a whole.
    let mixed = |asked: u8| match asked {
        A => vec![record("first.example", A, &FINE.octets())],
        AAAA => vec![record("first.example", AAAA, &std::net::Ipv6Addr::LOCALHOST.octets())],
        _ => Vec::new(),
    };
    let failed = with(chaining(mixed).await).await;
    assert!(matches!(failed, Some(Failed::Forbidden { .. } | Failed::NoConnection(_))), "{failed:?}");
    // Aliases in a circle, and an alias of a name that only this machine knows.
    let circle = |_| {
        vec![
            record("first.example", CNAME, &spelled("second.example")),
            record("second.example", CNAME, &spelled("first.example")),
        ]
    };
    let failed = with(chaining(circle).await).await;
    assert!(matches!(failed, Some(Failed::NoAddress(_) | Failed::NameServers(_))), "{failed:?}");
    let home = |_| vec![record("first.example", CNAME, &spelled("localhost"))];
    let failed = with(chaining(home).await).await;
    assert!(
        matches!(failed, Some(Failed::NoAddress(_) | Failed::NameServers(_) | Failed::Forbidden { .. })),
        "{failed:?}"
    );
    assert_eq!(canary.heard.load(SeqCst), 0);
}

#[tokio::test]
async fn fe_2_no_redirect_leads_inside() {
    let set = set("fe2r").await;
    let canary = canary().await;
    let inside = format!("http://127.0.0.1:{}/", canary.port);
    let answers = [
        format!("HTTP/1.1 301 x\r\nLocation: {inside}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 302 x\r\nLocation: {inside}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 303 x\r\nLocation: //127.0.0.1:{}/\r\nContent-Length: 0\r\n\r\n", canary.port),
        format!("HTTP/1.1 307 x\r\nLocation: http://2130706433:{}/\r\nContent-Length: 0\r\n\r\n", canary.port),
        format!("HTTP/1.1 308 x\r\nLocation: http://[::ffff:7f00:1]:{}/\r\nContent-Length: 0\r\n\r\n", canary.port),
        format!("HTTP/1.1 200 x\r\nRefresh: 0;url={inside}\r\nContent-Length: 0\r\n\r\n"),
        format!("HTTP/1.1 200 x\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=refresh content='0;url={inside}'>"),
        format!(
            "HTTP/1.1 200 x\r\nContent-Type: text/html\r\n\r\n<img src={inside}a.png><video src={inside}b.mp4></video>"
        ),
        format!(
            "HTTP/1.1 200 x\r\nContent-Type: text/html\r\n\r\n<link rel=stylesheet href={inside}><base href={inside}><img src=c.png>"
        ),
        "HTTP/1.1 302 x\r\nLocation: file:///etc/hostname\r\nContent-Length: 0\r\n\r\n".into(),
    ];
    for answer in answers {
        let listener = TcpListener::bind("127.20.7.9:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let text = answer.clone();
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = [0; 2048];
                drop(stream.read(&mut buffer).await);
                drop(stream.write_all(text.as_bytes()).await);
            }
        });
        let brought = fetch(order(&format!("http://{at}/"), config(&set.stage))).await;
        assert!(brought.files.is_empty(), "{answer}");
        server.abort();
    }
    assert_eq!(canary.heard.load(SeqCst), 0);
}
