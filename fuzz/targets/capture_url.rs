//! A reported URL and where it may lead.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| capture::fuzzing::url(bytes));
