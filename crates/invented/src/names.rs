//! The name server: one question in a datagram, one answer (RFC 1035), for the names of the invented world only.

use crate::{
    State,
    world::{ALIASES, address},
};
use std::sync::Arc;
use tokio::net::UdpSocket;

const A: u16 = 1;
const NS: u16 = 2;
const CNAME: u16 = 5;
const MX: u16 = 15;

/// Answers until it is ended.
pub async fn serve(socket: UdpSocket, state: Arc<State>) {
    let mut buffer = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        state.count("names");
        if let Some(answer) = buffer.get(..length).and_then(|asked| answer(asked, state.has_moved())) {
            drop(socket.send_to(&answer, from).await);
        }
    }
}

fn answer(asked: &[u8], moved: bool) -> Option<Vec<u8>> {
    let (name, kind, end) = question(asked)?;
    let mut records: Vec<Vec<u8>> = Vec::new();
    let alias = ALIASES.iter().find(|(from, _)| *from == name).map(|(_, to)| *to);
    if let Some(to) = alias {
        records.push(record(&name, CNAME, &spelled(to)));
    }
    let end_name = alias.unwrap_or(&name);
    let at = address(end_name, moved);
    match (kind, at) {
        (A, Some(at)) => records.push(record(end_name, A, &at.octets())),
        (MX, _) if name == "shop.example" => {
            records.clear();
            records.push(record(&name, MX, &[&[0, 10], spelled("mail.shop.example").as_slice()].concat()));
        }
        (NS, Some(_)) => records.push(record(end_name, NS, &spelled("ns.example"))),
        _ => {}
    }
    let known = at.is_some() || alias.is_some();
    let code: u8 = if known { 0 } else { 3 };
    let count = u16::try_from(records.len()).ok()?.to_be_bytes();
    let head = [asked.get(..2)?, &[0x85, 0x80 | code], &[0, 1], &count, &[0, 0], &[0, 0]].concat();
    Some([head, asked.get(12..end)?.to_vec(), records.concat()].concat())
}

/// Name, type and where the question ends.
fn question(asked: &[u8]) -> Option<(String, u16, usize)> {
    let (mut at, mut labels) = (12, Vec::new());
    loop {
        let length = usize::from(*asked.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8(asked.get(at..at + length)?.to_vec()).ok()?.to_ascii_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes(asked.get(at..at + 2)?.try_into().ok()?);
    Some((labels.join("."), kind, at + 4))
}

fn spelled(name: &str) -> Vec<u8> {
    let mut bytes: Vec<u8> = Vec::new();
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap_or(0));
        bytes.extend(label.bytes());
    }
    bytes.push(0);
    bytes
}

fn record(name: &str, kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(0).to_be_bytes();
    let head = [kind.to_be_bytes(), [0, 1], [0, 0], [0, 5], length].concat();
    [spelled(name), head, data.to_vec()].concat()
}
