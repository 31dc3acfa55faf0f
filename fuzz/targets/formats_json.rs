//! JSON: our walk and a full parser agree on what is JSON.
#![no_main]

use exchange::{Limits, json};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut cursor = json::Cursor::new(data, true, 100, 1 << 20);
    let ours = cursor.skip().is_ok() && cursor.peek().is_err();
    if let Ok(text) = std::str::from_utf8(data) {
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        // A wrong escape is found when a text is decoded; numbers of over 64 characters and depths over 100 are refused.
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
        let long = text.split(|c| !numeric(c)).any(|number| number.len() > 64);
        let deep = text.matches(['[', '{']).count() > 100;
        assert!(ours == theirs || text.contains('\\') || long || deep);
    }
    let mut input = data;
    let mut stream = json::Stream::new(&mut input, &Limits { record: 64, depth: 4, text: 32, ..Limits::default() });
    _ = stream.pass();
});
