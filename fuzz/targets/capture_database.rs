//! An address database (MMDB).
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| capture::fuzzing::database(bytes));
