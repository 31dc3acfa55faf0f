//! What crosses the pipe between the two processes: one order in, frames out. Each side takes the other for hostile:
//! lengths are limited before anything is read.

use crate::{CaptureConfig, Ended, Event, Found, Login, Order, Payload};
use base::Secret;
use serde::{Deserialize, Serialize};
use std::io;
use url::Url;

/// Longest order, in bytes.
pub const MOST_ORDER: usize = 1 << 20;
/// Longest JSON in a frame, in bytes.
pub const MOST_JSON: usize = 64 << 20;

/// An order as it crosses; the password is a secret again on the other side.
#[derive(Serialize, Deserialize)]
struct OnTheWay {
    url: Url,
    referrer: Option<Url>,
    login: Option<(String, String)>,
    payload: Payload,
    config: CaptureConfig,
}

/// Writes an order.
pub fn order_bytes(order: &Order) -> io::Result<Vec<u8>> {
    let on_the_way = OnTheWay {
        url: order.url.clone(),
        referrer: order.referrer.clone(),
        login: order.login.as_ref().map(|l| (l.user.clone(), l.password.expose().clone())),
        payload: order.payload,
        config: order.config.clone(),
    };
    Ok(serde_json::to_vec(&on_the_way)?)
}

/// Reads an order.
pub fn read_order(bytes: &[u8]) -> io::Result<Order> {
    let OnTheWay { url, referrer, login, payload, config } = serde_json::from_slice(bytes)?;
    let login = login.map(|(user, password)| Login { user, password: Secret::new(password) });
    Ok(Order { url, referrer, login, payload, config })
}

/// What a frame is, its first byte.
const ARCHIVE: u8 = b'a';
const FILE: u8 = b'f';
const ENDED: u8 = b'e';

/// Writes an event as a frame: a letter, two little-endian u32 lengths, JSON and bytes.
pub fn frame(event: &Event) -> io::Result<Vec<u8>> {
    let (letter, json, bytes): (u8, Vec<u8>, &[u8]) = match event {
        Event::Archive(bytes) => (ARCHIVE, Vec::new(), bytes),
        Event::File(found, bytes) => (FILE, serde_json::to_vec(found)?, bytes),
        Event::Ended(ended) => (ENDED, serde_json::to_vec(ended)?, &[]),
    };
    let length = |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(io::Error::other);
    let (first, second) = (length(json.len())?, length(bytes.len())?);
    Ok([&[letter], first.as_slice(), &second, &json, bytes].concat())
}

/// Lengths of a frame's two parts, when they are within limits: JSON, bytes.
pub fn lengths(head: [u8; 9], most_bytes: usize) -> Option<(usize, usize)> {
    let [_, a, b, c, d, e, f, g, h] = head;
    let json = usize::try_from(u32::from_le_bytes([a, b, c, d])).ok()?;
    let bytes = usize::try_from(u32::from_le_bytes([e, f, g, h])).ok()?;
    (json <= MOST_JSON && bytes <= most_bytes).then_some((json, bytes))
}

/// Reads a frame whose parts are there.
pub fn event(letter: u8, json: &[u8], bytes: Vec<u8>) -> Option<Event> {
    match letter {
        ARCHIVE if json.is_empty() => Some(Event::Archive(bytes)),
        FILE => Some(Event::File(Box::new(serde_json::from_slice::<Found>(json).ok()?), bytes)),
        ENDED if bytes.is_empty() => Some(Event::Ended(Box::new(serde_json::from_slice::<Ended>(json).ok()?))),
        _ => None,
    }
}
