//! A registry's answer, and IANA's lists.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| capture::fuzzing::rdap(bytes));
