//! The hash-sharing API's documents: a page that was read is written and read again.
#![no_main]

use exchange::{Limits, ncmec};
use std::ops::ControlFlow;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { answer: 64 * 1024, ..Limits::default() };
    let mut records = Vec::new();
    _ = ncmec::read(data, &limits, |row| {
        records.extend(row.content);
        ControlFlow::Continue(())
    });
    let (text, left_out) = ncmec::query_result(&ncmec::Page { records: &records, next: None });
    let again = ncmec::read(text.as_bytes(), &Limits::default(), |_| ControlFlow::Continue(()));
    assert_eq!((again.done.rows, left_out), (records.len() as u64, 0));
    _ = ncmec::read_submission(data, &limits);
    _ = ncmec::read_status(data, &limits);
    _ = ncmec::read_members(data, &limits);
    _ = ncmec::read_reasons(data, &limits);
    if let Ok(text) = std::str::from_utf8(data) {
        _ = ncmec::EntriesQuery::parse(text);
        _ = ncmec::EntriesQuery::parse_next(text);
    }
});
