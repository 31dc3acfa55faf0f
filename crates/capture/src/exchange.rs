//! One request and its answer: HTTP/1.1 on a connection of its own, every byte of it kept as it was for the archive.

use crate::{
    Exchange, Failed,
    dial::{Encryption, Stream, WayOut, sha1, sha256},
    names::Names,
    unpack::unpack,
};
use base::{Time, hex};
use md5::{Digest, Md5};
use std::{borrow::Cow, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Mutex,
    time::{Instant, timeout_at},
};
use url::Url;

/// What we say we are. Plain, the same for everybody, and no lie about a person.
pub const USER_AGENT: &str = "Mozilla/5.0 (compatible; capture)";
/// Most bytes of an answer's head.
const MOST_HEAD: usize = 64 << 10;
/// Most headers of an answer.
const MOST_HEADERS: usize = 200;
/// Longest URL that is followed, in bytes.
pub const MOST_URL: usize = 8192;
/// Answers larger than this are read one at a time, so that memory stays at one large answer.
const LARGE: usize = 2 << 20;

/// What exchanges share.
pub struct Desk {
    pub names: Names,
    pub way_out: WayOut,
    pub encryption: Encryption,
    pub clock: fn() -> Time,
    pub most: u64,
    pub seconds: u64,
    /// When the capture has to be done, and how many seconds it has.
    pub until: Instant,
    pub total_seconds: u64,
    pub large: Mutex<()>,
}

/// What is asked for.
pub struct Ask {
    pub url: Url,
    pub redirected_from: Option<Url>,
    pub referrer: Option<Url>,
    /// `Authorization`, for the page's own host.
    pub authorization: Option<String>,
}

/// An exchange, with every byte of it.
pub struct Talked {
    pub exchange: Exchange,
    pub request: Vec<u8>,
    pub response: Vec<u8>,
    /// Where the body begins in `response`.
    pub head: usize,
    /// SHA-256 of the body as sent, without its transfer coding: the archive's payload digest.
    pub payload: [u8; 32],
    /// Why what was sent is not whole, in the archive's words: `length`, `time`, `disconnect` or `unspecified`.
    pub truncated: Option<&'static str>,
    /// The body unpacked.
    pub body: Vec<u8>,
}

impl Talked {
    /// A header of the answer, the first of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.exchange.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The declared media type, without parameters, in lower case.
    pub fn declared(&self) -> Option<String> {
        let kind = self.header("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
        Some(kind).filter(|k| !k.is_empty() && k.len() < 100)
    }

    /// Where the answer sends the asker, if it does.
    pub fn redirect(&self) -> Option<Url> {
        let status = self.exchange.status?;
        if !matches!(status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let mut url = self.exchange.url.join(self.header("location")?.trim()).ok()?;
        url.set_fragment(None);
        Some(url).filter(|u| u.as_str().len() <= MOST_URL)
    }
}

/// Asks, once. Whatever happens there is an exchange to record.
pub async fn talk(desk: &Desk, ask: Ask) -> Talked {
    let (begun, at) = (Instant::now(), (desk.clock)());
    let mut talked = fresh(&ask, at);
    let deadline = (begun + Duration::from_secs(desk.seconds)).min(desk.until);
    if let Err(why) = try_talk(desk, &ask, &mut talked, deadline).await {
        talked.exchange.failed = Some(why);
    }
    talked.exchange.took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    talked
}

/// An exchange in which nothing has happened yet.
pub(crate) fn fresh(ask: &Ask, at: Time) -> Talked {
    Talked {
        exchange: Exchange {
            url: ask.url.clone(),
            redirected_from: ask.redirected_from.clone(),
            at,
            took_ms: 0,
            addresses: Vec::new(),
            connected: None,
            tls: None,
            status: None,
            headers: Vec::new(),
            sent_bytes: 0,
            body_bytes: 0,
            digests: None,
            cut_short: None,
            failed: None,
            record_id: None,
        },
        request: Vec::new(),
        response: Vec::new(),
        head: 0,
        payload: [0; 32],
        truncated: None,
        body: Vec::new(),
    }
}

async fn try_talk(desk: &Desk, ask: &Ask, talked: &mut Talked, deadline: Instant) -> Result<(), Failed> {
    let late = |_| Failed::TimedOut(desk.seconds);
    if Instant::now() >= desk.until {
        return Err(Failed::Limit(format!("a capture takes at most {} seconds", desk.total_seconds)));
    }
    if !matches!(ask.url.scheme(), "http" | "https") {
        return Err(Failed::BadUrl("it is neither http nor https".into()));
    }
    let (addresses, port) = timeout_at(deadline, desk.names.addresses(&ask.url)).await.map_err(late)??;
    talked.exchange.addresses.clone_from(&addresses);
    // The first address that answers, each of them checked above.
    let mut stream = None;
    let mut last = Failed::NoConnection(ask.url.host_str().unwrap_or_default().to_owned());
    for address in addresses.iter().take(4) {
        let to = SocketAddr::new(*address, port);
        match timeout_at(deadline, desk.way_out.connect(to)).await.map_err(late)? {
            Ok(connected) => {
                talked.exchange.connected = Some(to);
                stream = Some(connected);
                break;
            }
            Err(why) => last = why,
        }
    }
    let stream = stream.ok_or(last)?;
    talked.request = request(ask);
    if ask.url.scheme() == "https" {
        let host = ask.url.host_str().unwrap_or_default();
        let (stream, tls) = timeout_at(deadline, desk.encryption.wrap(stream, host)).await.map_err(late)??;
        talked.exchange.tls = Some(tls);
        converse(desk, stream, talked, deadline).await
    } else {
        converse(desk, stream, talked, deadline).await
    }
}

fn request(ask: &Ask) -> Vec<u8> {
    let url = &ask.url;
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
    let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
    let mut text = format!(
        "GET {}{query} HTTP/1.1\r\nHost: {host}{port}\r\nUser-Agent: {USER_AGENT}\r\nAccept: */*\r\n\
         Accept-Encoding: gzip, deflate, br\r\n",
        url.path()
    );
    if let Some(referrer) = &ask.referrer {
        text += &format!("Referer: {referrer}\r\n");
    }
    if let Some(authorization) = &ask.authorization {
        text += &format!("Authorization: {authorization}\r\n");
    }
    text += "Connection: close\r\n\r\n";
    text.into_bytes()
}

pub(crate) async fn converse(
    desk: &Desk,
    mut stream: impl Stream,
    talked: &mut Talked,
    deadline: Instant,
) -> Result<(), Failed> {
    let late = |_| Failed::TimedOut(desk.seconds);
    let broken = |e: std::io::Error| Failed::Protocol(format!("the connection broke ({})", e.kind()));
    timeout_at(deadline, stream.write_all(&talked.request)).await.map_err(late)?.map_err(broken)?;
    let framing = read_head(desk, &mut stream, talked, deadline).await?;
    if let Some((why, words)) = read_body(desk, &mut stream, talked, &framing, deadline).await {
        talked.truncated = Some(why);
        talked.exchange.cut_short = Some(words);
    }
    finish(talked, &framing, desk.most);
    Ok(())
}

/// How an answer's body ends.
enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With its last chunk.
    Chunked,
    /// With the connection.
    Close,
}

/// Reads until the answer's head is whole; answers of the 100s before it are part of the record and count for nothing.
async fn read_head(
    desk: &Desk,
    stream: &mut impl Stream,
    talked: &mut Talked,
    deadline: Instant,
) -> Result<Framing, Failed> {
    let mut begin = 0;
    loop {
        if let Some(length) = head_length(talked.response.get(begin..).unwrap_or_default()) {
            let end = begin + length;
            let status = parse_head(talked, begin, end)?;
            if (100..200).contains(&status) && status != 101 {
                begin = end;
                continue;
            }
            talked.head = end;
            return framing(talked, status);
        }
        if talked.response.len() - begin > MOST_HEAD {
            return Err(Failed::Limit(format!("more than {MOST_HEAD} bytes of headers")));
        }
        let read = timeout_at(deadline, stream.read_buf(&mut talked.response)).await;
        match read.map_err(|_| Failed::TimedOut(desk.seconds))? {
            Ok(0) => return Err(Failed::Protocol("the connection ended before the answer's headers did".into())),
            Ok(_) => {}
            Err(e) => return Err(Failed::Protocol(format!("the connection broke ({})", e.kind()))),
        }
    }
}

fn head_length(bytes: &[u8]) -> Option<usize> {
    let window = bytes.get(..bytes.len().min(MOST_HEAD + 4))?;
    window.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4)
}

fn parse_head(talked: &mut Talked, begin: usize, end: usize) -> Result<u16, Failed> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let head = talked.response.get(begin..end).unwrap_or_default();
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err(Failed::Protocol("its headers end in the middle".into())),
        Err(httparse::Error::TooManyHeaders) => return Err(Failed::Limit(format!("more than {MOST_HEADERS} headers"))),
        Err(e) => return Err(Failed::Protocol(e.to_string())),
    }
    let status = parsed.code.unwrap_or(0);
    let text = |value: &[u8]| String::from_utf8_lossy(value).chars().take(8192).collect::<String>();
    talked.exchange.headers = parsed.headers.iter().map(|h| (h.name.to_owned(), text(h.value))).collect();
    talked.exchange.status = Some(status);
    Ok(status)
}

fn framing(talked: &Talked, status: u16) -> Result<Framing, Failed> {
    if matches!(status, 101 | 204 | 304) {
        return Ok(Framing::Length(0));
    }
    if talked.header("transfer-encoding").is_some_and(|v| v.to_ascii_lowercase().contains("chunked")) {
        return Ok(Framing::Chunked);
    }
    let lengths: Vec<&str> = talked
        .exchange
        .headers
        .iter()
        .filter(|(n, _)| n.eq_ignore_ascii_case("content-length"))
        .map(|(_, v)| v.trim())
        .collect();
    match lengths.as_slice() {
        [] => Ok(Framing::Close),
        [one, rest @ ..] if rest.iter().all(|other| other == one) => {
            one.parse().map(Framing::Length).map_err(|_| Failed::Protocol("its length is no number".into()))
        }
        _ => Err(Failed::Protocol("it gives two lengths".into())),
    }
}

/// Reads the body as far as the limits go; says why it is not whole.
async fn read_body(
    desk: &Desk,
    stream: &mut impl Stream,
    talked: &mut Talked,
    framing: &Framing,
    mut deadline: Instant,
) -> Option<(&'static str, String)> {
    let most = usize::try_from(desk.most).unwrap_or(usize::MAX);
    let mut chunks = Chunks::default();
    let mut alone = None;
    loop {
        let body = talked.response.get(talked.head..).unwrap_or_default();
        let done = match framing {
            Framing::Length(length) => body.len() as u64 >= *length,
            Framing::Chunked => match chunks.advance(body) {
                Ok(done) => done,
                Err(why) => return Some(("unspecified", why.into())),
            },
            Framing::Close => false,
        };
        if done {
            if let Framing::Length(length) = framing {
                let end = talked.head + usize::try_from(*length).unwrap_or(usize::MAX);
                talked.response.truncate(end);
            }
            return None;
        }
        if body.len() >= most {
            talked.response.truncate(talked.head + most);
            return Some(("length", format!("it is longer than {most} bytes")));
        }
        if body.len() > LARGE && alone.is_none() {
            let waited = Instant::now();
            let Ok(mine) = timeout_at(desk.until, desk.large.lock()).await else {
                return Some(("time", format!("it did not end within {} seconds", desk.total_seconds)));
            };
            alone = Some(mine);
            deadline = (deadline + waited.elapsed()).min(desk.until);
        }
        if talked.response.capacity() - talked.response.len() < 8 << 10 {
            let more = talked.response.len().clamp(16 << 10, 4 << 20);
            talked.response.reserve_exact(more);
        }
        match timeout_at(deadline, stream.read_buf(&mut talked.response)).await {
            Err(_) => return Some(("time", format!("it did not end within {} seconds", desk.seconds))),
            Ok(Err(e)) => return Some(("disconnect", format!("the connection broke ({})", e.kind()))),
            Ok(Ok(0)) if matches!(framing, Framing::Close) => return None,
            Ok(Ok(0)) => return Some(("disconnect", "the connection ended before the answer did".into())),
            Ok(Ok(_)) => {}
        }
    }
}

/// Walks a chunked body as it grows (RFC 9112, section 7.1).
#[derive(Default)]
struct Chunks {
    /// Where the next chunk's line begins.
    at: usize,
    trailer: bool,
}

impl Chunks {
    fn advance(&mut self, body: &[u8]) -> Result<bool, &'static str> {
        loop {
            let rest = body.get(self.at..).unwrap_or_default();
            let Some(end) = rest.windows(2).take(4096).position(|w| w == b"\r\n") else {
                return if rest.len() > 4096 { Err("a chunk's line does not end") } else { Ok(false) };
            };
            if self.trailer {
                self.at += end + 2;
                if end == 0 {
                    return Ok(true);
                }
                continue;
            }
            let size = chunk_size(rest.get(..end).unwrap_or_default()).ok_or("a chunk's length is no number")?;
            if size == 0 {
                self.at += end + 2;
                self.trailer = true;
                continue;
            }
            let next =
                (self.at + end + 2).checked_add(size).and_then(|n| n.checked_add(2)).ok_or("a chunk is too long")?;
            if next > body.len() {
                return Ok(false);
            }
            self.at = next;
        }
    }
}

fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|b| *b == b';').next()?;
    let text = std::str::from_utf8(digits).ok()?.trim();
    if text.is_empty() || text.len() > 15 { None } else { usize::from_str_radix(text, 16).ok() }
}

/// A chunked body without its chunks, as far as it goes.
fn without_chunks(body: &[u8]) -> Vec<u8> {
    let (mut entity, mut at) = (Vec::new(), 0);
    while let Some(rest) = body.get(at..) {
        let Some(end) = rest.windows(2).take(4096).position(|w| w == b"\r\n") else { break };
        let Some(size) = chunk_size(rest.get(..end).unwrap_or_default()).filter(|s| *s > 0) else { break };
        let begin = at + end + 2;
        let stop = begin.saturating_add(size).min(body.len());
        entity.extend_from_slice(body.get(begin..stop).unwrap_or_default());
        at = stop.saturating_add(2);
    }
    entity
}

fn finish(talked: &mut Talked, framing: &Framing, most: u64) {
    let body = talked.response.get(talked.head..).unwrap_or_default();
    talked.exchange.sent_bytes = talked.response.len() as u64;
    let entity = match framing {
        Framing::Chunked => Cow::Owned(without_chunks(body)),
        Framing::Length(_) | Framing::Close => Cow::Borrowed(body),
    };
    talked.payload = sha256(&entity);
    let codings = talked.header("content-encoding").unwrap_or_default().to_owned();
    if codings.trim().is_empty() {
        talked.body = entity.into_owned();
    } else {
        let unpacked = unpack(&entity, &codings, most);
        talked.body = unpacked.body;
        talked.exchange.cut_short = talked.exchange.cut_short.take().or(unpacked.cut_short);
    }
    talked.exchange.body_bytes = talked.body.len() as u64;
    let md5: [u8; 16] = Md5::digest(&talked.body).into();
    talked.exchange.digests = Some([hex(&md5), hex(&sha1(&talked.body)), hex(&sha256(&talked.body))]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_ends_where_it_says_however_it_comes_in() {
        let body = b"4;x=y\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: z\r\n\r\n";
        for cut in 0..body.len() {
            assert_eq!(Chunks::default().advance(&body[..cut]), Ok(false), "{cut}");
        }
        let mut walked = Chunks::default();
        let mut done = false;
        for cut in 0..=body.len() {
            done = walked.advance(&body[..cut]).unwrap();
        }
        assert!(done);
        assert_eq!(without_chunks(body), b"Wikipedia");
        for bad in [&b"zz\r\nx"[..], b"\r\nx", b"fffffffffffffffff\r\n"] {
            assert!(Chunks::default().advance(bad).is_err());
        }
    }
}
