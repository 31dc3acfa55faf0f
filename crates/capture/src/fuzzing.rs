//! What the fuzz targets call, `fuzz/` beside the workspace; compiled for them only. None of these may panic.

use crate::{
    CaptureConfig, Payload,
    address::{Allowed, is_public},
    clock::now,
    dial::{self, Encryption, WayOut},
    exchange::{Ask, Desk, Talked, converse, fresh},
    judge,
    links::{self, Page},
    names::Names,
    picture::{from_base64, only_picture},
    pipe, trace, warc,
};
use flate2::read::MultiGzDecoder;
use std::{io::Read, net::IpAddr, time::Duration};
use tokio::{runtime::Runtime, sync::Mutex, time::Instant};
use url::{Host, Url};

/// A URL as somebody reports it, and where it may lead.
pub fn url(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(url) = Url::parse(&text) else { return };
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
        Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
        _ => return,
    };
    let inside = match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local() || v4.is_multicast(),
        IpAddr::V6(v6) => {
            let carried = v6.to_ipv4().is_some_and(|v4| v4.is_loopback() || v4.is_private() || v4.is_link_local());
            v6.is_loopback() || v6.is_multicast() || v6.is_unique_local() || carried
        }
    };
    assert!(!(inside && Allowed::default().permits(address)), "{address}");
    assert_eq!(is_public(address), Allowed::default().permits(address));
}

/// A page and what it names.
pub fn html(bytes: &[u8]) {
    let Ok(at) = Url::parse("https://a.example/dir/page") else { return };
    let page = links::read(bytes, &at);
    assert!(page.files.iter().all(|(url, _)| matches!(url.scheme(), "http" | "https")));
    assert!(page.files.len() <= 5_000 && page.sheets.len() <= 50);
}

/// A style sheet, and a refresh.
pub fn css(bytes: &[u8]) {
    let Ok(at) = Url::parse("https://a.example/dir/page.css") else { return };
    let text = String::from_utf8_lossy(bytes);
    let mut page = Page::default();
    page.add_style(&text, &at);
    assert!(page.files.len() <= 5_000);
    drop(links::refresh_target(&text, &at));
}

thread_local! {
    static DESK: Option<(Runtime, Desk)> = desk();
}

fn desk() -> Option<(Runtime, Desk)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let desk = runtime.block_on(async {
        Some(Desk {
            names: Names::new(&["127.0.0.1:9".parse().ok()?], Allowed::default()).ok()?,
            way_out: WayOut::Direct,
            encryption: Encryption::new().ok()?,
            clock: now,
            most: 1 << 20,
            seconds: 5,
            until: Instant::now() + Duration::from_secs(1 << 30),
            total_seconds: 1 << 30,
            large: Mutex::new(()),
        })
    })?;
    Some((runtime, desk))
}

/// A server's answer from its first byte to its records in an archive, which another reader could read.
pub fn answer(bytes: &[u8]) {
    DESK.with(|desk| {
        let Some((runtime, desk)) = desk else { return };
        let Ok(url) = Url::parse("http://a.example/page") else { return };
        let ask = Ask { url, redirected_from: None, referrer: None, authorization: None };
        let mut talked = fresh(&ask, now());
        let stream = tokio::io::join(bytes, tokio::io::sink());
        let deadline = Instant::now() + Duration::from_secs(5);
        talked.exchange.failed = runtime.block_on(converse(desk, stream, &mut talked, deadline)).err();
        assert!(talked.response.len() <= (1 << 20) + (130 << 10) && talked.body.len() <= 1 << 20);
        drop((talked.redirect(), judge::kind(&talked)));
        for payload in [Payload::Kept, Payload::HashedOnly] {
            let left_out = payload == Payload::HashedOnly && !judge::may_stand_in_archive(&talked);
            archived(&mut talked, payload, left_out);
        }
    });
}

fn archived(talked: &mut Talked, payload: Payload, left_out: bool) {
    let (mut archive, mut all) = warc::Archive::begin("fuzz", payload, now());
    all.extend(archive.add(talked, left_out));
    all.extend(archive.end(&talked.exchange.url, b"{}", now()));
    let mut plain = Vec::new();
    assert!(MultiGzDecoder::new(all.as_slice()).read_to_end(&mut plain).is_ok());
    let mut rest = plain.as_slice();
    while !rest.is_empty() {
        let end = rest.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(usize::MAX);
        let head = String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned();
        assert!(head.starts_with("WARC/1.1\r\n"), "{head}");
        let length =
            head.lines().find_map(|l| l.strip_prefix("Content-Length: ")).and_then(|n| n.parse::<usize>().ok());
        let after = end + 4 + length.unwrap_or(usize::MAX / 2);
        assert_eq!(rest.get(after..after + 4), Some(&b"\r\n\r\n"[..]));
        rest = rest.get(after + 4..).unwrap_or_default();
    }
}

/// What crosses between the processes, in both directions.
pub fn frames(bytes: &[u8]) {
    drop(pipe::read_order(bytes));
    drop(pipe::read_part(&mut &*bytes));
    let Some((head, rest)) = bytes.split_at_checked(9) else { return };
    let Ok(head) = <[u8; 9]>::try_from(head) else { return };
    let Some((json, data)) = pipe::lengths(head, 1 << 20) else { return };
    let Some((json, rest)) = rest.split_at_checked(json) else { return };
    let Some((data, _)) = rest.split_at_checked(data) else { return };
    let [letter, ..] = head;
    drop(pipe::read_drawn(letter, data.to_vec()));
    if let Some(event) = pipe::event(letter, json, data.to_vec()) {
        assert!(pipe::frame(&event).is_ok());
    }
}

/// What a browser hands back.
pub fn drawn(bytes: &[u8]) {
    drop(from_base64(&String::from_utf8_lossy(bytes)));
    if let Ok((picture, _)) = only_picture(bytes) {
        assert!(only_picture(&picture).is_ok_and(|(again, _)| again == picture));
    }
}

/// A registry's answer, and IANA's lists.
pub fn rdap(bytes: &[u8]) {
    trace::fuzz_rdap(bytes);
}

/// An address database.
pub fn database(bytes: &[u8]) {
    trace::fuzz_database(bytes);
}

/// A certificate.
pub fn certificate(bytes: &[u8]) {
    let tls = dial::describe(&[bytes.into()], String::new(), String::new(), None);
    assert!(tls.names.len() <= 50 && tls.subject.chars().count() <= 300);
    drop(CaptureConfig::default());
}
