//! A style sheet, and where a refresh leads.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| capture::fuzzing::css(bytes));
