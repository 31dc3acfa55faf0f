//! A walk over JSON in memory. When the bytes end too early the walk says [`Fault::More`], and whoever holds the stream
//! starts the same value again with more of it.

use std::{borrow::Cow, ops::ControlFlow};

/// Why a walk ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The bytes end inside of a value; there may be more of them.
    More,
    /// Not JSON from here on: bytes from the start of the walk, and what is wrong.
    Broken(usize, &'static str),
    /// Well-formed so far, and nested too deeply.
    TooDeep,
    /// Well-formed so far, and a text of it is too long.
    TooLong,
    /// The caller wanted no more of this value.
    Enough,
}

/// Where the walk is.
#[derive(Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// No more bytes will come.
    whole: bool,
    /// Levels that may still be entered.
    depth: usize,
    longest: usize,
}

/// A text as it stands in the file, between its quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Text<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl<'a> Text<'a> {
    /// The bytes between the quotes when none is escaped, as in digests and numbers.
    pub const fn plain(&self) -> Option<&'a [u8]> {
        if self.escaped { None } else { Some(self.raw) }
    }

    /// The text. `None` when it is not UTF-8 or an escape is wrong.
    pub fn decode(&self) -> Option<Cow<'a, str>> {
        let raw = std::str::from_utf8(self.raw).ok()?;
        if !self.escaped {
            return Some(Cow::Borrowed(raw));
        }
        serde_json::from_str(&format!("\"{raw}\"")).ok().map(Cow::Owned)
    }
}

/// A value without parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scalar<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Flag(bool),
    /// Digits, sign, point and exponent, as they are written.
    Number(&'a str),
    /// Between quotes.
    Text(Text<'a>),
}

impl<'a> Cursor<'a> {
    /// At the start of `bytes`. `whole` when no more will come, `depth` levels and texts of `longest` bytes at most.
    pub const fn new(bytes: &'a [u8], whole: bool, depth: usize, longest: usize) -> Self {
        Self { bytes, at: 0, whole, depth, longest }
    }

    /// Bytes walked over.
    #[inline]
    pub const fn at(&self) -> usize {
        self.at
    }

    fn broken<T>(&self, reason: &'static str) -> Result<T, Fault> {
        Err(Fault::Broken(self.at, reason))
    }

    /// What to say when the bytes are at their end.
    #[inline]
    fn ended<T>(&self) -> Result<T, Fault> {
        if self.whole { self.broken("the file ends inside of a value") } else { Err(Fault::More) }
    }

    /// The next byte that is no blank; it is not walked over.
    #[inline]
    pub fn peek(&mut self) -> Result<u8, Fault> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(byte) => return Ok(*byte),
                None => return self.ended(),
            }
        }
    }

    /// Walks over `byte`, when it is next.
    #[inline]
    pub fn eat(&mut self, byte: u8) -> Result<bool, Fault> {
        let is = self.peek()? == byte;
        self.at += usize::from(is);
        Ok(is)
    }

    #[inline]
    fn must(&mut self, byte: u8, reason: &'static str) -> Result<(), Fault> {
        if self.eat(byte)? { Ok(()) } else { self.broken(reason) }
    }

    /// A text.
    pub fn text(&mut self) -> Result<Text<'a>, Fault> {
        self.must(b'"', "a text in quotes is missing")?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(stop) = special(rest) else {
                return if rest.len() + (self.at - start) > self.longest { Err(Fault::TooLong) } else { self.ended() };
            };
            self.at += stop;
            match rest.get(stop) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    if self.bytes.len() < self.at + 2 {
                        return self.ended();
                    }
                    self.at += 2;
                }
                _ => return self.broken("a control character stands in a text"),
            }
        }
        let raw = self.bytes.get(start..self.at).unwrap_or_default();
        if raw.len() > self.longest {
            return Err(Fault::TooLong);
        }
        self.at += 1;
        Ok(Text { raw, escaped })
    }

    /// A value without parts; `None` when it has parts, nothing is walked over then.
    #[inline]
    pub fn scalar(&mut self) -> Result<Option<Scalar<'a>>, Fault> {
        Ok(Some(match self.peek()? {
            b'{' | b'[' => return Ok(None),
            b'"' => Scalar::Text(self.text()?),
            b't' => self.word(b"true", Scalar::Flag(true))?,
            b'f' => self.word(b"false", Scalar::Flag(false))?,
            b'n' => self.word(b"null", Scalar::Null)?,
            _ => self.number()?,
        }))
    }

    fn word(&mut self, word: &[u8], value: Scalar<'a>) -> Result<Scalar<'a>, Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        if word.starts_with(rest) { self.ended() } else { self.broken("a value is missing") }
    }

    fn number(&mut self) -> Result<Scalar<'a>, Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let numeric = |b: &u8| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().position(|b| !numeric(b)).unwrap_or(rest.len());
        if length == rest.len() && !self.whole {
            return if length > 64 { self.broken("a number is too long") } else { Err(Fault::More) };
        }
        let text = rest.get(..length).and_then(|raw| std::str::from_utf8(raw).ok()).unwrap_or_default();
        if length > 64 || !is_number(text.as_bytes()) {
            return self.broken(if text.is_empty() { "a value is missing" } else { "a number is malformed" });
        }
        self.at += length;
        Ok(Scalar::Number(text))
    }

    /// Enters a level; the caller restores what is answered when it leaves.
    fn deeper(&mut self) -> Result<usize, Fault> {
        let before = self.depth;
        self.depth = before.checked_sub(1).ok_or(Fault::TooDeep)?;
        Ok(before)
    }

    /// An object: `each` is called with every name and has to walk over the value.
    pub fn object(&mut self, mut each: impl FnMut(Text<'a>, &mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        let depth = self.deeper()?;
        self.must(b'{', "an object is missing")?;
        if !self.eat(b'}')? {
            loop {
                let name = self.text()?;
                self.must(b':', "a `:` is missing")?;
                each(name, self)?;
                if self.ends(b'}')?.is_break() {
                    break;
                }
            }
        }
        self.depth = depth;
        Ok(())
    }

    /// An array: `each` is called before every value and has to walk over it.
    pub fn array(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        let depth = self.deeper()?;
        self.must(b'[', "an array is missing")?;
        if !self.eat(b']')? {
            loop {
                each(self)?;
                if self.ends(b']')?.is_break() {
                    break;
                }
            }
        }
        self.depth = depth;
        Ok(())
    }

    /// After a member: at the end, or at a comma, which is walked over like the end.
    #[inline]
    fn ends(&mut self, end: u8) -> Result<ControlFlow<()>, Fault> {
        if self.eat(b',')? {
            Ok(ControlFlow::Continue(()))
        } else if self.eat(end)? {
            Ok(ControlFlow::Break(()))
        } else {
            self.broken("a `,` or the end of an object or array is missing")
        }
    }

    /// Walks over a value that is not wanted, however long its texts are.
    pub fn pass(&mut self) -> Result<(), Fault> {
        let longest = std::mem::replace(&mut self.longest, usize::MAX);
        let passed = self.skip().map(drop);
        self.longest = longest;
        passed
    }

    /// Walks over any value; answers its bytes.
    pub fn skip(&mut self) -> Result<&'a [u8], Fault> {
        let next = self.peek()?;
        let start = self.at;
        match next {
            b'{' => self.object(|_, inner| inner.skip().map(drop))?,
            b'[' => self.array(|inner| inner.skip().map(drop))?,
            _ => _ = self.scalar()?,
        }
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }
}

/// Place of the first quote, back-slash or control character, looked for eight bytes at a time.
#[inline]
fn special(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte of `x` that is zero; bytes above the first such one may be wrong, which does not matter.
    let zeros = |x: u64| x.wrapping_sub(ONES) & !x & HIGH;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (at, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let found = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\'))) | control;
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let tail = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
    tail.map(|at| chunks.len() * 8 + at)
}

/// By the grammar of JSON: no leading zero, digits on both sides of a point.
fn is_number(text: &[u8]) -> bool {
    fn digits(text: &[u8]) -> (usize, &[u8]) {
        let count = text.iter().take_while(|b| b.is_ascii_digit()).count();
        (count, text.get(count..).unwrap_or_default())
    }
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, mut rest) = digits(text);
    if whole == 0 || (whole > 1 && text.starts_with(b"0")) {
        return false;
    }
    if let Some(after) = rest.strip_prefix(b".") {
        let (count, after) = digits(after);
        if count == 0 {
            return false;
        }
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let after = after.strip_prefix(b"+").or_else(|| after.strip_prefix(b"-")).unwrap_or(after);
        let (count, after) = digits(after);
        return count > 0 && after.is_empty();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn skip(text: &str, depth: usize, longest: usize) -> Result<usize, Fault> {
        let mut cursor = Cursor::new(text.as_bytes(), true, depth, longest);
        cursor.skip().map(<[u8]>::len)
    }

    #[test]
    fn in_3_depth_and_length_at_the_limit_and_one_past_it() {
        assert_eq!(skip("[[[]]]", 3, 9), Ok(6));
        assert_eq!(skip("[[[]]]", 2, 9), Err(Fault::TooDeep));
        assert_eq!(skip("[[],[[]]]", 3, 9), Ok(9));
        assert_eq!(skip(r#""123""#, 0, 3), Ok(5));
        assert_eq!(skip(r#""1234""#, 0, 3), Err(Fault::TooLong));
        assert_eq!(skip(r#"{"1234":1}"#, 1, 3), Err(Fault::TooLong));
        let deep = "[".repeat(1_000_000);
        assert_eq!(skip(&deep, 16, 9), Err(Fault::TooDeep));
    }

    #[test]
    fn what_may_go_on_asks_for_more_and_what_cannot_is_broken() {
        for part in ["", " ", "{", "{\"a", "{\"a\\", "{\"a\"", "{\"a\":", "[1", "[1,", "tru", "12", "\"é"] {
            let mut cursor = Cursor::new(part.as_bytes(), false, 9, 99);
            assert_eq!(cursor.skip(), Err(Fault::More), "{part}");
            if part != "12" {
                assert!(matches!(skip(part, 9, 99), Err(Fault::Broken(..))), "{part}");
            }
        }
        for bad in [
            "}",
            "{1",
            "{\"a\" 1}",
            "[1 2]",
            "[,]",
            "[1,]",
            "{\"a\":1,}",
            "trux",
            "01",
            "1.",
            "-",
            "+1",
            "1e",
            "\"\u{1}\"",
            "NaN",
        ] {
            assert!(matches!(skip(bad, 9, 99), Err(Fault::Broken(..))), "{bad}");
        }
    }

    #[test]
    fn texts_decode_with_their_escapes() {
        let mut cursor = Cursor::new(br#""a\u00e9\n\ud834\udd1e""#, true, 0, 99);
        assert_eq!(cursor.text().unwrap().decode().unwrap(), "aé\n𝄞");
        let mut cursor = Cursor::new(br#""\ud834""#, true, 0, 99);
        assert_eq!(cursor.text().unwrap().decode(), None);
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(".{0,6}", inner, 0..6).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_first_special_byte_is_found_where_a_plain_search_finds_it(bytes: Vec<u8>) {
            let plain = bytes.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
            prop_assert_eq!(special(&bytes), plain);
        }

        #[test]
        fn agrees_with_a_full_parser_on_what_is_json(value in any_json(), cut in any::<prop::sample::Index>()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(skip(&text, 9, 999), Ok(text.len()));
                let part = &text.as_bytes()[..cut.index(text.len())];
                let parsed = Cursor::new(part, false, 9, 999).skip().map(<[u8]>::len);
                prop_assert!(matches!(parsed, Err(Fault::More)), "{:?}", parsed);
            }
        }

        #[test]
        fn in_2_agrees_on_mutations_and_never_panics(value in any_json(), at in any::<prop::sample::Index>(), byte in b' '..b'~') {
            let mut text = value.to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            let mut cursor = Cursor::new(&text, true, 99, 9999);
            let ours = cursor.skip().is_ok() && cursor.at() == text.len();
            if let Ok(text) = std::str::from_utf8(&text) {
                let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
                // A wrong escape is found when the text is decoded, not when it is walked over.
                prop_assert!(ours == theirs || text.contains('\\'), "{}", text);
            }
        }
    }
}
