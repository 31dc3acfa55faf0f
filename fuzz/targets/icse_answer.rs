//! What ICSE answers: what was believed is written and read again, and nothing but that.
#![no_main]

use exchange::icse::answer;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(heard) = answer::read(data, 60_000) else { return };
    assert!(heard.answers.iter().all(|a| !a.id.is_empty() && a.id.bytes().all(|b| b.is_ascii_graphic())));
    let text = answer::document(heard.parcel, heard.refused.as_deref(), &heard.answers);
    let again = answer::read(&text, 10_000_000).unwrap();
    assert_eq!((again.answers, again.parcel, again.bad.len()), (heard.answers, heard.parcel, 0));
});
