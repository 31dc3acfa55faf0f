//! The demo's resolver: takes the block list's zone from the demo's own name server by transfer and key, as an access provider's
//! would, and answers by it: a listed name, and everything below it, leads to the stop page; everything else is asked of the
//! invented web's name server. `dig @127.0.0.1 -p PORT NAME` shows it.

use super::network::Somebody;
use crate::house::Result;
use base::OrgKind;
use exchange::{
    blocklist::{provider, stop::Typed},
    rpz::{
        client::Copy,
        tsig::{Algorithm, Key},
        wire,
    },
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{net::UdpSocket, time::timeout};
use web::App;

/// Where listed names lead in the demo: an address that is nobody's.
const STOP_PAGE: &str = "192.0.2.80";
/// How often the zone is asked for.
const EVERY: Duration = Duration::from_secs(1);

/// Starts the resolver and says where it listens.
pub async fn start(
    app: &App,
    people: &[Somebody],
    server: SocketAddr,
    names: Option<SocketAddr>,
) -> Result<SocketAddr> {
    let operator = people.iter().find(|p| p.organisation.kind == OrgKind::Asp).ok_or("the demo has no provider")?;
    let tx = app.db.begin(&operator.actor).await?;
    let typed = Typed { a: STOP_PAGE, ..Typed::default() };
    let (_, act) = provider::set_stop(&tx, &app.blocklist, typed).await?;
    tx.commit(&act).await?;
    let zone = app.blocklist.config.zone.clone();
    let asked = provider::Asked { algorithm: Algorithm::Sha256.word(), days: Some(2) };
    let (key, secret) = provider::make_key(&app.db, &app.vault, &zone, &operator.actor, asked).await?;
    let key = Key::new(&key.name, key.algorithm, secret.expose()).ok_or("the key's name is none")?;
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await?;
    let at = socket.local_addr()?;
    let copy = Arc::new(Mutex::new(Copy::default()));
    let db = app.db.clone();
    let kept = Arc::clone(&copy);
    let of = zone.clone();
    tokio::spawn(async move {
        loop {
            let mut next = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let clock = || u64::try_from(db.now().micros() / 1_000_000).unwrap_or_default();
            match next.refresh(server, &of, &key, clock).await {
                Ok(_) => *kept.lock().unwrap_or_else(PoisonError::into_inner) = next,
                Err(error) => tracing::debug!(%error, "the demo's resolver cannot take the zone"),
            }
            tokio::time::sleep(EVERY).await;
        }
    });
    tokio::spawn(answer(socket, copy, zone, names));
    Ok(at)
}

async fn answer(socket: UdpSocket, copy: Arc<Mutex<Copy>>, zone: String, names: Option<SocketAddr>) {
    let suffix = wire::name(&zone).unwrap_or_default();
    let mut buffer = [0; 1232];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else { continue };
        let question = buffer.get(..length).unwrap_or_default().to_vec();
        let stop = name_of(&question).and_then(|name| {
            let copy = copy.lock().unwrap_or_else(PoisonError::into_inner);
            leads_to(&copy, &name, &suffix)
        });
        let said = match (stop, names) {
            (Some(address), _) => Some(answered(&question, &address)),
            (None, Some(names)) => forwarded(&question, names).await,
            (None, None) => None,
        };
        if let Some(said) = said {
            drop(socket.send_to(&said, from).await);
        }
    }
}

/// The name asked for: wire form, lower case, without its root label.
fn name_of(question: &[u8]) -> Option<Vec<u8>> {
    let (mut at, mut name) = (wire::HEAD, Vec::new());
    loop {
        let length = usize::from(*question.get(at)?);
        if length == 0 {
            return Some(name);
        }
        name.extend(question.get(at..at + 1 + length).filter(|_| length < 64)?.iter().map(u8::to_ascii_lowercase));
        at += 1 + length;
    }
}

/// Where the zone leads a name: itself, or by the star of a listed domain above it.
fn leads_to(copy: &Copy, name: &[u8], suffix: &[u8]) -> Option<Vec<u8>> {
    let address = |owner: &[u8]| copy.of(owner).find(|(kind, _)| *kind == 1).map(|(_, data)| data.to_vec());
    if let Some(found) = address(&[name, suffix].concat()) {
        return Some(found);
    }
    let mut rest = name;
    loop {
        let label = usize::from(*rest.first()?);
        rest = rest.get(1 + label..)?;
        if let Some(found) = address(&[b"\x01*", rest, suffix].concat()) {
            return Some(found);
        }
    }
}

/// The question with one answer; with none where something else than an IPv4 address was asked for.
fn answered(question: &[u8], address: &[u8]) -> Vec<u8> {
    let mut out = question.get(..wire::HEAD).unwrap_or_default().to_vec();
    let kind = name_of(question).map_or(wire::HEAD, |name| wire::HEAD + name.len() + 1);
    let asked = question.get(kind..kind + 2) == Some(&[0, 1]);
    out.extend_from_slice(question.get(wire::HEAD..kind + 4).unwrap_or_default());
    out.splice(2..wire::HEAD.min(out.len()), [0x81, 0x80, 0, 1, 0, u8::from(asked), 0, 0, 0, 0]);
    if asked {
        out.extend_from_slice(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4]);
        out.extend_from_slice(address);
    }
    out
}

async fn forwarded(question: &[u8], names: SocketAddr) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind(("127.0.0.1", 0)).await.ok()?;
    socket.send_to(question, names).await.ok()?;
    let mut buffer = [0; 1232];
    let length = timeout(Duration::from_secs(1), socket.recv(&mut buffer)).await.ok()?.ok()?;
    buffer.get(..length).map(<[u8]>::to_vec)
}
