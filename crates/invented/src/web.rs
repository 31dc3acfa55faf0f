//! The sites, told apart by the host that is asked for.

use crate::{State, paint, visitors, world};
use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use std::{io, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

const VIDEO: &[u8] = include_bytes!("../assets/shapes.mp4");
/// Drawings in the gallery.
const GALLERY: u32 = 200;

/// Listens on every address of the world at one port that is free on all of them; at `wanted`, if that is.
pub async fn listen(wanted: u16) -> io::Result<(u16, Vec<TcpListener>)> {
    let addresses = world::addresses();
    let mut last = io::Error::other("no address");
    for first in std::iter::once(wanted).chain([0; 20]) {
        let mut listeners: Vec<TcpListener> = Vec::new();
        let mut port = first;
        for address in &addresses {
            match TcpListener::bind((*address, port)).await {
                Ok(listener) => {
                    port = listener.local_addr()?.port();
                    listeners.push(listener);
                }
                Err(error) => last = error,
            }
        }
        if listeners.len() == addresses.len() {
            return Ok((port, listeners));
        }
    }
    Err(last)
}

/// Serves until it is ended.
pub async fn serve(listener: TcpListener, port: u16, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, port, Arc::clone(&state)));
    }
}

/// Serves encrypted until it is ended.
pub async fn serve_encrypted(listener: TcpListener, config: Arc<ServerConfig>, port: u16, state: Arc<State>) {
    let acceptor = TlsAcceptor::from(config);
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, state) = (acceptor.clone(), Arc::clone(&state));
        tokio::spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream, port, state).await;
            }
        });
    }
}

/// A certificate that nobody vouches for.
pub fn certificate() -> io::Result<Arc<ServerConfig>> {
    let key = KeyPair::generate().map_err(io::Error::other)?;
    let params = CertificateParams::new(vec!["secure.example".to_owned()]).map_err(io::Error::other)?;
    let certificate = params.self_signed(&key).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    Ok(Arc::new(config.map_err(io::Error::other)?))
}

/// What was asked for.
pub struct Asked {
    pub method: String,
    pub host: String,
    pub path: String,
    pub referrer: String,
    pub authorization: String,
}

/// Reads a request's head, at most 16 KiB.
pub async fn request(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > 16 << 10 {
            return None;
        }
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let header = |name: &str| {
        let line = text.lines().find(|l| l.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|l| l.split_once(':')).map(|(_, v)| v.trim().to_owned()).unwrap_or_default()
    };
    let host = header("host").split(':').next().unwrap_or_default().to_owned();
    let mut words = text.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Asked { method, host, path, referrer: header("referer"), authorization: header("authorization") })
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, port: u16, state: Arc<State>) {
    let Some(mut asked) = request(&mut stream).await else { return };
    if let Some(name) = world::name_at(&asked.host, state.has_moved()) {
        asked.host = name.to_owned();
    }
    state.count(&asked.host);
    let bytes = respond(&asked, port, &state);
    drop(stream.write_all(&bytes).await);
    drop(stream.shutdown().await);
}

fn respond(asked: &Asked, port: u16, state: &State) -> Vec<u8> {
    let path = asked.path.split('?').next().unwrap_or_default();
    if let Some(seed) = path.strip_prefix("/p/").and_then(|n| n.split('.').next()).and_then(|n| n.parse().ok()) {
        return send(200, paint::kind(seed), &[], &paint::picture(seed));
    }
    if asked.host == world::VISITORS.to_string() {
        return visitors::respond(&asked.method, path, port, state);
    }
    match (asked.host.as_str(), path) {
        (_, "/shapes.mp4") => send(200, "video/mp4", &[], VIDEO),
        (_, "/board.css") => send(200, "text/css", &[], b"body { background: url(/p/7.jpg) }"),
        ("board.example" | "secure.example", _) => page("Drawn shapes", &board()),
        ("gallery.example", _) => page("A gallery of drawings", &pictures(1000, GALLERY)),
        ("short.example", _) => to(302, &format!("http://hop.example:{port}/on")),
        ("hop.example", _) => to(301, &format!("http://board.example:{port}/page")),
        ("cinema.example", _) => {
            page("Test shapes", "<video poster=/p/9.jpg><source src=/shapes.mp4 type=video/mp4></video>")
        }
        ("shop.example", _) => {
            let body = html("A page behind a delivery network", &pictures(40, 2));
            send(
                200,
                "text/html; charset=utf-8",
                &["Server: example-cdn", "Via: 1.1 edge.cdn.example"],
                body.as_bytes(),
            )
        }
        ("moving.example", _) if state.has_moved() => page("The same drawings elsewhere", &pictures(51, 3)),
        ("moving.example", _) => page("Drawings that will move", &pictures(50, 3)),
        ("vanishing.example", _) if state.has_vanished() => send(410, "text/plain", &[], b"gone"),
        ("vanishing.example", _) => page("Drawings that will vanish", &pictures(60, 2)),
        // ada:drawn
        ("locked.example", _) if asked.authorization != "Basic YWRhOmRyYXdu" => {
            send(401, "text/plain", &["WWW-Authenticate: Basic realm=\"drawings\""], b"sign in")
        }
        ("locked.example", _) => page("Drawings behind a door", &pictures(70, 2)),
        ("referred.example", _) if !asked.referrer.starts_with("http://board.example") => {
            send(403, "text/plain", &[], b"come from the board")
        }
        ("referred.example", _) => page("Drawings for those who come from the board", &pictures(80, 2)),
        ("disputed.example", _) => page("Drawings nobody can place", &pictures(90, 1)),
        _ => send(404, "text/plain", &[], b"nothing here"),
    }
}

fn board() -> String {
    "<link rel=stylesheet href=/board.css><img src=/p/10.png><img src=\"/p/11.jpg\"><img srcset=\"/p/12.png 1x, /p/13.jpg 2x\">\
     <picture><source srcset=/p/14.png></picture><a href=/p/15.jpg>a drawing</a><a href=/other>another page</a>"
        .to_owned()
}

fn pictures(first: u32, count: u32) -> String {
    let one = |n: u32| format!("<img src=\"/p/{n}.{}\">\n", if n.is_multiple_of(2) { "png" } else { "jpg" });
    (first..first + count).map(one).collect()
}

pub fn html(title: &str, body: &str) -> String {
    format!("<!doctype html><html lang=en><title>{title}</title><p>{title}. Invented, harmless.</p>{body}</html>")
}

fn page(title: &str, body: &str) -> Vec<u8> {
    send(200, "text/html; charset=utf-8", &[], html(title, body).as_bytes())
}

pub fn to(status: u16, url: &str) -> Vec<u8> {
    send(status, "text/plain", &[&format!("Location: {url}")], b"")
}

pub fn send(status: u16, kind: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let more: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
    let head = format!(
        "HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{more}Connection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
