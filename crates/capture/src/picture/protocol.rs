//! The browser's own protocol, as much of it as a picture needs: JSON messages, each ended by a NUL byte, on two pipes
//! (`--remote-debugging-pipe`). What comes back is hostile until read: it is limited in length, and only members that are
//! asked for are looked at.

use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    process::{ChildStdin, ChildStdout},
};

/// Longest message: a picture in base64.
const MOST_MESSAGE: usize = 96 << 20;

/// The two pipes.
pub struct Talk<R = ChildStdout, W = ChildStdin> {
    from: R,
    to: W,
    held: Vec<u8>,
    /// How much of `held` was searched for an end.
    searched: usize,
    last: u64,
    /// Messages that came while an answer was awaited.
    waiting: VecDeque<Value>,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Talk<R, W> {
    /// On these pipes.
    pub fn new(from: R, to: W) -> Self {
        Self { from, to, held: Vec::new(), searched: 0, last: 0, waiting: VecDeque::new() }
    }

    /// Sends a command and returns its number.
    pub async fn send(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<u64, String> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let (Some(session), Some(members)) = (session, message.as_object_mut()) {
            members.insert("sessionId".into(), session.into());
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).await.map_err(|_| gone())?;
        Ok(self.last)
    }

    /// Sends a command and returns its result; what else comes meanwhile waits for [`Talk::event`].
    pub async fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send(session, method, params).await?;
        loop {
            let mut message = self.message().await?;
            if message.get("id").and_then(Value::as_u64) == Some(id) {
                if let Some(result) = message.get_mut("result") {
                    return Ok(result.take());
                }
                let why = message.pointer("/error/message").and_then(Value::as_str).unwrap_or("no result");
                return Err(format!("{method}: {}", why.chars().take(100).collect::<String>()));
            }
            self.keep(message);
        }
    }

    /// The next event.
    pub async fn event(&mut self) -> Result<Value, String> {
        if let Some(event) = self.waiting.pop_front() {
            return Ok(event);
        }
        loop {
            let message = self.message().await?;
            if message.get("method").is_some() {
                return Ok(message);
            }
        }
    }

    /// Whether an event waits that came while an answer was awaited.
    pub fn holds_events(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn keep(&mut self, message: Value) {
        if message.get("method").is_some() && self.waiting.len() < 10_000 {
            self.waiting.push_back(message);
        }
    }

    async fn message(&mut self) -> Result<Value, String> {
        loop {
            let unsearched = self.held.get(self.searched..).unwrap_or_default();
            if let Some(at) = unsearched.iter().position(|b| *b == 0) {
                let end = self.searched + at;
                let message = serde_json::from_slice(self.held.get(..end).unwrap_or_default());
                self.held.drain(..=end);
                self.searched = 0;
                return message.map_err(|_| "the browser does not speak as a browser does".into());
            }
            self.searched = self.held.len();
            if self.held.len() > MOST_MESSAGE {
                return Err("the browser says more than a picture can be".into());
            }
            self.held.reserve(64 << 10);
            match self.from.read_buf(&mut self.held).await {
                Ok(0) | Err(_) => return Err(gone()),
                Ok(_) => {}
            }
        }
    }
}

fn gone() -> String {
    "the browser ended before its work".into()
}

/// Undoes base64 (RFC 4648); `None` when it is none.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let value = |b: u8| -> Option<u32> {
        Some(u32::from(match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }))
    };
    let plain = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(plain.len() / 4 * 3 + 3);
    for four in plain.chunks(4) {
        let mut held = 0;
        for byte in four {
            held = held << 6 | value(*byte)?;
        }
        let whole = (held << (6 * (4 - four.len()))).to_be_bytes();
        bytes.extend(whole.get(1..four.len())?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::base64;

    #[test]
    fn base64_comes_back() {
        for length in 0..50_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
            assert_eq!(from_base64(&base64(&bytes)), Some(bytes));
        }
        assert_eq!(from_base64("Zm9v!"), None);
    }

    #[tokio::test]
    async fn answers_find_their_question_and_events_wait() {
        let said =
            b"{\"method\":\"a\"}\0{\"id\":7,\"result\":{}}\0{\"id\":1,\"result\":{\"x\":2}}\0{\"method\":\"b\"}\0";
        let mut talk = Talk::new(&said[..], Vec::new());
        assert_eq!(talk.call(None, "m", json!({})).await, Ok(json!({ "x": 2 })));
        assert!(talk.holds_events());
        assert_eq!(talk.event().await.unwrap()["method"], "a");
        assert_eq!(talk.event().await.unwrap()["method"], "b");
        assert_eq!(talk.event().await, Err(gone()));
        let mut talk = Talk::new(&b"{\"id\":1,\"error\":{\"message\":\"no\"}}\0nonsense\0"[..], Vec::new());
        assert_eq!(talk.call(None, "m", json!({})).await, Err("m: no".into()));
        assert!(talk.event().await.is_err());
    }
}
