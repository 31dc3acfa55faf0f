//! Text as UTF-8, whatever it was: a mark at the front is taken off; UTF-16 is told by its mark or, without one, by the zero
//! beside its first letter. Halves of a pair that stand alone become U+FFFD, which no digest contains.

use std::io::{self, Read};

/// How the bytes stand for characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    /// As it is.
    Utf8,
    /// Low byte first.
    Utf16Low,
    /// High byte first.
    Utf16High,
}

/// Reads UTF-8 out of UTF-8 or UTF-16.
#[derive(Debug)]
pub struct Utf8<R> {
    input: R,
    form: Option<Form>,
    /// Bytes read to tell the form, or decoded and not fetched yet.
    ready: Vec<u8>,
    taken: usize,
    /// First byte of a pair whose second is still to come.
    odd: Option<u8>,
    /// First half of a character whose second half is still to come.
    high: Option<u16>,
}

impl<R: Read> Utf8<R> {
    /// Nothing is read yet.
    pub const fn new(input: R) -> Self {
        Self { input, form: None, ready: Vec::new(), taken: 0, odd: None, high: None }
    }

    /// Reads up to three bytes and tells what they are; what is no mark stays in front.
    fn tell(&mut self) -> io::Result<Form> {
        let mut start = Vec::new();
        self.input.by_ref().take(3).read_to_end(&mut start)?;
        let (form, mark) = match *start.as_slice() {
            [0xef, 0xbb, 0xbf] => (Form::Utf8, 3),
            [0xff, 0xfe, ..] => (Form::Utf16Low, 2),
            [0xfe, 0xff, ..] => (Form::Utf16High, 2),
            [first, 0, ..] if first != 0 => (Form::Utf16Low, 0),
            [0, second, ..] if second != 0 => (Form::Utf16High, 0),
            _ => (Form::Utf8, 0),
        };
        start.drain(..mark);
        if form == Form::Utf8 {
            self.ready = start;
        } else {
            self.decode(form, &start);
        }
        self.form = Some(form);
        Ok(form)
    }

    fn decode(&mut self, form: Form, bytes: &[u8]) {
        for byte in bytes {
            let Some(first) = self.odd.take() else {
                self.odd = Some(*byte);
                continue;
            };
            let pair = [first, *byte];
            let unit = if form == Form::Utf16Low { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
            self.unit(unit);
        }
    }

    fn unit(&mut self, unit: u16) {
        let high = self.high.take();
        let units: &[u16] = match (high, unit) {
            (None, 0xd800..=0xdbff) => {
                self.high = Some(unit);
                return;
            }
            (Some(high), 0xdc00..=0xdfff) => &[high, unit],
            (Some(_), 0xd800..=0xdbff) => {
                self.push(char::REPLACEMENT_CHARACTER);
                self.high = Some(unit);
                return;
            }
            (Some(_), _) => {
                self.push(char::REPLACEMENT_CHARACTER);
                &[unit]
            }
            (None, _) => &[unit],
        };
        for char in char::decode_utf16(units.iter().copied()) {
            self.push(char.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }

    fn push(&mut self, char: char) {
        self.ready.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Decodes the next piece; false at the end.
    fn more(&mut self, form: Form) -> io::Result<bool> {
        self.ready.clear();
        self.taken = 0;
        let mut bytes = [0; 8192];
        let read = self.input.read(&mut bytes)?;
        self.decode(form, bytes.get(..read).unwrap_or_default());
        if read == 0 && (self.odd.take().is_some() | self.high.take().is_some()) {
            self.push(char::REPLACEMENT_CHARACTER);
            return Ok(true);
        }
        Ok(read != 0)
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let form = match self.form {
            Some(form) => form,
            None => self.tell()?,
        };
        loop {
            let ready = self.ready.get(self.taken..).unwrap_or_default();
            if !ready.is_empty() || to.is_empty() {
                let count = ready.len().min(to.len());
                for (to, from) in to.iter_mut().zip(ready) {
                    *to = *from;
                }
                self.taken += count;
                return Ok(count);
            }
            if form == Form::Utf8 {
                return self.input.read(to);
            }
            if !self.more(form)? {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Hands out one byte at a time.
    struct Drip<'a>(&'a [u8]);
    impl Read for Drip<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = to.len().min(self.0.len()).min(1);
            to[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn text(bytes: &[u8]) -> String {
        let mut whole = String::new();
        Utf8::new(bytes).read_to_string(&mut whole).unwrap();
        let mut dripped = String::new();
        Utf8::new(Drip(bytes)).read_to_string(&mut dripped).unwrap();
        assert_eq!(whole, dripped, "the same however the bytes come");
        whole
    }

    fn utf16(text: &str, low: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if low { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    }

    #[test]
    fn marks_are_taken_off_and_utf_16_is_told_without_one() {
        assert_eq!(text(b"\xef\xbb\xbfmd5"), "md5");
        assert_eq!(text(b"md5"), "md5");
        for (mark, low) in [(b"\xff\xfe", true), (b"\xfe\xff", false)] {
            let bare = utf16("md5,é𝄞", low);
            assert_eq!(text(&bare), "md5,é𝄞");
            assert_eq!(text(&[mark.as_slice(), &bare].concat()), "md5,é𝄞");
        }
        assert_eq!((text(b""), text(b"a"), text(b"\xef\xbb\xbf")), (String::new(), "a".into(), String::new()));
    }

    #[test]
    fn halves_that_stand_alone_become_a_mark_that_no_digest_has() {
        let mut bytes = utf16("ab", true);
        bytes.extend([0x00, 0xd8]);
        assert_eq!(text(&bytes), "ab\u{fffd}");
        bytes.extend(*b"c\0");
        assert_eq!(text(&bytes), "ab\u{fffd}c");
        bytes.push(b'd');
        assert_eq!(text(&bytes), "ab\u{fffd}c\u{fffd}");
        assert_eq!(text(b"\xff\xfe\x00\xdc"), "\u{fffd}");
        assert_eq!(text(b"\xff\xfe\x00\xd8\x00\xd8\x00\xdc"), "\u{fffd}\u{10000}");
    }

    proptest! {
        #[test]
        fn any_text_comes_through_every_form(source in "[a-z].{0,40}".prop_filter("a zero tells UTF-16", |s| !s.contains('\0'))) {
            prop_assert_eq!(text(source.as_bytes()), source.clone());
            prop_assert_eq!(text(&[b"\xff\xfe".as_slice(), &utf16(&source, true)].concat()), source.clone());
            prop_assert_eq!(text(&[b"\xfe\xff".as_slice(), &utf16(&source, false)].concat()), source);
        }

        #[test]
        fn in_2_no_bytes_panic(bytes: Vec<u8>) {
            let mut whole = Vec::new();
            Utf8::new(&bytes[..]).read_to_end(&mut whole).unwrap();
        }
    }
}
