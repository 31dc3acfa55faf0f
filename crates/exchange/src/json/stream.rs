//! JSON out of a stream: a window over it that grows to one value at most.

use super::{Cursor, Fault};
use crate::Limits;
use std::io::{self, Read};

/// Why a value of the stream could not be had.
#[derive(Debug)]
pub enum Stop {
    /// Not JSON from here on: bytes from the start of the value, and what is wrong. The stream cannot go on.
    Broken(usize, &'static str),
    /// The bytes could not be read.
    Io(io::Error),
    /// The value is over a limit; [`Stream::pass`] may step over it.
    Over(&'static str, String),
    /// The caller wanted no more of this value; the stream stands at its start.
    Enough,
}

/// A window over a stream. What is behind it is forgotten.
pub struct Stream<'a> {
    input: &'a mut dyn Read,
    window: Vec<u8>,
    start: usize,
    end: usize,
    whole: bool,
    /// Of `start`: bytes before it.
    offset: u64,
    /// Of `lined`: lines before it.
    lines: u64,
    lined: usize,
    depth: usize,
    text: usize,
    record: usize,
}

/// The window when nothing asks for more, in bytes.
const WINDOW: usize = 256 * 1024;

impl<'a> Stream<'a> {
    /// Nothing is read yet.
    pub fn new(input: &'a mut dyn Read, limits: &Limits) -> Self {
        Self {
            input,
            window: vec![0; WINDOW],
            start: 0,
            end: 0,
            whole: false,
            offset: 0,
            lines: 0,
            lined: 0,
            depth: limits.depth,
            text: limits.text,
            record: limits.record,
        }
    }

    /// Bytes of the stream before the next value.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Line of the place `ahead` bytes from here, from 1.
    pub fn line(&mut self, ahead: usize) -> u64 {
        let to = (self.start + ahead).min(self.end);
        let lines = count_lines(self.window.get(self.lined..self.start).unwrap_or_default());
        self.lines += lines;
        self.lined = self.start.max(self.lined);
        self.lines + count_lines(self.window.get(self.lined..to).unwrap_or_default()) + 1
    }

    /// Moves what is left to the front and reads until there is more; false at the end of the stream.
    fn fill(&mut self) -> io::Result<bool> {
        self.line(0);
        self.window.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        (self.start, self.lined) = (0, 0);
        let wanted = if self.end * 2 > self.window.len() { self.window.len() * 2 } else { self.window.len() };
        self.window.resize(wanted, 0);
        let before = self.end;
        // At least as much again, so that a value begun anew is not begun too often.
        while self.end < (before * 2).max(1) && !self.whole {
            let count = loop {
                match self.input.read(self.window.get_mut(self.end..).unwrap_or_default()) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => (),
                    read => break read?,
                }
            };
            self.end += count;
            self.whole = count == 0;
        }
        Ok(self.end > before)
    }

    fn advance(&mut self, count: usize) {
        self.start += count;
        self.offset += count as u64;
    }

    /// Walks over what comes next with `walk`, as often from its start as the window has to grow.
    pub fn parse<T>(&mut self, mut walk: impl FnMut(&mut Cursor<'_>) -> Result<T, Fault>) -> Result<T, Stop> {
        loop {
            let bytes = self.window.get(self.start..self.end).unwrap_or_default();
            let mut cursor = Cursor::new(bytes, self.whole, self.depth, self.text);
            let fault = match walk(&mut cursor) {
                Ok(value) => {
                    let at = cursor.at();
                    if at > self.record {
                        return Err(self.too_large());
                    }
                    self.advance(at);
                    return Ok(value);
                }
                Err(fault) => fault,
            };
            match fault {
                Fault::More if self.end - self.start > self.record => return Err(self.too_large()),
                Fault::More => _ = self.fill().map_err(Stop::Io)?,
                Fault::Broken(at, reason) => return Err(Stop::Broken(at, reason)),
                Fault::TooDeep => {
                    return Err(Stop::Over("too-deep", format!("it is nested more than {} levels deep", self.depth)));
                }
                Fault::TooLong => {
                    return Err(Stop::Over("too-long", format!("a text in it has more than {} bytes", self.text)));
                }
                Fault::Enough => return Err(Stop::Enough),
            }
        }
    }

    fn too_large(&self) -> Stop {
        Stop::Over("too-large", format!("it has more than {} bytes", self.record))
    }

    /// The next byte that is no blank, which is stepped over to; `None` at the end of the stream.
    pub fn peek(&mut self) -> Result<Option<u8>, Stop> {
        loop {
            let bytes = self.window.get(self.start..self.end).unwrap_or_default();
            let blanks = bytes.iter().position(|b| !b.is_ascii_whitespace());
            let next = blanks.and_then(|at| bytes.get(at).copied());
            self.advance(blanks.unwrap_or(bytes.len()));
            if next.is_some() || (self.whole && self.start == self.end) {
                return Ok(next);
            }
            self.fill().map_err(Stop::Io)?;
        }
    }

    /// Steps over one object, array or text of any size and depth without keeping it. Only brackets and quotes are
    /// looked at: what is inside need not be JSON.
    pub fn pass(&mut self) -> Result<(), Stop> {
        let (mut level, mut quoted, mut escaped) = (0_u64, false, false);
        loop {
            let bytes = self.window.get(self.start..self.end).unwrap_or_default();
            let mut ended = None;
            for (at, byte) in bytes.iter().enumerate() {
                match (quoted, byte) {
                    (true, _) if escaped => escaped = false,
                    (true, b'\\') => escaped = true,
                    (true, b'"') => quoted = false,
                    (false, b'"') => quoted = true,
                    (false, b'{' | b'[') => level += 1,
                    (false, b'}' | b']') => level = level.saturating_sub(1),
                    _ => continue,
                }
                if !quoted && level == 0 {
                    ended = Some(at + 1);
                    break;
                }
            }
            let length = bytes.len();
            self.advance(ended.unwrap_or(length));
            match ended {
                Some(_) => return Ok(()),
                None if self.whole => return Err(Stop::Broken(0, "the file ends inside of a value")),
                None => _ = self.fill().map_err(Stop::Io)?,
            }
        }
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor as Bytes;

    /// Hands out a few bytes at a time.
    struct Drip<R>(R, usize);
    impl<R: Read> Read for Drip<R> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let most = to.len().min(self.1);
            self.0.read(&mut to[..most])
        }
    }

    fn values(text: &str, step: usize, limits: &Limits) -> Vec<Result<String, String>> {
        let mut input = Drip(Bytes::new(text.to_owned()), step);
        let mut stream = Stream::new(&mut input, limits);
        let mut all = Vec::new();
        while stream.peek().unwrap().is_some() {
            let at = (stream.offset(), stream.line(0));
            match stream.parse(|c| c.skip().map(|raw| String::from_utf8_lossy(raw).into_owned())) {
                Ok(value) => all.push(Ok(format!("{value}@{}:{}", at.0, at.1))),
                Err(Stop::Over(rule, _)) => {
                    all.push(Err(rule.into()));
                    stream.pass().unwrap();
                }
                Err(other) => {
                    all.push(Err(format!("{other:?}")));
                    break;
                }
            }
        }
        all
    }

    #[test]
    fn values_come_with_their_place_however_the_bytes_come() {
        for step in [1, 2, 7, 1000] {
            let found = values("[1]\n {\"a\":\n2}\n\n\"x\" ", step, &Limits::default());
            assert_eq!(found, [Ok("[1]@0:1".into()), Ok("{\"a\":\n2}@5:2".into()), Ok("\"x\"@15:5".into())]);
        }
    }

    #[test]
    fn in_3_a_value_over_a_limit_is_stepped_over_and_the_next_one_read() {
        let limits = Limits { record: 10, depth: 2, text: 8, ..Limits::default() };
        for step in [1, 3, 1000] {
            let text = r#"[1234567,9] [1234567] [[[]]] ["12345678"] "123456789" {"}\"]":1} [2]"#;
            let found = values(text, step, &limits);
            let rules: Vec<&str> = found.iter().map(|r| r.as_ref().map_or_else(String::as_str, |_| "ok")).collect();
            assert_eq!(rules, ["too-large", "ok", "too-deep", "too-large", "too-long", "ok", "ok"], "{step}");
        }
    }

    #[test]
    fn the_window_grows_to_one_value_and_not_with_the_stream() {
        let limits = Limits { record: 1024 * 1024, text: 1024 * 1024, ..Limits::default() };
        let one = format!("\"{}\"\n", "x".repeat(700_000));
        let mut input = Bytes::new(one.repeat(20));
        let mut stream = Stream::new(&mut input, &limits);
        while stream.peek().unwrap().is_some() {
            stream.parse(|c| c.skip().map(drop)).unwrap();
        }
        assert_eq!(stream.line(0), 21);
        assert!(stream.window.len() <= 4 * 1024 * 1024, "{}", stream.window.len());
    }
}
