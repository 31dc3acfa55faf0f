//! What crosses the pipe between the two processes: one order in, frames out. Each side takes the other for hostile:
//! lengths are limited before anything is read.

use crate::{
    CaptureConfig, Ended, Event, Found, Login, Order, Payload,
    picture::{Drawing, Shown},
};
use base::Secret;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use url::Url;

/// Longest order, in bytes.
pub const MOST_ORDER: usize = 1 << 20;
/// Longest picture, or part of one, in bytes.
pub const MOST_PICTURE: usize = crate::picture::MOST_BYTES;
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

/// What the other process is to do.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Work {
    Fetch(Box<OnTheWay>),
    Draw(Drawing),
}

/// What the other process is to do, read.
pub enum Ordered {
    /// Capture a page.
    Fetch(Box<Order>),
    /// Draw a picture.
    Draw(Drawing),
}

/// Writes an order to capture.
pub fn order_bytes(order: &Order) -> io::Result<Vec<u8>> {
    let on_the_way = OnTheWay {
        url: order.url.clone(),
        referrer: order.referrer.clone(),
        login: order.login.as_ref().map(|l| (l.user.clone(), l.password.expose().clone())),
        payload: order.payload,
        config: order.config.clone(),
    };
    Ok(serde_json::to_vec(&Work::Fetch(Box::new(on_the_way)))?)
}

/// Writes an order to draw; its parts follow it.
pub fn drawing_bytes(drawing: &Drawing) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&Work::Draw(drawing.clone()))?)
}

/// Reads an order.
pub fn read_order(bytes: &[u8]) -> io::Result<Ordered> {
    let OnTheWay { url, referrer, login, payload, config } = match serde_json::from_slice(bytes)? {
        Work::Fetch(on_the_way) => *on_the_way,
        Work::Draw(drawing) => return Ok(Ordered::Draw(drawing)),
    };
    let login = login.map(|(user, password)| Login { user, password: Secret::new(password) });
    Ok(Ordered::Fetch(Box::new(Order { url, referrer, login, payload, config })))
}

/// What a frame is, its first byte.
const ARCHIVE: u8 = b'a';
const PAGE: u8 = b'p';
const FILE: u8 = b'f';
const ENDED: u8 = b'e';
const DRAWN: u8 = b'd';
const NOT_DRAWN: u8 = b'n';

/// Writes an event as a frame: a letter, two little-endian u32 lengths, JSON and bytes.
pub fn frame(event: &Event) -> io::Result<Vec<u8>> {
    let (letter, json, bytes): (u8, Vec<u8>, &[u8]) = match event {
        Event::Archive(bytes) => (ARCHIVE, Vec::new(), bytes),
        Event::Page(shown, bytes) => (PAGE, serde_json::to_vec(shown)?, bytes),
        Event::File(found, bytes) => (FILE, serde_json::to_vec(found)?, bytes),
        Event::Ended(ended) => (ENDED, serde_json::to_vec(ended)?, &[]),
    };
    whole(letter, &json, bytes)
}

fn whole(letter: u8, json: &[u8], bytes: &[u8]) -> io::Result<Vec<u8>> {
    let length = |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(io::Error::other);
    let (first, second) = (length(json.len())?, length(bytes.len())?);
    Ok([&[letter], first.as_slice(), &second, json, bytes].concat())
}

/// Writes a part of a picture as a frame.
pub fn part(shown: &Shown, bytes: &[u8]) -> io::Result<Vec<u8>> {
    whole(PAGE, &serde_json::to_vec(shown)?, bytes)
}

/// Reads a part of a picture.
pub fn read_part(from: &mut impl Read) -> io::Result<(Shown, Vec<u8>)> {
    let mut head = [0; 9];
    from.read_exact(&mut head)?;
    let (json, bytes) = lengths(head, MOST_PICTURE).ok_or(io::ErrorKind::InvalidData)?;
    let (mut json, mut bytes) = (vec![0; json], vec![0; bytes]);
    from.read_exact(&mut json)?;
    from.read_exact(&mut bytes)?;
    Ok((serde_json::from_slice(&json)?, bytes))
}

/// Writes a picture, or why there is none, as a frame.
pub fn drawn(drawn: &Result<Vec<u8>, String>) -> Vec<u8> {
    let frame = match drawn {
        Ok(picture) => whole(DRAWN, &[], picture),
        Err(why) => whole(NOT_DRAWN, &[], why.as_bytes()),
    };
    frame.unwrap_or_default()
}

/// Reads a picture, or why there is none; `None` when it is neither.
pub fn read_drawn(letter: u8, bytes: Vec<u8>) -> Option<Result<Vec<u8>, String>> {
    match letter {
        DRAWN => Some(Ok(bytes)),
        NOT_DRAWN => {
            let text = String::from_utf8_lossy(&bytes);
            Some(Err(text.chars().filter(|c| !c.is_control()).take(300).collect()))
        }
        _ => None,
    }
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
        PAGE => Some(Event::Page(Box::new(serde_json::from_slice::<Shown>(json).ok()?), bytes)),
        FILE => Some(Event::File(Box::new(serde_json::from_slice::<Found>(json).ok()?), bytes)),
        ENDED if bytes.is_empty() => Some(Event::Ended(Box::new(serde_json::from_slice::<Ended>(json).ok()?))),
        _ => None,
    }
}
